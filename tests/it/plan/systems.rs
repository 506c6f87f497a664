//! Which system and which onboarding a list means, in the words of many tools.

use mde_offboard::guard::{Onboarding, System};

#[test]
fn a_system_is_known_by_the_words_of_many_tools() {
    for (system, words) in [
        (
            System::Windows,
            &["Windows10", "Windows 11 Enterprise", "Win10", "W11", "WindowsServer2012R2"][..],
        ),
        (
            System::MacOrLinux,
            &["macOS", "Mac OS X", "Mac", "macMDM", "MacMDM 14.2", "Apple Mac", "Ubuntu 22.04"],
        ),
        (
            System::Other,
            &[
                "iOS",
                "iPadOS",
                "Android (Personally-Owned Work Profile)",
                "Chrome OS",
                "Windows 7",
                "Windows Server 2008 R2",
                "Windows 10 Mobile",
                "WindowsPhone",
                // A word that only begins like one, or ends like one.
                "Machine",
                "Old Mac",
                "Wine",
            ],
        ),
        (System::NotSaid, &["", "-", "10.0.19045", "Unknown", "x64", "N/A"]),
    ] {
        for word in words {
            assert_eq!(System::named(word), system, "{word}");
        }
    }
}

#[test]
fn an_onboarding_is_known_by_the_words_of_many_tools() {
    for (onboarding, words) in [
        (Onboarding::Onboarded, &["Onboarded", " onboarded "][..]),
        (
            Onboarding::NotOnboarded,
            &["Can be onboarded", "CanBeOnboarded", "Insufficient info", "not-onboarded"],
        ),
        (Onboarding::Unsupported, &["Unsupported", "Not supported"]),
        (Onboarding::NotSaid, &["", "yes", "offboarded"]),
    ] {
        for word in words {
            assert_eq!(Onboarding::named(word), onboarding, "{word}");
        }
    }
}
