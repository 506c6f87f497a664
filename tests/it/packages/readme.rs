//! The two commands of the README, as `.ci/run` and the workflow find them.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::made::script;

const TESTS: &str = "cargo test";
const REHEARSAL: &str = "cargo run --release -- run list.csv --simulate  # ends with 4";

/// What is printed for these words of a README whose block has these lines; `None`: it is refused.
fn chosen(words: &str, block: &[&str]) -> Option<String> {
    let folder = TempDir::new().expect("a folder");
    let readme = folder.path().join("README.md");
    let block = block.join("\n");
    let text = format!(
        "# A\n\n```sh\ncargo test --not-this\n```\n\n<!-- commands -->\n```sh\n{block}\n```\n\n\
         ```sh\ncargo run --nor-this\n```\n"
    );
    fs::write(&readme, text).expect("written");
    let said = script("readme-command", &[Path::new(words), &readme], &[]);
    let printed = String::from_utf8(said.stdout).expect("UTF-8");
    if said.status.success() {
        return Some(printed.trim_end_matches('\n').to_owned());
    }
    assert_eq!(printed, "", "what is refused prints no command");
    None
}

#[test]
fn a_command_of_the_readme_is_found_by_how_it_begins_in_either_order() {
    for block in [[TESTS, REHEARSAL], [REHEARSAL, TESTS]] {
        assert_eq!(chosen("cargo test", &block).as_deref(), Some(TESTS), "{block:?}");
        assert_eq!(chosen("cargo run", &block).as_deref(), Some(REHEARSAL), "{block:?}");
    }
}

#[test]
fn a_readme_with_other_commands_than_one_of_each_is_refused() {
    assert_eq!(chosen("cargo run", &[TESTS]), None, "one is missing");
    assert_eq!(chosen("cargo test", &[TESTS, REHEARSAL, "cargo doc"]), None, "one too many");
    assert_eq!(chosen("cargo test", &[TESTS, "cargo test --doc"]), None, "which of the two?");
    assert_eq!(chosen("cargo run", &[TESTS, "cargo runner"]), None, "another word");
}
