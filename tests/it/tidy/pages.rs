//! The pages beside the source: their links lead somewhere, and the README can be followed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::paths::tokens;
use super::source::{files, top_level};

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

/// The anchors of a page: what GitHub makes of its headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let (mut found, mut is_code) = (BTreeSet::new(), false);
    for line in text.lines() {
        is_code ^= line.starts_with("```");
        let heading = line.trim_start_matches('#');
        if is_code || heading.len() == line.len() || !heading.starts_with(' ') {
            continue;
        }
        let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        let words: String = heading.trim().to_lowercase().chars().filter(kept).collect();
        found.insert(words.replace(' ', "-"));
    }
    found
}

/// Links that name a heading: the line, the page (empty: the same one) and the anchor.
fn heading_links(text: &str) -> Vec<(usize, String, String)> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for rest in line.split("](").skip(1) {
            let target = rest.split(')').next().unwrap_or_default();
            let Some((page, anchor)) = target.split_once('#') else { continue };
            let is_page = page.is_empty() || page.rsplit('.').next() == Some("md");
            if is_page && !target.contains("://") {
                found.push((index + 1, page.to_owned(), anchor.to_owned()));
            }
        }
    }
    found
}

#[test]
fn every_link_to_a_heading_leads_to_one() {
    let mut found = Vec::new();
    pages(Path::new(env!("CARGO_MANIFEST_DIR")), &mut found);
    let (mut offenders, mut seen) = (Vec::new(), 0);
    for page in found {
        let text = std::fs::read_to_string(&page).expect("pages are UTF-8");
        let folder = page.parent().expect("a page lies in a folder");
        for (line, other, anchor) in heading_links(&text) {
            let path = if other.is_empty() { page.clone() } else { folder.join(&other) };
            let there = std::fs::read_to_string(path).unwrap_or_default();
            seen += 1;
            if !anchors(&there).contains(&anchor) {
                offenders.push(format!("  {}:{line}: `{other}#{anchor}`", page.display()));
            }
        }
    }
    assert!(offenders.is_empty(), "no such heading; fix the link\n{}", offenders.join("\n"));
    assert!(seen > 20, "{seen} links were seen");
}

#[test]
fn headings_become_anchors_and_links_to_them_are_read() {
    let text = "# A\n## Days later: `verify`\n```sh\n# no heading\n```\n### What, if_so?\n#tag\n";
    let expected = ["a", "days-later-verify", "what-if_so"].map(str::to_owned);
    assert_eq!(anchors(text), BTreeSet::from(expected));
    let text = "[a](b.md#c) [d](#e) [f](g.md) [h](https://i.example/j.md#k) [l](m.rs#n)\n";
    let link = |page: &str, anchor: &str| (1, page.to_owned(), anchor.to_owned());
    assert_eq!(heading_links(text), [link("b.md", "c"), link("", "e")]);
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
    assert!(offenders.is_empty(), "no such file; fix the link\n{}", offenders.join("\n"));
}

/// Paths of tests in a page's backticks: `topic::a_claim`.
fn named_tests(text: &str) -> Vec<(usize, String)> {
    let is_path = |code: &&str| {
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        code.contains("::") && code.split("::").all(|n| !n.is_empty() && n.chars().all(is_name))
    };
    let lines = text.lines().enumerate();
    lines
        .flat_map(|(index, line)| {
            let codes = line.split('`').skip(1).step_by(2).filter(is_path);
            codes.map(move |code| (index + 1, code.to_owned()))
        })
        .collect()
}

#[test]
fn every_test_that_a_page_names_is_there() {
    let mut known = BTreeSet::new();
    for source in files(&[".rs"]) {
        let words: Vec<&str> = tokens(&source.code).iter().map(|token| token.text).collect();
        let names = words.windows(2).filter(|pair| matches!(pair[0], "fn" | "mod"));
        known.extend(names.map(|pair| pair[1].to_owned()));
    }
    let pages = ["docs/testing.md", "SECURITY.md", "CONTRIBUTING.md"];
    let named: Vec<_> = pages.iter().flat_map(|page| named_tests(&top_level(page))).collect();
    let is_there = |path: &str| path.rsplit("::").next().is_some_and(|name| known.contains(name));
    let missing: Vec<_> = named.iter().filter(|(_, path)| !is_there(path)).collect();
    assert!(missing.is_empty(), "{pages:?} name tests that are not there: {missing:?}");
    assert!(named.len() > 20, "{} names were found", named.len());
}

#[test]
fn paths_of_tests_are_read_and_other_code_left_alone() {
    let text = "| a bug | `a::b_c`, `Type::name` |\n`cargo test --test it a::b` `word` `d::e2`\n";
    assert_eq!(named_tests(text), [(1, "a::b_c".to_owned()), (2, "d::e2".to_owned())]);
}

#[test]
fn links_to_files_are_read_and_others_left_alone() {
    let text = "[a](b.md) and [c](d/e.md#f)\n[g](https://example.org) [h](#i)\n";
    assert_eq!(file_links(text), [(1, "b.md".to_owned()), (1, "d/e.md".to_owned())]);
}

#[test]
fn the_readme_begins_with_the_rehearsal_and_the_tests_that_ci_runs() {
    let readme = top_level("README.md");
    let (_, behind) =
        readme.split_once("<!-- commands -->\n```sh\n").expect("the mark and a block");
    let (block, _) = behind.split_once("\n```").expect("the block ends");
    let commands: Vec<&str> = block.lines().collect();
    assert!(matches!(commands.as_slice(), [_, "cargo test"]), "{commands:?}");
    assert!(commands[0].starts_with("cargo run --release -- run samples/"), "{commands:?}");
    let before = readme.lines().take_while(|line| *line != "<!-- commands -->").count();
    assert!(before < 20, "the commands stand on the first screen, not in line {before}");
    assert!(readme.lines().count() <= 110, "the README is short; the pages in docs say the rest");
}

#[test]
fn every_page_beside_the_guide_is_named_in_the_readme() {
    let readme = top_level("README.md");
    let mut found = Vec::new();
    pages(Path::new(env!("CARGO_MANIFEST_DIR")), &mut found);
    let in_docs = found.iter().filter(|page| page.parent().is_some_and(|at| at.ends_with("docs")));
    let names: Vec<_> = in_docs.filter_map(|page| page.file_name()?.to_str()).collect();
    let missing: Vec<_> =
        names.iter().filter(|name| !readme.contains(&format!("](docs/{name})"))).collect();
    assert!(missing.is_empty(), "a reader of the README does not find {missing:?}");
    assert!(names.len() > 8, "{} pages were found", names.len());
}
