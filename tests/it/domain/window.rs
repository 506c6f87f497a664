//! Limits, their guards, and durations as people write them.

use std::time::Duration;

use mde_offboard::domain::{Span, Window};
use proptest::prelude::*;

fn window(text: &str) -> Window {
    Window::parse(text).expect("a limit")
}

#[test]
fn defender_s_two_limits_are_100_a_minute_and_1500_an_hour() {
    assert_eq!(Window::DEFENDER.map(|window| window.to_string()), ["100/1m", "1500/1h"]);
    assert_eq!(Window::DEFENDER, [window("100/60s"), window("1500/60m")]);
}

#[test]
fn the_guard_is_one_second_for_a_minute_and_three_for_an_hour() {
    assert_eq!(window("100/1m").guard(), Duration::from_secs(1));
    assert_eq!(window("1500/1h").guard(), Duration::from_secs(3));
    assert_eq!(
        window("10/600ms").guard(),
        Duration::from_millis(10),
        "scaled down with the window"
    );
    assert_eq!(window("10/1d").guard(), Duration::from_secs(49));
}

#[test]
fn a_limit_that_is_none_says_which_half_is_wrong() {
    for (text, why) in [
        ("100", "the `/` is missing"),
        ("/1m", "the count is no whole number"),
        ("-1/1m", "the count is no whole number"),
        ("1.5/1m", "the count is no whole number"),
        ("100/", "the window is no duration"),
        ("100/minute", "the window is no duration"),
        ("100/1m/1h", "the window is no duration"),
        ("0/1m", "the count must be 1 to 1,000,000"),
        ("1000001/1m", "the count must be 1 to 1,000,000"),
        ("1/0s", "the window must be 1ms to 31d"),
        ("1/32d", "the window must be 1ms to 31d"),
    ] {
        let error = Window::parse(text).unwrap_err().to_string();
        assert_eq!(error, format!("`{text}` is not a limit: {why}; like 100/1m or 1500/1h"));
    }
    assert!(Window::parse("1000000/31d").is_ok());
}

#[test]
fn a_share_of_a_window_is_at_least_one_call_and_at_most_all() {
    let window = Window::new(1_500, Duration::from_hours(1)).unwrap();
    for (percent, limit) in [(0, 1), (1, 15), (50, 750), (99, 1_485), (100, 1_500), (250, 1_500)] {
        let share = window.share(percent);
        assert_eq!((share.limit(), share.duration()), (limit, window.duration()), "{percent} %");
    }
    assert_eq!(Window::parse("3/1m").unwrap().share(90).to_string(), "2/1m");
}

#[test]
fn a_duration_is_a_whole_number_and_a_unit() {
    for (text, millis) in [
        ("500ms", 500),
        ("30s", 30_000),
        ("5m", 300_000),
        ("1h", 3_600_000),
        ("1d", 86_400_000),
        ("0", 0),
        ("0s", 0),
        ("090s", 90_000),
        ("36600d", 3_162_240_000_000),
    ] {
        assert_eq!(Span::parse(text), Ok(Span(Duration::from_millis(millis))), "{text}");
    }
    let long = "99999999999999999999d";
    for text in ["", "5", "s", "5 m", " 5m", "5m ", "1.5h", "-1s", "1h30m", "5M", "36601d", long] {
        assert!(Span::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_duration_is_written_in_the_largest_unit_that_divides_it() {
    let shown = |millis| Span(Duration::from_millis(millis)).to_string();
    assert_eq!([shown(0), shown(1_500), shown(60_000)], ["0", "1500ms", "1m"]);
    assert_eq!([shown(5_400_000), shown(86_400_000)], ["90m", "1d"]);
    assert_eq!(format!("{:>5}", Span(Duration::from_secs(30))), "  30s");
}

proptest! {
    #[test]
    fn a_duration_comes_back_from_its_text(millis in 0_u64..3_000_000_000_000) {
        let span = Span(Duration::from_millis(millis));
        prop_assert_eq!(Span::parse(&span.to_string()), Ok(span));
    }

    #[test]
    fn a_limit_comes_back_from_its_text(
        limit in 1..=Window::LIMIT_MAX, millis in 1_u64..=31 * 86_400_000,
    ) {
        let window = Window::new(limit, Duration::from_millis(millis)).unwrap();
        prop_assert_eq!(window.limit(), limit);
        prop_assert_eq!(window.duration(), Duration::from_millis(millis));
        prop_assert_eq!(Window::parse(&window.to_string()), Ok(window));
    }

    #[test]
    fn a_guard_is_at_most_a_sixtieth_of_its_window_and_grows_with_it(
        millis in 1_u64..=31 * 86_400_000, more in 0_u64..86_400_000,
    ) {
        let guard = |millis| {
            Window::new(1, Duration::from_millis(millis)).map(|window| window.guard())
        };
        let own = guard(millis).unwrap();
        prop_assert!(own <= Duration::from_millis(millis) / 60);
        if let Ok(longer) = guard(millis + more) {
            prop_assert!(own <= longer);
        }
    }

    #[test]
    fn no_text_brings_the_parsers_down(text in any::<String>()) {
        let _ = (Window::parse(&text), Span::parse(&text));
    }
}
