//! Calls of the program in a block of code, as a shell or PowerShell would split them.
//!
//! Only as much of the languages as the pages use. What cannot be read so is written in another
//! way, or the page names another language for its block.

use super::blocks::Block;

/// Blocks whose lines are typed. All others are shown: what is said, settings, documents.
const TYPED: [&str; 5] = ["sh", "bash", "powershell", "pwsh", "ini"];

/// Words at the beginning of a line that runs something in a container.
const CONTAINERS: [&str; 3] = ["docker ", "kubectl ", "podman "];

/// Words before which the program's name is a command.
const BEFORE_COMMANDS: [&str; 8] = ["nohup", "sudo", "exec", "time", "env", "--", "=", "*"];

/// One call of the program.
#[derive(Debug, PartialEq, Eq, Clone)]
pub(super) struct Call {
    /// The page and the line.
    pub(super) place: String,
    /// What follows the program's name.
    pub(super) words: Vec<String>,
    /// The exit codes that it may have: those of a comment `# ends with 4 or 5`, else 0.
    pub(super) codes: Vec<i32>,
    /// Whether it is run in a container, whose files and network are others.
    pub(super) is_contained: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word {
        text: String,
        quoted: bool,
    },
    /// What ends a command: a pipe, a redirection, a bracket.
    End,
}

/// Lines that go on in the next one are one line, with the number of the first.
fn joined(block: &Block) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut goes_on = false;
    for (number, line) in &block.lines {
        let whole = line.trim_end();
        let part = whole.strip_suffix(" \\").or_else(|| whole.strip_suffix(" `"));
        let text = part.unwrap_or(whole).trim_start().to_owned();
        match lines.last_mut() {
            Some((_, before)) if goes_on => *before = format!("{before} {text}"),
            _ => lines.push((*number, text)),
        }
        goes_on = part.is_some();
    }
    lines
}

/// The tokens of a line, and its comment.
fn tokens(line: &str) -> (Vec<Token>, &str) {
    let mut found = Vec::new();
    let mut word: Option<(String, bool)> = None;
    let mut quote = None;
    let mut chars = line.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match quote {
            Some(open) if c == open => quote = None,
            Some('"') if c == '\\' && chars.peek().is_some_and(|(_, next)| *next == '"') => {
                chars.next();
                word.get_or_insert_default().0.push('"');
            }
            Some(_) => word.get_or_insert_default().0.push(c),
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default().1 = true;
            }
            // What a shell puts in here is not known.
            None if c == '$' && chars.peek().is_some_and(|(_, next)| *next == '(') => {}
            None if c == '#' && word.is_none() => return (found, &line[at..]),
            None if c.is_whitespace() || "|&;()<>{}".contains(c) => {
                let is_number = |text: &str| text.chars().all(|c| c.is_ascii_digit());
                if let Some((text, quoted)) = word.take()
                    && !(c == '>' && is_number(&text))
                {
                    found.push(Token::Word { text, quoted });
                }
                if !c.is_whitespace() {
                    found.push(Token::End);
                }
            }
            None => word.get_or_insert_default().0.push(c),
        }
    }
    found.extend(word.map(|(text, quoted)| Token::Word { text, quoted }));
    (found, "")
}

/// The exit codes of a comment.
fn codes(comment: &str) -> Vec<i32> {
    let Some((_, rest)) = comment.split_once("ends with ") else { return vec![0] };
    let mut codes = Vec::new();
    for word in rest.split(' ') {
        let number = word.trim_end_matches([',', ':', '.', ';']);
        match number.parse() {
            Ok(code) => codes.push(code),
            Err(_) if word == "or" => {}
            Err(_) => break,
        }
    }
    codes
}

/// Whether a word is the program, with or without its folder.
fn is_program(text: &str) -> bool {
    let name = text.rsplit(['/', '\\', '=']).next().unwrap_or_default();
    name == "mde-offboard" || name == "mde-offboard.exe"
}

/// Whether what stands before the program's name lets a command begin there.
fn begins_after(before: Option<&Token>) -> bool {
    match before {
        None | Some(Token::End) => true,
        Some(Token::Word { text, .. }) => {
            BEFORE_COMMANDS.contains(&text.as_str())
                || (!text.starts_with('-') && text.contains('='))
        }
    }
}

fn words_of(tokens: &[Token]) -> Vec<String> {
    let words = tokens.iter().map_while(|token| match token {
        Token::Word { text, .. } => Some(text.clone()),
        Token::End => None,
    });
    words.collect()
}

