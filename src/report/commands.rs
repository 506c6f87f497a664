//! Commands as they are printed: whole, so that they can be copied.

/// How to write a command of this program, with the options that every printed one carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commands {
    program: String,
    carried: Vec<String>,
}

impl Commands {
    /// `program` as the person calls it; `carried` are the options (`--journal`, its path,
    /// `--simulate`) that were given and belong to every command about the same journal.
    pub fn new(program: &str, carried: &[String]) -> Self {
        Self { program: program.to_owned(), carried: carried.to_vec() }
    }

    /// The whole command for its own words: `resume 1`.
    pub fn of(&self, words: &str) -> String {
        let carried = self.carried.iter().map(|word| quoted(word));
        [self.program.clone(), words.to_owned()]
            .into_iter()
            .chain(carried)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// In double quotes where a shell would split it; they mean the same in sh, cmd and `PowerShell`.
pub fn quoted(word: &str) -> String {
    let bare = |letter: char| letter.is_alphanumeric() || "-_./\\:=,%+@".contains(letter);
    if !word.is_empty() && word.chars().all(bare) { word.to_owned() } else { format!("\"{word}\"") }
}
