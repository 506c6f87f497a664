//! Commands as they are printed: whole, so that they can be copied.
//!
//! Deliberately absent: which options those are. `cli` knows what was typed, and what each command
//! takes.

use crate::domain::quoted;

/// An option that was typed, and that printed commands repeat where they take it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedOption {
    /// With its hyphens.
    pub option: String,
    /// Without quotes; none: it takes no value.
    pub value: Option<String>,
    /// The commands that take it, such as `resume` and `config show`.
    pub taken_by: Vec<String>,
}

impl CarriedOption {
    /// Whether a command of these words takes it, and does not have it already.
    fn is_wanted_by(&self, words: &str) -> bool {
        let mut taken_by = self.taken_by.iter();
        let is_taken = taken_by.any(|command| {
            words
                .strip_prefix(command.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        });
        is_taken && !words.split(' ').any(|word| word == self.option)
    }

    fn words(&self) -> String {
        let option = &self.option;
        match self.value.as_deref() {
            None => option.clone(),
            // In a word of its own it would be read as an option.
            Some(value) if value.starts_with('-') => format!("{option}={}", quoted(value)),
            Some(value) => format!("{option} {}", quoted(value)),
        }
    }
}

/// How to write a command of this program, with the options that printed ones carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commands {
    carried: Vec<CarriedOption>,
}

impl Commands {
    /// With the options that were typed.
    pub const fn new(carried: Vec<CarriedOption>) -> Self {
        Self { carried }
    }

    /// The same with these options in the place of typed ones of the same names.
    #[must_use]
    pub fn with(&self, options: Vec<CarriedOption>) -> Self {
        let stays = |typed: &&CarriedOption| options.iter().all(|it| it.option != typed.option);
        let others: Vec<CarriedOption> = self.carried.iter().filter(stays).cloned().collect();
        Self { carried: options.into_iter().chain(others).collect() }
    }

    /// The whole command for its own words: `resume 1`.
    pub fn of(&self, words: &str) -> String {
        let carried = self.carried.iter().filter(|carried| carried.is_wanted_by(words));
        let carried = carried.map(CarriedOption::words);
        let own = ["mde-offboard".to_owned(), words.to_owned()].into_iter();
        own.chain(carried).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_looks_like_an_option_stays_with_its_own() {
        let carried = |value: &str| CarriedOption {
            option: "--journal".to_owned(),
            value: Some(value.to_owned()),
            taken_by: vec!["resume".to_owned()],
        };
        let command = |value| Commands::new(vec![carried(value)]).of("resume 1");
        assert_eq!(command("-j.db"), "mde-offboard resume 1 --journal=-j.db");
        assert_eq!(command("j.db"), "mde-offboard resume 1 --journal j.db");
    }
}
