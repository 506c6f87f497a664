//! The classes of one machine, from all that is known of it.

use std::time::Duration;

use super::class::Class;
use super::onboarding::Onboarding;
use super::system::System;
use crate::domain::text::escaped;
use crate::domain::{Device, InventoryMachine, Timestamp, has_reported_since};

/// From this long a silence on Defender calls a machine inactive (Microsoft's page "Fix unhealthy
/// sensors").
const INACTIVE_FROM: Duration = Duration::from_hours(7 * 24);

/// A machine that reported this lately is in use, as far as anyone can tell from afar.
const RECENT: Duration = Duration::from_hours(2 * 24);

/// Whether somebody asked for a machine's offboarding already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offboarding {
    /// Not as far as anyone knows, or it failed.
    None,
    /// An action of anyone's is active.
    Active,
    /// The last action that succeeded ended then: the tenant's word, else the journal's.
    Ended(Timestamp),
}

/// What the tenant and the journal know of a machine of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownMachine {
    /// What its list says.
    pub listed: Device,
    /// The name in its list.
    pub name: Option<String>,
    /// The tenant's record; none where the inventory does not hold it.
    pub record: Option<InventoryMachine>,
    pub offboarding: Offboarding,
    pub in_other_batch: bool,
    pub is_protected: bool,
    /// Whether a newer machine of the tenant has its name.
    pub has_newer_namesake: bool,
}

impl KnownMachine {
    /// All of its classes, in the order of [`Class::ALL`]; never none.
    pub fn classes(&self, now: Timestamp) -> Vec<Class> {
        let mut classes: Vec<Class> =
            Class::ALL.into_iter().filter(|class| self.is(*class, now)).collect();
        if classes.is_empty() {
            classes.push(Class::Ready);
        }
        classes
    }

    fn is(&self, class: Class, now: Timestamp) -> bool {
        let record = self.record.as_ref();
        let reported_since = |ended| {
            let last_seen = record.and_then(|record| record.last_seen);
            has_reported_since(last_seen, ended)
        };
        match class {
            Class::Protected => self.is_protected,
            Class::InOtherBatch => self.in_other_batch,
            Class::Merged => record.is_some_and(|record| record.merged_into.is_some()),
            Class::AlreadyRequested => match self.offboarding {
                Offboarding::None => false,
                Offboarding::Active => true,
                Offboarding::Ended(ended) => !reported_since(ended),
            },
            Class::OnboardedAgain => {
                matches!(self.offboarding, Offboarding::Ended(ended) if reported_since(ended))
            }
            Class::NotFound => record.is_none(),
            Class::NameDiffers => self.names_differ(),
            Class::Reimaged => self.has_newer_namesake && self.is_inactive(now),
            Class::SeenRecently => self.silence(now).is_some_and(|silent| silent <= RECENT),
            Class::Inactive => self.is_inactive(now),
            Class::Unsupported | Class::NotOnboarded | Class::OtherSystem => {
                let told = record.map(told_by);
                listed_classes(&self.listed)
                    .chain(told.iter().flat_map(listed_classes))
                    .any(|listed| listed == class)
            }
            // A machine that is known is not a name for which there is no machine.
            Class::NameAmbiguous | Class::NameNotFound | Class::Ready => false,
        }
    }

    fn names_differ(&self) -> bool {
        let in_tenant = self.record.as_ref().and_then(|record| record.name.as_deref());
        matches!((self.name.as_deref(), in_tenant), (Some(a), Some(b)) if !names_agree(a, b))
    }

    fn silence(&self, now: Timestamp) -> Option<Duration> {
        Some(now.since(self.record.as_ref()?.last_seen?))
    }

    fn is_inactive(&self, now: Timestamp) -> bool {
        let says = |record: &InventoryMachine| record.health_status.as_deref() == Some("Inactive");
        self.record.as_ref().is_some_and(says)
            || self.silence(now).is_some_and(|silent| silent >= INACTIVE_FROM)
    }
}

/// What a record of the tenant says, in the form in which lists say it.
fn told_by(record: &InventoryMachine) -> Device {
    Device {
        os_platform: record.os_platform.clone(),
        onboarding_status: record.onboarding_status.clone(),
        ..Device::default()
    }
}

/// The classes of a machine by what a list says of it; none where nothing speaks against it.
pub fn listed_classes(device: &Device) -> impl Iterator<Item = Class> + use<> {
    let said = |text: &Option<String>| text.clone().unwrap_or_default();
    let system = System::named(&said(&device.os_platform));
    let onboarding = Onboarding::named(&said(&device.onboarding_status));
    Class::ALL.into_iter().filter(move |class| match class {
        Class::Unsupported => system == System::Other || onboarding == Onboarding::Unsupported,
        Class::NotOnboarded => onboarding == Onboarding::NotOnboarded,
        Class::OtherSystem => system == System::MacOrLinux,
        _ => false,
    })
}

/// Whether two names may be of one device: equal without regard to case, or one has no domain and
/// the first labels are equal.
pub fn names_agree(a: &str, b: &str) -> bool {
    // Signs that cannot be seen are written as escapes in what the tenant said.
    agree(a, b) || agree(&escaped(a), b)
}

fn agree(a: &str, b: &str) -> bool {
    let (a, b) = (a.trim().to_lowercase(), b.trim().to_lowercase());
    let label = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    let is_short = |name: &str| !name.contains('.');
    a == b || ((is_short(&a) || is_short(&b)) && label(&a) == label(&b))
}
