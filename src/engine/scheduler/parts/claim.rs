//! Why an action is taken as a machine's.

use crate::domain::Action;

/// Why an action is taken as a machine's. In order: of several, the greatest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::engine::scheduler) enum Claim {
    /// It succeeded in the last day, or since the batch was made: no POST is needed.
    Succeeded,
    /// It was made since our POST, and has ended.
    SinceOurs,
    /// It is active, no matter who asked for it: a second POST would be refused or do harm.
    Active,
    Ours,
}

impl Claim {
    /// Whether it is shown as somebody else's.
    pub(in crate::engine::scheduler) fn is_adopted(self) -> bool {
        self != Self::Ours
    }
}

/// An action, and why it is taken as the machine's.
pub(in crate::engine::scheduler) type FoundAction = (Action, Claim);

/// Of two answers the one that is surer; of equals the newer.
pub(in crate::engine::scheduler) fn surer(
    one: Option<FoundAction>,
    other: Option<FoundAction>,
) -> Option<FoundAction> {
    let rank = |(action, claim): &FoundAction| (*claim, action.created_at);
    [one, other].into_iter().flatten().max_by_key(rank)
}
