//! Small on purpose: sizes of files, functions and lines, and what a `mod.rs` may hold.

use super::paths::{Token, tokens};
use super::source::{Source, behind_closing, files, hold, is_word, line_at, planted};

const FILE_LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;
const LINE_CHARS_MAX: usize = 100;

fn long_files(source: &Source) -> Vec<String> {
    let lines = source.text.lines().count();
    if lines <= FILE_LINES_MAX {
        return Vec::new();
    }
    vec![source.offence(FILE_LINES_MAX + 1, &format!("{lines} lines, {FILE_LINES_MAX} at most"))]
}

fn long_lines(source: &Source) -> Vec<String> {
    let lines = source.text.lines().enumerate();
    lines
        .map(|(index, line)| (index + 1, line.chars().count()))
        .filter(|(_, chars)| *chars > LINE_CHARS_MAX)
        .map(|(line, chars)| source.offence(line, &format!("{chars} characters")))
        .collect()
}

/// Counted from the `fn` to its closing brace, without blank lines and comments.
fn long_functions(source: &Source) -> Vec<String> {
    let code = &source.code;
    let mut offenders = Vec::new();
    for start in function_starts(code) {
        let Some(body) = body_of(code, start) else { continue };
        let end = behind_closing(code, body);
        let lines = code[start..end].lines().filter(|line| !line.trim().is_empty()).count();
        if lines > FUNCTION_LINES_MAX {
            let name: String = code[start + 3..].chars().take_while(|c| is_word(*c)).collect();
            let what = format!("`{name}` has {lines} lines, {FUNCTION_LINES_MAX} at most");
            offenders.push(source.offence(line_at(code, start), &what));
        }
    }
    offenders
}

fn function_starts(code: &str) -> impl Iterator<Item = usize> {
    code.match_indices("fn ").map(|(at, _)| at).filter(|at| !code[..*at].ends_with(is_word))
}

/// Where the body opens; none for a function that is only declared.
fn body_of(code: &str, start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        at += code[at..].find(['{', ';', '(', '['])?;
        match code.as_bytes()[at] {
            b'{' => return Some(at),
            b';' => return None,
            // Arguments, and arrays with a `;` of their own.
            _ => at = behind_closing(code, at),
        }
    }
}

/// A `mod.rs` declares, documents and re-exports. A trait without bodies is a declaration.
fn logic_in_mod_rs(source: &Source) -> Vec<String> {
    if !source.path.ends_with("/mod.rs") {
        return Vec::new();
    }
    let code = without_attributes(&source.code);
    let mut rest = code.as_str();
    while !rest.trim().is_empty() {
        let start = code.len() - rest.trim_start().len();
        let end = item_end(&code, start);
        let item = &code[start..end];
        if !is_declaration(item) {
            let first = item.lines().next().unwrap_or_default();
            return vec![source.offence(line_at(&code, start), &format!("`{first}`"))];
        }
        rest = &code[end..];
    }
    Vec::new()
}

/// Behind the `;` of a declaration, or behind the brace that closes a body.
fn item_end(code: &str, start: usize) -> usize {
    let head = |token: &&Token<'_>| !matches!(token.text, "{" | ";");
    let is_use = tokens(&code[start..]).iter().take_while(head).any(|token| token.text == "use");
    let ends: &[char] = if is_use { &[';'] } else { &[';', '{'] };
    let Some(offset) = code[start..].find(ends) else { return code.len() };
    let at = start + offset;
    if code[at..].starts_with(';') { at + 1 } else { behind_closing(code, at) }
}

fn is_declaration(item: &str) -> bool {
    let words: Vec<&str> = tokens(item).iter().map(|token| token.text).collect();
    let visible = usize::from(words.first() == Some(&"pub"));
    let narrowed = match words.get(visible) {
        Some(&"(") => words.iter().position(|word| *word == ")").unwrap_or(0) + 1 - visible,
        _ => 0,
    };
    let braces = words.iter().filter(|word| **word == "{").count();
    match words.get(visible + narrowed).copied() {
        Some("use") => true,
        Some("mod") => braces == 0,
        Some("trait") => braces == 1,
        _ => false,
    }
}

