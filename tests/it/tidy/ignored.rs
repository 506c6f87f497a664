//! Tests that are ignored on Windows because Wine cannot show what they claim: few, each with its
//! reason, and all of them on the page about testing.

use super::source::{Source, files, top_level};

/// Most that there may be.
const IGNORED_MAX: usize = 10;

/// The names of the tests of a file that are ignored with a reason.
fn ignored(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = source.code.lines();
    while let Some(line) = lines.next() {
        // A reason is a string, whose inside is blank here.
        if line.starts_with("#[cfg_attr(windows, ignore = ") {
            let function = lines.find_map(|line| line.split_once("fn ")).map(|(_, name)| name);
            let name = function.and_then(|name| name.split('(').next());
            found.push(name.expect("an attribute of a test").to_owned());
        }
    }
    found
}

#[test]
fn what_wine_cannot_show_is_little_and_on_the_page_about_testing() {
    let page = top_level("docs/testing.md");
    let (_, section) = page.split_once("\n| ignored | why |\n").expect("the table is there");
    let section = section.split("\n\n").next().expect("a table has an end");
    let rows = section.lines().skip(1).filter_map(|row| row.strip_prefix("| `")?.split('`').next());
    let mut told: Vec<&str> = rows.filter_map(|path| path.rsplit("::").next()).collect();
    let mut found: Vec<String> = files(&[".rs"]).into_iter().flat_map(ignored).collect();
    told.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, told, "what is ignored stands in docs/testing.md, and nothing else does");
    assert!(found.len() <= IGNORED_MAX, "{} tests are ignored on Windows", found.len());
}

#[test]
fn an_ignored_test_is_found_by_its_name() {
    let text = "#[test]\n#[cfg_attr(windows, ignore = \"Wine\")]\nasync fn a_claim() {}\n\
                #[test]\nfn another() {}\n";
    assert_eq!(ignored(&Source::new("tests/it/a.rs", text)), ["a_claim"]);
}
