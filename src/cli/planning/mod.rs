//! From a staged list to a plan: what the tenant says is compared with it, shown, and asked about.

pub(crate) mod making;
pub(crate) mod preview;
pub(crate) mod screen;
pub(crate) mod words;
