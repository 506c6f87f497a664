//! What a page that is open is about.

use crate::dashboard::DashboardError;
use crate::dashboard::site::ServedSite;
use crate::dashboard::subject::Subject;

use super::look::{PageLook, look, look_at_all};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::dashboard) enum Topic {
    /// All journals.
    Overview,
    /// A batch of the journal of this number.
    Batch(usize, Subject),
}

impl Topic {
    /// A look at it now; none where the server has no such journal.
    pub(in crate::dashboard) fn look(
        self,
        site: &ServedSite,
    ) -> Result<Option<PageLook>, DashboardError> {
        match self {
            Self::Overview => {
                Ok(site.several().map(|journals| look_at_all(&**journals, site.options())))
            }
            Self::Batch(number, subject) => {
                site.journal(number).map(|context| look(&context, subject)).transpose()
            }
        }
    }
}
