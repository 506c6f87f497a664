//! One look a second for all pages that are open, and none where there is none.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::MissedTickBehavior;

use crate::dashboard::DashboardError;
use crate::dashboard::context::PageContext;
use crate::dashboard::subject::Subject;

use super::look::{PageLook, look};

/// From one look to the next.
const EVERY: Duration = Duration::from_secs(1);

/// Looks that may fail one after the other before a page says so: the files change while a runner
/// begins or ends, and may be looked at in between.
const FAILED_LOOKS_MAX: u32 = 3;

/// The newest look; none before the first one.
type Newest = Option<Arc<PageLook>>;

#[derive(Debug)]
pub(in crate::dashboard) struct Watcher {
    context: Arc<PageContext>,
    followed: Mutex<HashMap<Subject, Followed>>,
    someone_came: Notify,
}

#[derive(Debug)]
struct Followed {
    newest: watch::Sender<Newest>,
    /// Looks that failed since the last one that did not.
    failed: u32,
    /// The last one that did not fail.
    good: Newest,
}

impl Watcher {
    pub(in crate::dashboard) fn new(context: Arc<PageContext>) -> Self {
        Self { context, followed: Mutex::default(), someone_came: Notify::new() }
    }

    /// Where the looks for a page arrive for as long as somebody holds this. Who reads slowly gets
    /// only the newest one.
    pub(in crate::dashboard) fn follow(&self, subject: Subject) -> watch::Receiver<Newest> {
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Followed { newest: watch::Sender::new(None), failed: 0, good: None };
        let receiver = followed.entry(subject).or_insert_with(new).newest.subscribe();
        self.someone_came.notify_one();
        receiver
    }

    /// Looks for as long as the server runs.
    pub(in crate::dashboard) async fn watch(self: Arc<Self>) {
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let subjects = self.subjects();
            if subjects.is_empty() {
                self.someone_came.notified().await;
                continue;
            }
            ticks.tick().await;
            for subject in subjects {
                let context = Arc::clone(&self.context);
                let looked = tokio::task::spawn_blocking(move || look(&context, subject)).await;
                // A panic has been reported on standard error; the next look is another one.
                if let Ok(looked) = looked {
                    self.tell(subject, looked);
                }
            }
        }
    }

    /// What somebody follows; what nobody does any more is forgotten.
    fn subjects(&self) -> Vec<Subject> {
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        followed.retain(|_, page| page.newest.receiver_count() > 0);
        followed.keys().copied().collect()
    }

    fn tell(&self, subject: Subject, looked: Result<PageLook, DashboardError>) {
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(page) = followed.get_mut(&subject) else { return };
        let newest = match looked {
            Ok(look) => {
                let look = Arc::new(look);
                (page.failed, page.good) = (0, Some(Arc::clone(&look)));
                look
            }
            Err(_) if page.failed < FAILED_LOOKS_MAX => {
                page.failed += 1;
                return;
            }
            Err(error) => Arc::new(match &page.good {
                Some(good) => good.with_trouble(&error),
                None => PageLook::only_trouble(&error),
            }),
        };
        page.newest.send_if_modified(|shown| {
            let differs = shown.as_ref().is_none_or(|shown| shown.version != newest.version);
            if differs {
                *shown = Some(newest);
            }
            differs
        });
    }
}
