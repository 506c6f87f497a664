//! What is done with the machines of each class.

use super::class::{Class, ClassError};
use crate::domain::words;

words! {
    /// What is done with the machines of a class.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Treatment {
        /// One of them ends the command before anything is queued.
        Refuse = "refuse",
        /// They are left alone, with the class as the reason.
        Skip = "skip",
        /// The action that somebody else asked for counts as ours.
        Adopt = "adopt",
        Send = "send",
    }
}

impl Treatment {
    /// What is done with a class where nobody said otherwise.
    pub const fn by_default(class: Class) -> Self {
        match class {
            Class::NameAmbiguous | Class::NameNotFound | Class::NameDiffers => Self::Refuse,
            Class::Protected
            | Class::InOtherBatch
            | Class::Merged
            | Class::Unsupported
            | Class::NotFound
            | Class::NotOnboarded
            | Class::Reimaged
            | Class::OtherSystem => Self::Skip,
            Class::AlreadyRequested => Self::Adopt,
            Class::OnboardedAgain | Class::SeenRecently | Class::Inactive | Class::Ready => {
                Self::Send
            }
        }
    }
}

/// What is done with each class: its default, where a person did not say otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Treatments {
    said: Vec<(Class, Treatment)>,
    /// `--again`: what was offboarded earlier is sent.
    again: bool,
}

impl Treatments {
    /// Of what a person said; the last word on a class counts.
    pub fn new(said: &[(Class, Treatment)]) -> Self {
        Self { said: said.to_vec(), again: false }
    }

    /// The same, and machines whose action succeeded earlier are sent (`--again`).
    #[must_use]
    pub fn sending_again(self, again: bool) -> Self {
        Self { again, ..self }
    }

    pub const fn sends_again(&self) -> bool {
        self.again
    }

    pub fn of(&self, class: Class) -> Treatment {
        let said = self.said.iter().rfind(|(of, _)| *of == class);
        said.map_or(Treatment::by_default(class), |(_, treatment)| *treatment)
    }

    /// Of all classes of a machine the one that counts, and what is done with it. A refusal before
    /// a skip, a skip before an adoption, an adoption before a request; of several with the same
    /// treatment the first of [`Class::ALL`]. None where there are no classes.
    pub fn decide(&self, classes: &[Class]) -> Option<(Class, Treatment)> {
        let first = |treatment| {
            let is = |class: &Class| classes.contains(class) && self.of(*class) == treatment;
            Class::ALL.into_iter().find(is).map(|class| (class, treatment))
        };
        Treatment::ALL.into_iter().find_map(first)
    }

    pub fn said(&self) -> &[(Class, Treatment)] {
        &self.said
    }

    /// Reads `CLASS=send`, `CLASS=skip` or `CLASS=refuse`.
    ///
    /// # Errors
    /// [`ClassError`] where there is no such class or treatment, or the two do not go together.
    pub fn parse(text: &str) -> Result<(Class, Treatment), ClassError> {
        let (class, treatment) = text.split_once('=').ok_or(ClassError::Form)?;
        let found = Class::from_word(class);
        let class = found.ok_or_else(|| ClassError::Class(class.escape_debug().to_string()))?;
        match Treatment::from_word(treatment) {
            None | Some(Treatment::Adopt) => Err(ClassError::Form),
            Some(Treatment::Send) if class == Class::AlreadyRequested => Err(ClassError::Again),
            Some(Treatment::Send) if class.is_of_names() => Err(ClassError::NoMachine(class)),
            Some(Treatment::Send) if !class.may_be_sent() => Err(ClassError::NeverSent(class)),
            Some(treatment) => Ok((class, treatment)),
        }
    }
}
