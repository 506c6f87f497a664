//! Text from outside: what is kept of it, and what is shown.

use mde_offboard::domain::text::{
    escaped, escaped_bytes, excerpt, in_line, is_guid, on_screen, prose, word,
};
use mde_offboard::domain::{ActionStatus, ActionType, Comment, Detail};
use proptest::prelude::*;

/// One of each kind that may not reach a terminal, with its escape.
const UNSEEN: [(char, &str); 20] = [
    ('\u{0}', "\\u{0}"),
    ('\u{1b}', "\\u{1b}"),
    ('\u{7f}', "\\u{7f}"),
    ('\u{9b}', "\\u{9b}"),
    ('\u{ad}', "\\u{ad}"),
    ('\u{61c}', "\\u{61c}"),
    ('\u{180e}', "\\u{180e}"),
    ('\u{200b}', "\\u{200b}"),
    ('\u{200d}', "\\u{200d}"),
    ('\u{200e}', "\\u{200e}"),
    ('\u{200f}', "\\u{200f}"),
    ('\u{202a}', "\\u{202a}"),
    ('\u{202e}', "\\u{202e}"),
    ('\u{2028}', "\\u{2028}"),
    ('\u{2029}', "\\u{2029}"),
    ('\u{2066}', "\\u{2066}"),
    ('\u{2069}', "\\u{2069}"),
    ('\u{fe0f}', "\\u{fe0f}"),
    ('\u{feff}', "\\u{feff}"),
    ('\u{e0041}', "\\u{e0041}"),
];

#[test]
fn what_cannot_be_seen_is_escaped_in_names_and_on_screens_and_replaced_in_prose() {
    for (c, escape) in UNSEEN {
        let text = format!("a{c}b");
        let shown = format!("a{escape}b");
        assert_eq!(escaped(&text), shown);
        assert_eq!(on_screen(&text), shown);
        assert_eq!(in_line(&text), shown);
        assert_eq!(word(&text, 9), "a\u{fffd}b");
        let space = matches!(c, '\u{2028}' | '\u{2029}');
        assert_eq!(prose(&text, 9), if space { "a b" } else { "a\u{fffd}b" }, "{escape}");
    }
}

#[test]
fn ordinary_text_of_every_script_stays_as_it_is() {
    for text in ["pc-0001", "Jos\u{e9} 機械", "C:\\new\\lists\\fleet.csv", "100 % (ü)", "שלום"]
    {
        assert_eq!(escaped(text), text);
        assert_eq!(on_screen(text), text);
        assert_eq!(prose(text, 99), text);
        assert_eq!(Comment::parse(text).unwrap().as_str(), text);
    }
}

#[test]
fn two_names_that_differ_never_look_the_same() {
    assert_eq!(escaped("\\u{202e}"), "\\u{5c}u{202e}");
    assert_eq!(escaped("a\nb"), "a\\u{a}b");
    assert_eq!(escaped_bytes(b"a\xff\xfeb\\x{ff}"), "a\\x{ff}\\x{fe}b\\u{5c}x{ff}");
    assert_ne!(excerpt("a\u{200b}"), excerpt("a"));
}

#[test]
fn line_breaks_stay_on_a_screen_and_become_spaces_in_prose() {
    assert_eq!(on_screen("one\ntwo\r\n"), "one\ntwo\\u{d}\n");
    assert_eq!(in_line("one\ntwo"), "one\\u{a}two");
    assert_eq!(prose(" one\r\n\t two\n", 99), "one two");
}

