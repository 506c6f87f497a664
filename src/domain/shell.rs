//! Words as a shell takes them, for commands that are printed to be copied.
//!
//! Deliberately absent: cmd's own rules. What this writes for Windows is for `PowerShell`; in cmd
//! it means the same, except for a word with `$`, a backtick or `%`.

/// Which rules a printed command keeps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shell {
    /// sh, bash, zsh.
    Posix,
    PowerShell,
}

impl Shell {
    /// The one that a person has most likely open here.
    const HERE: Self = if cfg!(windows) { Self::PowerShell } else { Self::Posix };

    /// What splits no word and has no meaning of its own.
    fn is_plain(self, letter: char) -> bool {
        let others = match self {
            Self::Posix => "-_./:=,%+@",
            // A comma makes a list there, and `@` a splat.
            Self::PowerShell => "-_./:=%+\\",
        };
        letter.is_alphanumeric() || others.contains(letter)
    }

    /// What has a meaning even between double quotes.
    fn is_live(self, letter: char) -> bool {
        match self {
            Self::Posix => "\"$`\\!".contains(letter),
            Self::PowerShell => "\"$`\u{201c}\u{201d}\u{201e}".contains(letter),
        }
    }

    fn quoted(self, word: &str) -> String {
        if !word.is_empty() && word.chars().all(|letter| self.is_plain(letter)) {
            return word.to_owned();
        }
        if !word.chars().any(|letter| self.is_live(letter)) {
            return format!("\"{word}\"");
        }
        let mut inner = String::new();
        for letter in word.chars() {
            match self {
                Self::Posix if letter == '\'' => inner.push_str("'\\''"),
                // It takes the curly ones for the straight one.
                Self::PowerShell if "'\u{2018}\u{2019}\u{201a}\u{201b}".contains(letter) => {
                    inner.extend([letter, letter]);
                }
                _ => inner.push(letter),
            }
        }
        format!("'{inner}'")
    }
}

/// The word in quotes where the shell of this system would split or change it.
pub fn quoted(word: &str) -> String {
    Shell::HERE.quoted(word)
}

#[cfg(test)]
mod tests {
    use super::Shell;

    #[test]
    fn a_word_reaches_the_program_as_it_is() {
        let check = |word: &str, posix: &str, power_shell: &str| {
            assert_eq!(Shell::Posix.quoted(word), posix, "{word}");
            assert_eq!(Shell::PowerShell.quoted(word), power_shell, "{word}");
        };
        check("fleet.csv", "fleet.csv", "fleet.csv");
        check("", "\"\"", "\"\"");
        check("a b", "\"a b\"", "\"a b\"");
        check("C:\\it\\a.db", "'C:\\it\\a.db'", "C:\\it\\a.db");
        check("a,b", "a,b", "\"a,b\"");
        check("$HOME", "'$HOME'", "'$HOME'");
        check("it's $5", "'it'\\''s $5'", "'it''s $5'");
        check("it's", "\"it's\"", "\"it's\"");
        check("http://p:80/?a&b", "\"http://p:80/?a&b\"", "\"http://p:80/?a&b\"");
    }
}