/// The words of each call in a line.
fn calls_of_line(line: &str, commands: &[String]) -> Vec<Vec<String>> {
    let (tokens, _) = tokens(line);
    let is_command = |token: Option<&Token>| {
        matches!(token,
        Some(Token::Word { text, .. }) if commands.contains(text))
    };
    let is_cargo = |word: &str| word == "--" && line.starts_with("cargo run ");
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let Token::Word { text, quoted } = token else { continue };
        let before = index.checked_sub(1).map(|index| &tokens[index]);
        let is_after = |word: &str| {
            matches!(before,
            Some(Token::Word { text, .. }) if text == word)
        };
        let rest = &tokens[index + 1..];
        if *quoted && is_after("-Argument") {
            found.push(words_of(&self::tokens(text).0));
        } else if *quoted && text.starts_with("mde-offboard ") {
            found.extend(calls_of_line(text, commands));
        } else if is_cargo(text)
            || is_program(text) && (begins_after(before) || is_command(rest.first()))
        {
            found.push(words_of(rest));
        }
    }
    found.retain(|words| !words.is_empty());
    found
}

/// The calls of a block. `commands` are the names of all commands.
pub(super) fn calls(block: &Block, commands: &[String]) -> Vec<Call> {
    let is_typed = TYPED.contains(&block.language.as_str());
    let mut found = Vec::new();
    for (number, line) in joined(block) {
        let may_be_typed = block.language.is_empty() && line.starts_with("mde-offboard ");
        if !is_typed && !may_be_typed {
            continue;
        }
        for words in calls_of_line(&line, commands) {
            let place = format!("{}:{number}", block.page);
            let is_contained = CONTAINERS.iter().any(|name| line.starts_with(name));
            found.push(Call { place, words, codes: codes(tokens(&line).1), is_contained });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::blocks::blocks_of;
    use super::*;

    fn found(language: &str, text: &str) -> Vec<(String, Vec<i32>)> {
        let commands = ["run", "status", "report"].map(str::to_owned);
        let blocks = blocks_of("a.md", &format!("```{language}\n{text}\n```\n"));
        let calls = blocks.iter().flat_map(|block| calls(block, &commands));
        calls.map(|call| (call.words.join("|"), call.codes)).collect()
    }

    #[track_caller]
    fn check(language: &str, text: &str, expected: &[&str]) {
        let words: Vec<_> = found(language, text).into_iter().map(|(words, _)| words).collect();
        assert_eq!(words, expected, "{text}");
    }

    #[test]
    fn calls_are_found_wherever_a_command_may_stand() {
        check(
            "sh",
            "mde-offboard run a.csv --comment \"b c\"   # why",
            &["run|a.csv|--comment|b c"],
        );
        check("sh", "nohup mde-offboard run a \\\n    --yes > b.log 2>&1 &", &["run|a|--yes"]);
        check("sh", "TZ=UTC ./mde-offboard status | head -1", &["status"]);
        check(
            "sh",
            "tmux new -s x 'mde-offboard run a --comment \"b c\"'",
            &["run|a|--comment|b c"],
        );
        check("sh", "0 7 * * * mde-offboard status 2>&1", &["status"]);
        check("sh", "sudo -u anna mde-offboard status", &["status"]);
        check("sh", "4) mde-offboard report ;;\nmde-offboard frob", &["report", "frob"]);
        check("sh", "cargo run --release -- run a  # ends with 4", &["run|a"]);
        check(
            "powershell",
            "4 { .\\mde-offboard.exe report --only failed }",
            &["report|--only|failed"],
        );
        check(
            "powershell",
            "$s = mde-offboard status `\n  --json | ConvertFrom-Json",
            &["status|--json"],
        );
        check(
            "powershell",
            "New -Execute C:\\x\\mde-offboard.exe `\n -Argument 'run \"a b\"'",
            &["run|a b"],
        );
        check("ini", "[Service]\nExecStart=/usr/bin/mde-offboard run a", &["run|a"]);
        check("sh", "mde-offboard status $(printf a) b", &["status"]);
        check("sh", "x=$(mde-offboard status --json)", &["status|--json"]);
        check("", "mde-offboard status\n  mde-offboard run", &["status", "run"]);
    }

    #[test]
    fn what_is_shown_or_only_names_the_program_is_no_call() {
        check("text", "mde-offboard resume 1", &[]);
        check(
            "sh",
            "# mde-offboard status\ncp target/mde-offboard /usr/bin\nman mde-offboard",
            &[],
        );
        check(
            "powershell",
            "Unblock-File .\\mde-offboard.exe\n$env:Path += \";C:\\mde-offboard\"",
            &[],
        );
    }

    #[test]
    fn what_runs_in_a_container_is_known_as_that() {
        let lines = "podman run --rm mde-offboard run a\nmde-offboard run a";
        let block = blocks_of("a.md", &format!("```sh\n{lines}\n```\n")).remove(0);
        let calls = calls(&block, &["run".to_owned()]);
        let contained = calls.iter().map(|call| call.is_contained);
        assert_eq!(contained.collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn a_comment_says_with_which_codes_a_call_ends() {
        let codes = |line| found("sh", line)[0].1.clone();
        assert_eq!(codes("mde-offboard run a"), [0]);
        assert_eq!(codes("mde-offboard run a  # ends with 4"), [4]);
        assert_eq!(codes("mde-offboard run a  # asks; ends with 0, 4 or 5: later"), [0, 4, 5]);
    }
}
