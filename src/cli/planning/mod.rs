//! From a staged list to a plan: what the tenant says is compared with it, shown, and asked about.

mod by_name;
pub(crate) mod first_steps;
pub(crate) mod making;
pub(crate) mod named_stock;
pub(crate) mod preview;
pub(crate) mod review;
pub(crate) mod screen;
mod shown_at;
pub(crate) mod words;
