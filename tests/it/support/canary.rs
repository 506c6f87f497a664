//! The secrets of the tests, which nothing that the program writes may hold, whole or in halves.
//!
//! Every program of the tests signs in with the simulator's client secret and gets its tokens.
//! What one says is searched when it ends, and the files of its folder (journals with their
//! logs, reports, events, logs) when the desk is left: a new feature is searched without a test of
//! its own. Deliberately absent: other shapes of a secret, which tests of their own try.

use std::path::Path;

use mde_offboard::simulator::{CLIENT_SECRET, TOKEN_END};
use memchr::memmem::find;

/// Fails where a text or a file holds one of the secrets.
#[track_caller]
pub(crate) fn check(place: &str, bytes: &[u8]) {
    for secret in [CLIENT_SECRET, TOKEN_END] {
        let (first, second) = secret.split_at(secret.len() / 2);
        for part in [first, second] {
            // The secret itself stays out of the words, which a log of the tests keeps.
            let at = find(bytes, part.as_bytes());
            assert!(at.is_none(), "{place} holds a part of a secret, at byte {at:?}");
        }
    }
}

/// The same for each file of a folder and the folders in it, but for those that a test wrote.
#[track_caller]
pub(crate) fn check_folder(folder: &Path, written: &dyn Fn(&Path) -> bool) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            check_folder(&path, written);
        } else if kind.is_file() && !written(&path) {
            // One that is gone meanwhile, or that nobody may read, holds nothing for anybody.
            let bytes = std::fs::read(&path).unwrap_or_default();
            check(&path.display().to_string(), &bytes);
        }
    }
}

#[test]
fn half_of_a_secret_is_found() {
    let holds = |text: &str| {
        let text = text.to_owned();
        std::panic::catch_unwind(move || check("a text", text.as_bytes())).is_err()
    };
    let (first, second) = CLIENT_SECRET.split_at(CLIENT_SECRET.len() / 2);
    assert!(holds(&format!("x{first}y")) && holds(&format!("\n{second}")));
    assert!(holds(&TOKEN_END[TOKEN_END.len() / 2..]));
    assert!(!holds(&first[1..]) && !holds("simulated"));
}
