//! The paths that a source names: `use` trees flattened, and paths inside expressions.

use super::source::is_word;

/// One path and where it begins.
#[derive(Debug, PartialEq)]
pub(super) struct Named {
    /// Line, counted from 1.
    pub(super) line: usize,
    /// Segments joined by `::`.
    pub(super) path: String,
}

impl Named {
    /// Whether it lies in (or is) a module or crate.
    pub(super) fn is_in(&self, place: &str) -> bool {
        self.path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    }
}

/// A word, `::`, or one other character.
pub(super) struct Token<'a> {
    /// Line, counted from 1.
    pub(super) line: usize,
    /// The token.
    pub(super) text: &'a str,
}

impl Token<'_> {
    fn is_word(&self) -> bool {
        self.text.starts_with(is_word)
    }

    fn continues_a_path(&self) -> bool {
        self.is_word() || self.text == "{" || self.text == "*"
    }
}

/// Splits code, from which comments and strings are gone, into tokens.
pub(super) fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut line = 1;
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            ':' if rest.starts_with("::") => 2,
            c => c.len_utf8(),
        };
        if !first.is_whitespace() {
            found.push(Token { line, text: &rest[..length] });
        }
        line += usize::from(first == '\n');
        rest = &rest[length..];
    }
    found
}

/// All paths of at least two segments, and single names behind `use`.
pub(super) fn paths(code: &str) -> Vec<Named> {
    let tokens = tokens(code);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let text = |index: Option<usize>| index.map_or("", |index| tokens[index].text);
        let (before, earlier) = (text(at.checked_sub(1)), text(at.checked_sub(2)));
        let next = tokens.get(at + 1).map_or("", |token| token.text);
        // The name in `<T as Trait>::name` goes on from something that is no path.
        let goes_on = before == "::" && earlier == ">";
        let starts = tokens[at].is_word() && !goes_on && (next == "::" || before == "use");
        at = if starts { tree(&tokens, at, "", &mut found) } else { at + 1 };
    }
    found
}

/// Reads one branch of a `use` tree or one path; returns where it ends.
fn tree(tokens: &[Token<'_>], at: usize, prefix: &str, found: &mut Vec<Named>) -> usize {
    if tokens[at].text == "{" {
        return group(tokens, at, prefix, found);
    }
    let name = tokens[at].text;
    let path = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}::{name}") };
    let goes_on = tokens.get(at + 1).is_some_and(|token| token.text == "::")
        && tokens.get(at + 2).is_some_and(Token::continues_a_path);
    if goes_on {
        return tree(tokens, at + 2, &path, found);
    }
    found.push(Named { line: tokens[at].line, path });
    at + 1
}

fn group(tokens: &[Token<'_>], open: usize, prefix: &str, found: &mut Vec<Named>) -> usize {
    let mut at = open + 1;
    while let Some(token) = tokens.get(at) {
        match token.text {
            "}" => return at + 1,
            _ if token.continues_a_path() => {
                at = tree(tokens, at, prefix, found);
                // Over `as name` to the comma or the end.
                while tokens.get(at).is_some_and(|token| !matches!(token.text, "," | "}")) {
                    at += 1;
                }
            }
            _ => at += 1,
        }
    }
    at
}

#[test]
fn use_trees_are_flattened_and_expressions_are_read() {
    let code = "use crate::{a, b::{c as d, e}};\nuse std :: fs;\nuse csv;\n\
                fn f() -> x::Y { self.n.g(u::V::<W>::new(::z::N)) }\n#[tokio::main]\nfn h() {}";
    let found: Vec<String> =
        paths(code).iter().map(|named| format!("{} {}", named.line, named.path)).collect();
    let expected = [
        "1 crate::a",
        "1 crate::b::c",
        "1 crate::b::e",
        "2 std::fs",
        "3 csv",
        "4 x::Y",
        "4 u::V",
        "4 z::N",
        "5 tokio::main",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_place_holds_itself_and_what_is_in_it() {
    let named = |path: &str| Named { line: 1, path: path.to_owned() };
    assert!(named("csv").is_in("csv") && named("csv::Reader").is_in("csv"));
    assert!(!named("csv_core::Reader").is_in("csv") && !named("report::csv").is_in("csv"));
}