fn without_attributes(code: &str) -> String {
    let mut left = code.to_owned();
    while let Some(start) = left.find('#') {
        let Some(open) = left[start..].find('[') else { break };
        let end = behind_closing(&left, start + open);
        let blank: String =
            left[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        left.replace_range(start..end, &blank);
    }
    left
}

fn files_without_a_foreword(source: &Source) -> Vec<String> {
    if source.text.starts_with("//! ") {
        return Vec::new();
    }
    vec![source.offence(1, "does not open with `//!`")]
}

/// Names that say nothing about what is inside.
fn names_that_say_nothing(source: &Source) -> Vec<String> {
    const EMPTY: [&str; 8] =
        ["util", "utils", "helper", "helpers", "common", "imp", "misc", "errors"];
    let mut parts = source.path.trim_end_matches(".rs").split('/');
    let empty = parts.find(|part| EMPTY.contains(part));
    empty.map(|part| source.offence(1, &format!("`{part}` is no noun"))).into_iter().collect()
}

#[test]
fn files_are_short() {
    hold(long_files, "a file holds one noun: this one has two");
}

#[test]
fn functions_are_short() {
    hold(long_functions, "a function fits the head: name a part of it");
}

#[test]
fn lines_are_short() {
    let sources = files(&[".rs", ".sql"]);
    let offenders: Vec<String> = sources.into_iter().flat_map(long_lines).collect();
    assert!(offenders.is_empty(), "at most 100 characters\n{}", offenders.join("\n"));
}

#[test]
fn what_is_too_long_is_found() {
    let lines = |count: usize| "    f();\n".repeat(count);
    assert_eq!(planted(long_files, "src/a.rs", &lines(400)), 0);
    assert_eq!(planted(long_files, "src/a.rs", &lines(401)), 1);
    assert_eq!(planted(long_lines, "src/a.rs", &"é".repeat(100)), 0);
    assert_eq!(planted(long_lines, "src/a.rs", &"é".repeat(101)), 1);
    let function = |count| format!("fn f(a: [u8; 2]) -> T {{\n{}    // x\n\n}}\n", lines(count));
    assert_eq!(planted(long_functions, "src/a.rs", &function(68)), 0);
    assert_eq!(planted(long_functions, "src/a.rs", &function(69)), 1);
    assert_eq!(planted(long_functions, "src/a.rs", "trait T { fn f(&self); }"), 0);
}

#[test]
fn mod_rs_holds_no_logic() {
    hold(
        logic_in_mod_rs,
        "a mod.rs declares, documents and re-exports: give this a file of its own",
    );
}

#[test]
fn logic_in_a_mod_rs_is_found() {
    let found = |text| planted(logic_in_mod_rs, "src/a/mod.rs", text);
    assert_eq!(found("//! Words.\n#![allow(x)]\nmod b;\npub(crate) use b::{C, D};\n"), 0);
    assert_eq!(found("pub(in crate::engine) use b::C;\n"), 0);
    assert_eq!(found("pub trait Port {\n    fn ask(&self) -> [u8; 2];\n}\n"), 0);
    assert_eq!(found("mod b;\npub fn f() {}\n"), 1);
    assert_eq!(found("pub const N: u32 = 1;\n"), 1);
    assert_eq!(found("mod b { fn f() {} }\n"), 1);
    assert_eq!(found("trait T { fn f() { g() } }\n"), 1);
    assert_eq!(planted(logic_in_mod_rs, "src/a/b.rs", "fn f() {}"), 0);
}

#[test]
fn every_file_says_what_it_is() {
    hold(
        files_without_a_foreword,
        "open with `//!`: what it owns, who calls it, what is not in it",
    );
}

#[test]
fn a_file_without_a_foreword_is_found() {
    assert_eq!(planted(files_without_a_foreword, "src/a.rs", "//! Words.\n"), 0);
    assert_eq!(planted(files_without_a_foreword, "src/a.rs", "// Words.\n"), 1);
    assert_eq!(planted(files_without_a_foreword, "src/a.rs", ""), 1);
}

#[test]
fn names_of_files_say_what_is_inside() {
    hold(names_that_say_nothing, "name the noun that it holds");
}

#[test]
fn a_name_that_says_nothing_is_found() {
    assert_eq!(planted(names_that_say_nothing, "src/utils.rs", ""), 1);
    assert_eq!(planted(names_that_say_nothing, "src/cli/helpers/a.rs", ""), 1);
    assert_eq!(planted(names_that_say_nothing, "src/cli/commands.rs", ""), 0);
}
