//! One look a second for all pages that are about the same, and none where nobody has one open.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::dashboard::DashboardError;
use crate::dashboard::site::ServedSite;
use crate::domain::Steady;

use super::look::PageLook;
use super::topic::Topic;

/// From one look to the next.
const EVERY: Duration = Duration::from_secs(1);

/// A look takes at most a fifth of the time, so that many journals on a slow share are not
/// read without a pause: a run goes on beside it.
const LOOKING_PARTS: u32 = 5;

/// Looks that may fail one after the other before a page says so: the files change while a runner
/// begins or ends, and may be looked at in between.
const FAILED_LOOKS_MAX: u32 = 3;

/// The newest look; none before the first one.
type Newest = Option<Arc<PageLook>>;

#[derive(Debug)]
pub(in crate::dashboard) struct Watcher {
    site: Arc<ServedSite>,
    followed: Mutex<HashMap<Topic, watch::Sender<Newest>>>,
}

/// What is remembered from one look to the next.
#[derive(Debug, Default)]
struct Looks {
    /// How many failed since the last one that did not.
    failed: u32,
    /// The last one that did not fail.
    good: Newest,
}

impl Watcher {
    pub(in crate::dashboard) fn new(site: Arc<ServedSite>) -> Self {
        Self { site, followed: Mutex::default() }
    }

    /// Where the looks for a page arrive for as long as somebody holds this. Who reads slowly gets
    /// only the newest one.
    pub(in crate::dashboard) fn follow(self: &Arc<Self>, topic: Topic) -> watch::Receiver<Newest> {
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(newest) = followed.get(&topic) {
            return newest.subscribe();
        }
        let (newest, receiver) = watch::channel(None);
        followed.insert(topic, newest);
        tokio::spawn(Arc::clone(self).watch(topic));
        receiver
    }

    /// Looks until nobody follows any more.
    async fn watch(self: Arc<Self>, topic: Topic) {
        let mut looks = Looks::default();
        while self.is_followed(topic) {
            let site = Arc::clone(&self.site);
            let began = self.now();
            let looked = tokio::task::spawn_blocking(move || topic.look(&site)).await;
            let took = self.now().since(began);
            // A panic has been reported on standard error; the next look is another one.
            if let Ok(looked) = looked
                && let Some(newest) = looks.after(looked)
            {
                self.tell(topic, newest);
            }
            tokio::time::sleep(EVERY.max(took * LOOKING_PARTS).saturating_sub(took)).await;
        }
    }

    fn now(&self) -> Steady {
        self.site.options().clock.now().steady
    }

    /// Whether somebody follows it; what nobody does any more is forgotten.
    fn is_followed(&self, topic: Topic) -> bool {
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        let is_followed = followed.get(&topic).is_some_and(|newest| newest.receiver_count() > 0);
        if !is_followed {
            followed.remove(&topic);
        }
        is_followed
    }

    fn tell(&self, topic: Topic, newest: Arc<PageLook>) {
        let followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(told) = followed.get(&topic) else { return };
        told.send_if_modified(|shown| {
            let differs = shown.as_ref().is_none_or(|shown| shown.version != newest.version);
            if differs {
                *shown = Some(newest);
            }
            differs
        });
    }
}

impl Looks {
    /// What is shown after this look; none: what was shown before.
    fn after(&mut self, looked: Result<Option<PageLook>, DashboardError>) -> Newest {
        match looked {
            Ok(look) => {
                (self.failed, self.good) = (0, look.map(Arc::new));
                self.good.clone()
            }
            Err(_) if self.failed < FAILED_LOOKS_MAX => {
                self.failed += 1;
                None
            }
            Err(error) => Some(Arc::new(match &self.good {
                Some(good) => good.with_trouble(&error),
                None => PageLook::only_trouble(&error),
            })),
        }
    }
}
