//! The blocks of code of the pages at the top and in `docs`. Decisions are not read: they say
//! what was so when they were made.

use std::path::{Path, PathBuf};

/// One block between fences.
pub(super) struct Block {
    /// From the top of the repository, with `/`.
    pub(super) page: String,
    /// What stands after the opening fence.
    pub(super) language: String,
    /// Its lines, with their numbers in the page.
    pub(super) lines: Vec<(usize, String)>,
}

impl Block {
    pub(super) fn text(&self) -> String {
        let lines: Vec<&str> = self.lines.iter().map(|(_, line)| line.as_str()).collect();
        lines.join("\n")
    }
}

pub(super) fn top() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The pages, from the top of the repository.
pub(super) fn pages() -> Vec<String> {
    let names = top().join("docs").read_dir().expect("a folder").map(|entry| {
        let name = entry.expect("an entry").file_name();
        format!("docs/{}", name.into_string().expect("names are ASCII here"))
    });
    let is_page = |name: &String| Path::new(name).extension().is_some_and(|end| end == "md");
    let mut pages: Vec<String> = names.filter(is_page).collect();
    pages.extend(["README.md", "CONTRIBUTING.md", "SECURITY.md"].map(str::to_owned));
    pages.sort();
    pages
}

/// The blocks of a text.
pub(super) fn blocks_of(page: &str, text: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in text.lines().enumerate() {
        match (line.trim_start().strip_prefix("```"), open.take()) {
            (Some(_), Some(block)) => found.push(block),
            (Some(language), None) => {
                let language = language.trim().to_owned();
                open = Some(Block { page: page.to_owned(), language, lines: Vec::new() });
            }
            (None, Some(mut block)) => {
                block.lines.push((index + 1, line.to_owned()));
                open = Some(block);
            }
            (None, None) => {}
        }
    }
    found
}

/// The blocks of all pages.
pub(super) fn blocks() -> Vec<Block> {
    let read = |page: &String| std::fs::read_to_string(top().join(page)).expect("pages are UTF-8");
    pages().iter().flat_map(|page| blocks_of(page, &read(page))).collect()
}

#[test]
fn blocks_have_a_language_and_lines_with_their_numbers() {
    let found = blocks_of("a.md", "words\n```sh\none\n\ntwo\n```\nmore\n\n```\nthree\n```\n");
    let shown = found.iter().map(|block| (block.language.as_str(), block.lines.len()));
    assert_eq!(shown.collect::<Vec<_>>(), [("sh", 3), ("", 1)]);
    assert_eq!(found[0].lines[2], (5, "two".to_owned()));
}
