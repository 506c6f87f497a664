//! From a path below the token to what is asked for.

use crate::domain::{BatchId, MachineId};

use super::subject::Subject;

/// What a path of the server leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SitePath {
    /// The page of several journals.
    Overview,
    /// What changes on it.
    OverviewEvents,
    /// A page of the journal of this number.
    Journal(usize, PagePath),
    Asset(Asset),
}

/// What pages load, which is the same for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asset {
    StyleSheet,
    LiveScript,
    TableScript,
}

/// What a path below the root of a journal leads to.
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
}

/// Whether the root is a journal's, or has a table of several above those of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SiteRoot {
    OneJournal,
    Overview,
}

impl SitePath {
    /// None: there is nothing at this path.
    pub(super) fn of(path: &str, root: SiteRoot) -> Option<Self> {
        let parts: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        match (root, parts.as_slice()) {
            (_, ["style.css"]) => Some(Self::Asset(Asset::StyleSheet)),
            (_, ["live.js"]) => Some(Self::Asset(Asset::LiveScript)),
            (_, ["machines.js"]) => Some(Self::Asset(Asset::TableScript)),
            (SiteRoot::OneJournal, rest) => Some(Self::Journal(0, PagePath::of(rest)?)),
            (SiteRoot::Overview, [""]) => Some(Self::Overview),
            (SiteRoot::Overview, ["events"]) => Some(Self::OverviewEvents),
            (SiteRoot::Overview, ["journal", number, rest @ ..]) => {
                // One address a page: `01` and `+1` are none.
                let known =
                    number.parse().ok().filter(|parsed: &usize| parsed.to_string() == **number)?;
                Some(Self::Journal(known, PagePath::of(rest)?))
            }
            (SiteRoot::Overview, _) => None,
        }
    }
}

impl PagePath {
    fn of(parts: &[&str]) -> Option<Self> {
        match parts {
            ["batches", ""] => Some(Self::Batches),
            ["batch", number, rest @ ..] => {
                Self::about(Subject::Batch(BatchId::parse(number).ok()?), rest)
            }
            rest => Self::about(Subject::Current, rest),
        }
    }

    /// From the page to the root of the journal.
    pub(super) fn to_journal(self) -> String {
        match self {
            Self::Story(subject, _) => format!("../../{}", subject.to_journal()),
            Self::Batches => "../".to_owned(),
            Self::Page(subject) | Self::Events(subject) | Self::Machines(subject) => {
                subject.to_journal().to_owned()
            }
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

    const ID: &str = "7c9e66797425440de944be07fc1f90ae700000ff";

    #[test]
    fn paths_lead_to_what_is_asked_for_and_others_nowhere() {
        let of = |path: &str| SitePath::of(path, SiteRoot::OneJournal);
        let page = |path| Some(SitePath::Journal(0, path));
        let third = Subject::Batch(BatchId(3));
        assert_eq!(of("/"), page(PagePath::Page(Subject::Current)));
        assert_eq!(of("/batch/3/"), page(PagePath::Page(third)));
        assert_eq!(of("/batch/3/events"), page(PagePath::Events(third)));
        assert_eq!(of("/machines"), page(PagePath::Machines(Subject::Current)));
        assert_eq!(of("/style.css"), Some(SitePath::Asset(Asset::StyleSheet)));
        let story = PagePath::Story(third, MachineId::parse(ID).unwrap());
        assert_eq!(of(&format!("/batch/3/machine/{ID}/")), page(story));
        for path in ["", "//", "/batch/3", "/batch/0/", "/batch/x/", "/machine/1/", "/../", "/a/"] {
            assert_eq!(of(path), None, "{path}");
        }
        assert_eq!(of("/journal/0/"), None);
    }

    #[test]
    fn pages_of_several_journals_are_below_the_overview_each_at_one_address() {
        let of = |path: &str| SitePath::of(path, SiteRoot::Overview);
        assert_eq!(of("/"), Some(SitePath::Overview));
        assert_eq!(of("/events"), Some(SitePath::OverviewEvents));
        assert_eq!(of("/machines.js"), Some(SitePath::Asset(Asset::TableScript)));
        let current = PagePath::Page(Subject::Current);
        assert_eq!(of("/journal/12/"), Some(SitePath::Journal(12, current)));
        let third = PagePath::Page(Subject::Batch(BatchId(3)));
        assert_eq!(of("/journal/0/batch/3/"), Some(SitePath::Journal(0, third)));
        for path in [
            "/journal/",
            "/journal/1",
            "/journal/01/",
            "/journal/+1/",
            "/journal/-1/",
            "/journal/99999999999999999999999/",
            "/journal/1/style.css",
            "/batches/",
            "/machines",
        ] {
            assert_eq!(of(path), None, "{path}");
        }
    }
}