#[test]
fn emoji_and_scripts_with_joiners_are_prose_and_screen_text() {
    for text in [
        "gone \u{2764}\u{fe0f}",
        "\u{1f469}\u{200d}\u{1f4bb} laptop",
        "1\u{fe0f}\u{20e3} first",
        "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}",
        "\u{915}\u{94d}\u{200d}\u{937}",
        "prix\u{a0}: 5\u{202f}€",
    ] {
        assert_eq!(on_screen(text), text);
        assert_eq!(Comment::parse(text).unwrap().as_str(), text);
    }
    for text in [
        "a\u{200d}b",
        "\u{200d}\u{1f4bb}",
        "\u{1f4bb}\u{200d}",
        "a\u{fe0f}",
        "a\u{200c}b",
        // A digit alone is no key, and a letter never is.
        "1\u{fe0f}",
        "a\u{fe0f}\u{20e3}",
        // It joins two letters, or nothing.
        "\u{645}\u{200c}a",
        "a\u{200c}\u{645}",
    ] {
        assert_ne!(on_screen(text), text, "{}", text.escape_unicode());
        assert!(Comment::parse(&format!("x{text}y")).is_err(), "{}", text.escape_unicode());
    }
}

#[test]
fn what_a_server_says_is_bounded_in_length_and_characters() {
    let long = "x\u{202e}\u{1b}[2J".repeat(100_000);
    let detail = Detail::new(Some(400), Some(&long), &long);
    assert_eq!(detail.message.chars().count(), Detail::MESSAGE_CHARS_MAX);
    assert_eq!(detail.code().chars().count(), Detail::CODE_CHARS_MAX);
    assert!(detail.message.ends_with('…') && detail.code().ends_with('…'));
    let ActionStatus::Other(status) = ActionStatus::from_word(&long) else { panic!() };
    let ActionType::Other(kind) = ActionType::from_word(&long) else { panic!() };
    for text in [detail.message.as_str(), detail.code(), &status, &kind] {
        assert!(!text.contains(['\u{202e}', '\u{1b}']), "{text:?}");
    }
    assert_eq!((status.chars().count(), kind.chars().count()), (64, 64));
}

#[test]
fn a_text_that_was_cut_says_so_and_one_that_just_fits_is_whole() {
    let (fits, longer) = ("x".repeat(60), "x".repeat(61));
    let cut = format!("{}…", "x".repeat(59));
    assert_eq!((excerpt(&fits), excerpt(&longer)), (fits.clone(), cut.clone()));
    assert_eq!((word(&fits, 60), word(&longer, 60)), (fits.clone(), cut.clone()));
    assert_eq!((prose(&fits, 60), prose(&longer, 60)), (fits, cut));
}

#[test]
fn a_guid_is_five_groups_of_hexadecimal_digits() {
    assert!(is_guid("7c9e6679-7425-40DE-944b-e07fc1f90ae7"));
    for text in [
        "",
        "----",
        "7c9e6679742540de944be07fc1f90ae7",
        "7c9e6679-7425-40de-944b-e07fc1f90ae",
        "7c9e66797-425-40de-944b-e07fc1f90ae7",
        "7c9e6679-7425-40de-944b-e07fc1f90aeg",
        "{7c9e6679-7425-40de-944b-e07fc1f90ae7}",
    ] {
        assert!(!is_guid(text), "{text}");
    }
}

#[test]
fn prose_that_was_cut_between_two_words_says_so() {
    assert_eq!(prose("two words", 3), "tw…");
    assert_eq!(prose("two words", 4), "two…");
    assert_eq!(prose(" two  \n", 3), "two");
    assert_eq!(prose("two  words", 9), "two words");
}

proptest! {
    #[test]
    fn what_is_shown_has_nothing_unseen_and_different_names_stay_different(
        one in any::<String>(),
        other in any::<String>(),
    ) {
        let unseen = |c: char| c.is_control() || UNSEEN.iter().any(|(unseen, _)| *unseen == c);
        prop_assert!(!escaped(&one).contains(unseen));
        prop_assert_eq!(escaped(&one) == escaped(&other), one == other);
        let status = ActionStatus::from_word(&one);
        prop_assert_eq!(ActionStatus::from_word(status.word()), status);
    }

    #[test]
    fn prose_never_exceeds_its_length(text in any::<String>(), most in 1..40_usize) {
        prop_assert!(prose(&text, most).chars().count() <= most);
        prop_assert!(word(&text, most).chars().count() <= most);
    }
}
