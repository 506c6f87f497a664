//! Defender's own words for actions, and what is kept of its answers.

use mde_offboard::domain::{
    ActionId, ActionStatus, ActionType, BatchId, ContentHash, Detail, End, Reason,
};
use proptest::prelude::*;

#[test]
fn the_documented_words_are_known_and_timeout_has_defender_s_spelling() {
    for (word, status) in [
        ("Pending", ActionStatus::Pending),
        ("InProgress", ActionStatus::InProgress),
        ("Succeeded", ActionStatus::Succeeded),
        ("Failed", ActionStatus::Failed),
        ("TimeOut", ActionStatus::TimedOut),
        ("Cancelled", ActionStatus::Cancelled),
    ] {
        assert_eq!(ActionStatus::from_word(word), status);
        assert_eq!(status.word(), word);
    }
}

#[test]
fn only_the_four_ends_are_final() {
    let words = ["Pending", "InProgress", "Succeeded", "Failed", "TimeOut", "Cancelled", "Parked"];
    let is_final = |word: &&str| ActionStatus::from_word(word).is_final();
    let found: Vec<&str> = words.into_iter().filter(is_final).collect();
    assert_eq!(found, ["Succeeded", "Failed", "TimeOut", "Cancelled"]);
}

#[test]
fn only_offboard_is_offboard() {
    for word in ["Offboard", "offboard", "OFFBOARD"] {
        assert_eq!(ActionType::from_word(word), ActionType::Offboard);
    }
    for word in ["Offboarding", "Isolate", ""] {
        assert_eq!(ActionType::from_word(word), ActionType::Other(word.to_owned()));
    }
}

#[test]
fn an_action_id_can_stand_in_a_path() {
    assert!(ActionId::parse("5382f7ea-7557-4ab7-9782-d50480024a4e").is_ok());
    assert!(ActionId::parse(&"a".repeat(64)).is_ok());
    let long = "a".repeat(65);
    for text in ["", "a/b", "..", "a b", "a%2f", "a?", "é", "a\n", long.as_str()] {
        assert!(ActionId::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_refused_action_id_is_shown_without_its_control_characters() {
    let error = ActionId::parse("\u{1b}[31m").unwrap_err().to_string();
    assert!(error.starts_with(r"`\u{1b}[31m` is not an action ID"), "{error}");
}

#[test]
fn a_batch_is_a_number_from_1() {
    for number in [1, 12, i64::MAX] {
        assert_eq!(BatchId::parse(&number.to_string()), Ok(BatchId(number)));
        assert_eq!(BatchId(number).to_string(), number.to_string());
    }
    assert_eq!(format!("{:>4}", BatchId(12)), "  12");
    for text in ["", "0", "-1", "1.0", "one", "99999999999999999999"] {
        assert!(BatchId::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_content_hash_is_64_digits() {
    let mut bytes = [0; 32];
    bytes[0] = 0x0a;
    bytes[31] = 0xff;
    assert_eq!(ContentHash(bytes).to_string(), format!("0a{}ff", "00".repeat(30)));
}

#[test]
fn an_answer_is_told_with_its_code_and_status() {
    let shown = |status, code| Detail::new(status, code, "too old").to_string();
    assert_eq!(shown(Some(400), Some("Old")), "too old (Old, HTTP 400)");
    assert_eq!(shown(None, Some("timeout")), "too old (timeout)");
    assert_eq!(shown(Some(400), None), "too old (HTTP 400)");
    assert_eq!(shown(None, None), "too old");
}

#[test]
fn a_proxy_s_page_is_cut_and_cannot_colour_a_terminal() {
    let page = format!("\u{1b}[31m{}", "é".repeat(10_000));
    let detail = Detail::new(Some(502), Some(&page), &page);
    assert_eq!(detail.message.chars().count(), Detail::MESSAGE_CHARS_MAX);
    assert_eq!(detail.code().chars().count(), 100);
    assert!(!detail.to_string().contains('\u{1b}'));
}

#[test]
fn the_words_of_ends_and_reasons_are_distinct() {
    let ends: Vec<&str> = End::ALL.iter().map(|end| end.word()).collect();
    let reasons: Vec<&str> = Reason::ALL.iter().map(|reason| reason.word()).collect();
    for words in [ends, reasons] {
        let mut distinct = words.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), words.len());
    }
}

proptest! {
    #[test]
    fn an_unknown_word_is_kept_and_followed_on(word in "[A-Za-z]{1,12}") {
        let status = ActionStatus::from_word(&word);
        prop_assert_eq!(status.word(), word.as_str());
        let ends = ["Succeeded", "Failed", "TimeOut", "Cancelled"];
        prop_assert_eq!(status.is_final(), ends.contains(&word.as_str()));
    }
}
