//! What Windows reads of the file of the program, and PowerShell of its words.
#![cfg(windows)]

use assert_cmd::cargo::cargo_bin;
use memchr::memmem;

use crate::support::desk::Desk;
use crate::support::machines::list;

fn has(text: &[u8]) -> bool {
    let program = std::fs::read(cargo_bin!("mde-offboard")).unwrap();
    memmem::find(&program, text).is_some()
}

/// As Windows keeps texts about a program: UTF-16.
fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn its_manifest_asks_for_no_administrator_for_long_paths_and_for_utf_8() {
    for part in ["level=\"asInvoker\"", ">true</longPathAware>", ">UTF-8</activeCodePage>"] {
        assert!(has(part.as_bytes()), "{part}");
    }
}

#[test]
fn its_properties_have_its_name_its_version_and_what_it_is_for() {
    for text in [
        "mde-offboard.exe",
        env!("CARGO_PKG_VERSION"),
        env!("CARGO_PKG_DESCRIPTION"),
        env!("CARGO_PKG_LICENSE"),
    ] {
        assert!(has(&wide(text)), "{text}");
    }
}

#[test]
fn it_has_an_icon() {
    let icon = std::fs::read("src/windows/icon.ico").unwrap();
    // The first picture, after a head of 6 bytes and 16 bytes a picture, with its place in the last
    // four of them.
    let at = u32::from_le_bytes(icon[18..22].try_into().unwrap()) as usize;
    assert!(has(&icon[at..at + 256]));
}

#[test]
fn in_a_pipe_its_own_words_are_ascii_also_where_a_hash_is_cut() {
    let desk = Desk::with_file("fleet.csv", list(3));
    let said = desk.run("run fleet.csv --comment x --simulate --yes --track-timeout 0");
    assert!(said.err.contains("sha256 ") && said.err.contains("..."), "{said}");
    assert!(said.err.is_ascii() && said.out.is_ascii(), "{said}");
}
