//! From a path below the token to what is asked for.

use crate::domain::{BatchId, MachineId};

use super::subject::Subject;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PagePath {
    /// The page of a batch.
    Page(Subject),
    /// What changes on it.
    Events(Subject),
    /// The rows of its table of machines.
    Machines(Subject),
    /// All that happened to one machine of it.
    Story(Subject, MachineId),
    /// The batches of the journal.
    Batches,
    StyleSheet,
    LiveScript,
    TableScript,
}

impl PagePath {
    /// None: there is nothing at this path.
    pub(super) fn of(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        match parts.as_slice() {
            ["style.css"] => Some(Self::StyleSheet),
            ["live.js"] => Some(Self::LiveScript),
            ["machines.js"] => Some(Self::TableScript),
            ["batches", ""] => Some(Self::Batches),
            ["batch", number, rest @ ..] => {
                Self::about(Subject::Batch(BatchId::parse(number).ok()?), rest)
            }
            rest => Self::about(Subject::Current, rest),
        }
    }

    /// From the page to where everything begins.
    pub(super) fn to_root(self) -> String {
        match self {
            Self::Story(subject, _) => format!("../../{}", subject.to_root()),
            Self::Batches => "../".to_owned(),
            Self::Page(subject) | Self::Events(subject) | Self::Machines(subject) => {
                subject.to_root().to_owned()
            }
            Self::StyleSheet | Self::LiveScript | Self::TableScript => "./".to_owned(),
        }
    }

    fn about(subject: Subject, rest: &[&str]) -> Option<Self> {
        match rest {
            [""] => Some(Self::Page(subject)),
            ["events"] => Some(Self::Events(subject)),
            ["machines"] => Some(Self::Machines(subject)),
            ["machine", id, ""] => Some(Self::Story(subject, MachineId::parse(id).ok()?)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_what_is_asked_for_and_others_nowhere() {
        let third = Subject::Batch(BatchId(3));
        assert_eq!(PagePath::of("/"), Some(PagePath::Page(Subject::Current)));
        assert_eq!(PagePath::of("/batch/3/"), Some(PagePath::Page(third)));
        assert_eq!(PagePath::of("/batch/3/events"), Some(PagePath::Events(third)));
        assert_eq!(PagePath::of("/machines"), Some(PagePath::Machines(Subject::Current)));
        let id = "7c9e66797425440de944be07fc1f90ae700000ff";
        let machine = MachineId::parse(id).unwrap();
        let story = Some(PagePath::Story(third, machine));
        assert_eq!(PagePath::of(&format!("/batch/3/machine/{id}/")), story);
        for path in ["", "//", "/batch/3", "/batch/0/", "/batch/x/", "/machine/1/", "/../", "/a/"] {
            assert_eq!(PagePath::of(path), None, "{path}");
        }
    }
}
