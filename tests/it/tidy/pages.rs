//! The pages beside the source: their links lead somewhere, and the README can be followed.

use std::path::{Path, PathBuf};

use super::source::top_level;

/// Targets of Markdown links that are files of the repository, with their lines.
fn file_links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for rest in line.split("](").skip(1) {
            let target = rest.split([')', '#']).next().unwrap_or_default();
            if !target.is_empty() && !target.contains("://") {
                found.push((index + 1, target.to_owned()));
            }
        }
    }
    found
}

fn pages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in folder.read_dir().expect("the folder can be listed") {
        let path = entry.expect("the folder can be listed").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name == "docs" || (path.is_dir() && folder.ends_with("docs")) {
            pages(&path, found);
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
}

#[test]
fn every_link_between_the_pages_leads_to_a_file() {
    let mut found = Vec::new();
    pages(Path::new(env!("CARGO_MANIFEST_DIR")), &mut found);
    let mut offenders = Vec::new();
    for page in found {
        let text = std::fs::read_to_string(&page).expect("pages are UTF-8");
        let folder = page.parent().expect("a page lies in a folder");
        for (line, target) in file_links(&text) {
            if !folder.join(&target).exists() {
                offenders.push(format!("  {}:{line}: `{target}`", page.display()));
            }
        }
    }
    assert!(offenders.is_empty(), "no such file; mend the link\n{}", offenders.join("\n"));
}

#[test]
fn links_to_files_are_read_and_others_left_alone() {
    let text = "[a](b.md) and [c](d/e.md#f)\n[g](https://example.org) [h](#i)\n";
    assert_eq!(file_links(text), [(1, "b.md".to_owned()), (1, "d/e.md".to_owned())]);
}

#[test]
fn the_readme_begins_with_the_two_commands_that_ci_runs() {
    let readme = top_level("README.md");
    let (_, behind) =
        readme.split_once("<!-- commands -->\n```sh\n").expect("the mark and a block");
    let (block, _) = behind.split_once("\n```").expect("the block ends");
    let commands: Vec<&str> = block.lines().collect();
    assert!(matches!(commands.as_slice(), ["cargo test", _]), "{commands:?}");
    assert!(commands[1].starts_with("cargo run --release -- run samples/"), "{commands:?}");
    let before = readme.lines().take_while(|line| *line != "<!-- commands -->").count();
    assert!(before < 20, "the commands stand on the first screen, not in line {before}");
}
