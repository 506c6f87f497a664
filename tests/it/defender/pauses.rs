//! How long a 429 asks to wait, and which window it names.

use std::time::Duration;

use mde_offboard::defender::{HttpAnswer, Secrets, classify};

const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

fn wait(header: Option<&str>, date: Option<&str>, message: &str) -> Option<u64> {
    let answered = HttpAnswer {
        status: 429,
        content_type: None,
        retry_after: header.map(str::to_owned),
        redirect_host: None,
        date: date.map(str::to_owned),
        body: Ok(Vec::new()),
        secrets: Secrets::default(),
    };
    classify::retry_after(&answered, message).map(|wait| wait.as_secs())
}

#[test]
fn retry_after_is_read_in_seconds_and_as_a_date_by_the_servers_own_clock() {
    assert_eq!(wait(Some("17"), None, ""), Some(17));
    assert_eq!(wait(Some(" 18446744073709551615 "), None, ""), Some(u64::MAX));
    assert_eq!(wait(Some("99999999999999999999999"), None, ""), Some(u64::MAX));
    assert_eq!(wait(Some("Sun, 06 Nov 1994 08:50:07 GMT"), Some(DATE), ""), Some(30));
    assert_eq!(wait(Some("Sun, 06 Nov 1994 08:50:07 GMT"), None, ""), None, "no clock to compare");
}

#[test]
fn zero_and_a_date_that_is_past_name_no_time() {
    for none in ["0", " 0 ", "Sun, 06 Nov 1994 08:49:00 GMT", DATE] {
        assert_eq!(wait(Some(none), Some(DATE), ""), None, "{none}");
        assert_eq!(wait(Some(none), Some(DATE), "again in 0 seconds."), None, "{none}");
        assert_eq!(wait(Some(none), Some(DATE), "again in 8 seconds."), Some(8), "{none}");
    }
}

#[test]
fn an_unreadable_retry_after_is_as_if_it_were_absent() {
    for garbage in ["", "soon", "-1", "+5", "1.5", "Tue, 99 Foo 2026"] {
        assert_eq!(wait(Some(garbage), Some(DATE), ""), None, "{garbage}");
        assert_eq!(wait(Some(garbage), None, "again in 8 seconds."), Some(8), "{garbage}");
    }
}

#[test]
fn of_header_and_message_the_longer_time_counts_and_the_message_tells_the_window() {
    const SEEN: &str = "API calls quota exceeded! Maximum allowed 30 per 00:01:00 for the key \
                        Destination+TenantID+AppID. You can send requests again in 8 seconds.";
    assert_eq!(wait(None, None, SEEN), Some(8));
    assert_eq!(wait(Some("9"), None, SEEN), Some(9), "the header is longer");
    assert_eq!(wait(Some("7"), None, SEEN), Some(8), "the message is longer");
    let window = |message: &str| classify::quota_window(message);
    assert_eq!(window(SEEN), Some(Duration::from_mins(1)));
    let older = "API calls quota exceeded! maximum allowed 1500 per 01:00:00.";
    assert_eq!((wait(None, None, older), window(older)), (None, Some(Duration::from_hours(1))));
    assert_eq!(window("allowed 5 per 00:00:10"), Some(Duration::from_secs(10)));
    for none in ["", "per", "per 1", "per 00:00:00", "per 00:99:00", "per a:b:c", "per :01:00"] {
        assert_eq!(window(none), None, "{none}");
    }
}
