//! What the tests stand on: a browser, its pages, the program and its journals.

pub(crate) mod chromium;
pub(crate) mod desk;
pub(crate) mod journal;
pub(crate) mod large;
pub(crate) mod page;
pub(crate) mod waiting;
