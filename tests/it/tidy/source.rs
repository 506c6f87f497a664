//! Rust source as the rules read it: comments and strings blanked, lines where they were.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// One source file.
pub(super) struct Source {
    /// From the top of the repository, with `/`.
    pub(super) path: String,
    /// As it is.
    pub(super) text: String,
    /// Without comments and without the insides of strings.
    pub(super) code: String,
    /// The same without `#[cfg(test)]` items: what is built into the program.
    pub(super) shipped: String,
}

impl Source {
    /// A file of that text, whether it exists or is planted by a test.
    pub(super) fn new(path: &str, text: &str) -> Self {
        let code = without_comments_and_strings(text);
        let shipped = without_tests(&code);
        Self { path: path.to_owned(), text: text.to_owned(), code, shipped }
    }

    /// The top-level module of `src` that it belongs to; none for `main.rs`, `lib.rs` and tests.
    pub(super) fn module(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        let first = inside.split('/').next()?;
        let module = first.strip_suffix(".rs").unwrap_or(first);
        (module != "main" && module != "lib").then_some(module)
    }

    /// `file:line: what`.
    pub(super) fn offence(&self, line: usize, what: &str) -> String {
        format!("  {}:{line}: {what}", self.path)
    }
}

/// All sources, read once: every rule wants them, and blanking takes longer than most rules.
static ALL: LazyLock<Vec<Source>> = LazyLock::new(|| {
    let mut found = Vec::new();
    for folder in ["src", "tests", "benches", "migrations"] {
        collect(Path::new(env!("CARGO_MANIFEST_DIR")), folder, &mut found);
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
});

/// All sources with one of the endings: `.rs` and `.sql` there are.
pub(super) fn files(endings: &[&str]) -> Vec<&'static Source> {
    let wanted = |source: &&Source| endings.iter().any(|ending| source.path.ends_with(ending));
    ALL.iter().filter(wanted).collect()
}

/// What cargo builds for the crates beside the program (the sources in it are made by build scripts
/// of others), and what npm fetches for the browser tests.
const OF_OTHERS: [&str; 3] =
    ["tests/fuzz/target", "tests/browser/target", "tests/browser/node_modules"];

fn collect(top: &Path, folder: &str, found: &mut Vec<Source>) {
    if OF_OTHERS.contains(&folder) {
        return;
    }
    let Ok(entries) = fs::read_dir(top.join(folder)) else { return };
    for entry in entries {
        let entry = entry.expect("the folder can be listed");
        let name = entry.file_name().into_string().expect("file names are ASCII here");
        let path = format!("{folder}/{name}");
        if entry.path().is_dir() {
            collect(top, &path, found);
        } else if [".rs", ".sql"].iter().any(|ending| name.ends_with(ending)) {
            let text = fs::read_to_string(entry.path()).expect("sources are UTF-8");
            found.push(Source::new(&path, &text));
        }
    }
}

/// A file of the repository's top level.
pub(super) fn top_level(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(path).expect("the file is part of the repository")
}

/// Applies a rule to all Rust files and fails with all offenders.
pub(super) fn hold(rule: fn(&Source) -> Vec<String>, what_to_do: &str) {
    let offenders: Vec<String> = files(&[".rs"]).into_iter().flat_map(rule).collect();
    assert!(offenders.is_empty(), "{what_to_do}\n{}", offenders.join("\n"));
}

/// How many offenders a rule finds in a planted file.
pub(super) fn planted(rule: fn(&Source) -> Vec<String>, path: &str, text: &str) -> usize {
    rule(&Source::new(path, text)).len()
}

/// Number of the line at a byte offset, counted from 1.
pub(super) fn line_at(code: &str, offset: usize) -> usize {
    code[..offset].matches('\n').count() + 1
}

/// Offset behind the bracket that closes the one at `open`; the end where none does.
pub(super) fn behind_closing(code: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (offset, c) in code[open..].char_indices() {
        match c {
            '{' | '[' | '(' => depth += 1,
            '}' | ']' | ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return open + offset + 1;
        }
    }
    code.len()
}

fn without_tests(code: &str) -> String {
    let mut shipped = code.to_owned();
    while let Some(start) = shipped.find("#[cfg(test)]") {
        let rest = &shipped[start..];
        let item = rest.find(['{', ';']).map_or(shipped.len(), |offset| start + offset);
        let end = behind_closing(&shipped, item).min(shipped.len());
        let blanked = blanked(&shipped[start..end]);
        shipped.replace_range(start..end, &blanked);
    }
    shipped
}

fn blanked(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect()
}

fn without_comments_and_strings(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after_word = code.ends_with(is_word);
        match opaque(rest, after_word) {
            0 => {
                code.push(first);
                rest = &rest[first.len_utf8()..];
            }
            length => {
                code.push_str(&blanked(&rest[..length]));
                rest = &rest[length..];
            }
        }
    }
    code
}

/// Whether a character can be part of a name.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Length of the comment, string or character that starts here; 0 where none does.
fn opaque(rest: &str, after_word: bool) -> usize {
    let whole = rest.len();
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(whole);
    }
    if rest.starts_with("/*") {
        return block_comment(rest);
    }
    if rest.starts_with('"') {
        return escaped_until(rest, '"');
    }
    if rest.starts_with("'\\") {
        return escaped_until(rest, '\'');
    }
    if rest.starts_with('\'') {
        // `'a'` is a character, `'a` a lifetime.
        let mut chars = rest.char_indices().skip(2);
        return chars.next().filter(|(_, c)| *c == '\'').map_or(0, |(offset, _)| offset + 1);
    }
    if after_word { 0 } else { raw_string(rest) }
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    for (offset, _) in rest.char_indices() {
        let here = &rest[offset..];
        depth += usize::from(here.starts_with("/*"));
        if here.starts_with("*/") {
            depth -= 1;
            if depth == 0 {
                return offset + 2;
            }
        }
    }
    rest.len()
}

fn escaped_until(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (offset, c) in rest.char_indices().skip(1) {
        if c == quote && !escaped {
            return offset + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    rest.len()
}

fn raw_string(rest: &str) -> usize {
    let Some(behind) = ["r", "br", "cr"].iter().find_map(|mark| rest.strip_prefix(mark)) else {
        return 0;
    };
    let inside = behind.trim_start_matches('#');
    if !inside.starts_with('"') {
        return 0;
    }
    let closing = format!("\"{}", &behind[..behind.len() - inside.len()]);
    let start = rest.len() - inside.len() + 1;
    rest[start..].find(&closing).map_or(rest.len(), |offset| start + offset + closing.len())
}

#[test]
fn comments_strings_and_characters_are_no_code() {
    let text = r##"
        let a = "in \" text"; // in comment
        /* in /* a nested */ comment */ let b: &'static str = r#"in "raw" text"#;
        let c = ['"', '\'', 'x']; let d = b"in bytes";
    "##;
    let source = Source::new("src/planted.rs", text);
    assert!(!source.code.contains("in "), "{}", source.code);
    assert!(source.code.contains("let b: &'static str ="), "{}", source.code);
    assert!(source.code.contains("let d ="), "{}", source.code);
    assert_eq!(source.code.lines().count(), text.lines().count());
}

#[test]
fn tests_are_not_shipped() {
    let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n";
    let source = Source::new("src/planted.rs", text);
    assert!(source.code.contains("fn b()"));
    assert!(!source.shipped.contains("fn b()"));
    assert!(source.shipped.contains("fn a()") && source.shipped.contains("fn c()"));
}
