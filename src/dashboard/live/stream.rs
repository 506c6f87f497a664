//! The looks as events for one page: only the sections that it does not have.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;

use axum::response::sse::Event;
use futures::stream::{Stream, unfold};
use tokio::sync::watch;

use crate::domain::BatchId;

use super::look::PageLook;

/// What a page has already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::dashboard) struct KnownLook {
    /// The version that it shows, as the last event or the page itself said.
    pub(in crate::dashboard) version: Option<String>,
    /// The batch that it shows; none: it shows that there is none.
    pub(in crate::dashboard) batch: Option<BatchId>,
}

struct Page {
    looks: watch::Receiver<Option<Arc<PageLook>>>,
    known: KnownLook,
    /// What it was sent of each section.
    sent: HashMap<&'static str, [u8; 32]>,
    /// How many facts the journal had.
    facts: Option<u64>,
    waiting: VecDeque<Event>,
}

/// Events for as long as there are looks, or until the page is about another batch: it is told to
/// load itself again.
pub(in crate::dashboard) fn events(
    looks: watch::Receiver<Option<Arc<PageLook>>>,
    known: KnownLook,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let (sent, waiting) = (HashMap::new(), VecDeque::new());
    let page = Page { looks, known, sent, facts: None, waiting };
    unfold(page, |mut page| async move {
        loop {
            if let Some(event) = page.waiting.pop_front() {
                return Some((Ok(event), page));
            }
            let newest = page.looks.borrow_and_update().clone();
            if let Some(look) = newest {
                page.compare(&look);
            }
            if page.waiting.is_empty() && page.looks.changed().await.is_err() {
                return None;
            }
        }
    })
}

impl Page {
    fn compare(&mut self, look: &PageLook) {
        if look.batch != self.known.batch {
            self.waiting.push_back(Event::default().event("page").data("again"));
            self.known.batch = look.batch;
            return;
        }
        if self.facts.replace(look.facts) != Some(look.facts) {
            let facts = look.facts.to_string();
            self.waiting.push_back(Event::default().event("facts").data(facts));
        }
        let has_all = self.known.version.as_ref() == Some(&look.version);
        for (section, digest) in look.sections.iter().zip(&look.digests) {
            if self.sent.insert(section.id, *digest) != Some(*digest) && !has_all {
                let document = PageLook::document(section);
                self.waiting.push_back(Event::default().event("section").data(document));
            }
        }
        // Only the last one says the version: who gets but some of them must not claim to have all.
        if let Some(last) = self.waiting.pop_back() {
            self.waiting.push_back(last.id(look.version.clone()));
        }
        self.known.version = Some(look.version.clone());
    }
}
