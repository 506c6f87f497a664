//! Comments and the markers at their end.

use mde_offboard::domain::{Comment, CommentError, MachineNumber, Marker, MarkerSeed};
use proptest::prelude::*;

fn marker(seed: &str, number: u32) -> Marker {
    MarkerSeed::parse(seed).expect("a seed").marker(MachineNumber(number))
}

#[test]
fn a_comment_is_trimmed_and_never_empty() {
    assert_eq!(Comment::parse("  Retired in Q4 \n").unwrap().as_str(), "Retired in Q4");
    for text in ["", "  ", "\r\n"] {
        assert_eq!(Comment::parse(text), Err(CommentError::Empty), "{text:?}");
    }
}

#[test]
fn a_comment_has_at_most_1000_characters_not_bytes() {
    assert!(Comment::parse(&"é".repeat(1_000)).is_ok());
    let error = Comment::parse(&"é".repeat(1_001)).unwrap_err();
    assert_eq!(error.to_string(), "the comment has 1001 characters, at most 1000 are sent");
}

#[test]
fn a_control_character_is_named_with_its_place() {
    let refused = |text: &str| Comment::parse(text).unwrap_err().to_string();
    let said = "character 2 of the comment is U+001B, a control character; take it out";
    assert_eq!(refused("a\u{1b}[31m"), said);
    assert!(refused("one\ntwo").contains("character 4 of the comment is U+000A, a line break"));
    let says = |text: &str, words: &str| assert!(refused(text).contains(words), "{words}");
    says("a\tb", "character 2 of the comment is U+0009, a tab");
    says("a\u{202e}b", "character 2 of the comment is U+202E, which turns text around");
    says("ab\u{200b}", "character 3 of the comment is U+200B, which cannot be seen");
    assert!(Comment::restored("a\u{202e}b").is_ok(), "an old journal is still read");
}

#[test]
fn what_is_sent_ends_with_the_marker_in_brackets() {
    let comment = Comment::parse("Retired in Q4").unwrap();
    let marked = comment.marked(&marker("9f3kq7tz", 3_332));
    assert_eq!(marked, "Retired in Q4 [mo-9f3kq7tz-2kk]");
}

#[test]
fn a_marker_is_at_most_24_characters() {
    let longest = MarkerSeed::from_random(u64::MAX).marker(MachineNumber(u32::MAX)).to_string();
    assert_eq!(longest.len(), 19, "{longest}");
    let shortest = MarkerSeed::from_random(0).marker(MachineNumber(0)).to_string();
    assert_eq!(shortest, "mo-00000000-0");
}

#[test]
fn a_marker_is_found_at_the_end_in_brackets_and_nowhere_else() {
    let found = Some(marker("9f3kq7tz", 1));
    for text in ["Retired [mo-9f3kq7tz-1]", "[mo-9f3kq7tz-1]", "x[mo-9f3kq7tz-1] \r\n"] {
        assert_eq!(Marker::find_in(text), found, "{text:?}");
    }
    for text in [
        "",
        "mo-9f3kq7tz-1",
        "[mo-9f3kq7tz-1] Retired",
        "[mo-9f3kq7tz-1].",
        "Retired [mo-9f3kq7tz-1",
        "Retired mo-9f3kq7tz-1]",
        "Retired [ mo-9f3kq7tz-1]",
        "Retired [mo-9f3kq7t-1]",
        "Retired [mo-9f3kq7tzz-1]",
        "Retired [mo-9F3KQ7TZ-1]",
        "Retired [mo-9f3kq7tz-]",
        "Retired [mo-9f3kq7tz-01]",
        "Retired [mo-9f3kq7tz-+1]",
        "Retired [mo-9f3kq7tz-1A]",
        "Retired [mo-9f3kq7tz-zzzzzzz]",
        "Retired [xx-9f3kq7tz-1]",
    ] {
        assert_eq!(Marker::find_in(text), None, "{text:?}");
    }
}

#[test]
fn the_last_marker_is_the_one() {
    let text = "again [mo-00000000-1] [mo-9f3kq7tz-2]";
    assert_eq!(Marker::find_in(text), Some(marker("9f3kq7tz", 2)));
}

proptest! {
    #[test]
    fn a_marker_comes_back_from_every_comment(
        words in "[^\\p{Cc}]{1,60}", bits: u64, number: u32,
    ) {
        prop_assume!(!words.trim().is_empty());
        let marker = MarkerSeed::from_random(bits).marker(MachineNumber(number));
        let marked = Comment::restored(&words).unwrap().marked(&marker);
        prop_assert_eq!(Marker::find_in(&marked), Some(marker));
        prop_assert!(marker.to_string().len() <= 24);
    }

    #[test]
    fn a_seed_comes_back_from_its_text(bits: u64) {
        let seed = MarkerSeed::from_random(bits);
        prop_assert_eq!(MarkerSeed::parse(&seed.to_string()), Some(seed));
    }

    #[test]
    fn a_comment_comes_back_from_its_text(words in any::<String>()) {
        if let Ok(comment) = Comment::parse(&words) {
            prop_assert_eq!(comment.as_str(), words.trim());
            prop_assert_eq!(Comment::parse(&comment.to_string()), Ok(comment));
        }
    }

    #[test]
    fn no_text_of_the_server_brings_the_search_down(text in any::<String>()) {
        let _ = Marker::find_in(&text);
    }
}
