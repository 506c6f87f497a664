//! What to do about an error, apart from what is wrong.
//!
//! Errors below `cli` offer it; `cli` writes it. Deliberately absent: the name under which the
//! program was called, and the options that every command about the same journal carries.

/// Words, with commands of this program between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Words(String),
    /// Without the program's name: `resume 3`.
    Command(String),
}

impl Advice {
    /// Begins with a command.
    pub fn command(command: impl Into<String>) -> Self {
        Self(vec![Part::Command(command.into())])
    }

    /// Adds words.
    #[must_use]
    pub fn then(mut self, words: impl Into<String>) -> Self {
        self.0.push(Part::Words(words.into()));
        self
    }

    /// Adds a command.
    #[must_use]
    pub fn then_command(mut self, command: impl Into<String>) -> Self {
        self.0.push(Part::Command(command.into()));
        self
    }

    /// All of it in words; `whole` writes a command as it can be typed.
    pub fn to_text(&self, whole: impl Fn(&str) -> String) -> String {
        let text = |part: &Part| match part {
            Part::Words(words) => words.clone(),
            Part::Command(command) => format!("`{}`", whole(command)),
        };
        self.0.iter().map(text).collect()
    }
}

impl<T: Into<String>> From<T> for Advice {
    fn from(words: T) -> Self {
        Self(vec![Part::Words(words.into())])
    }
}
