//! Options that a batch remembers, and that a person can take back.

/// What takes such an option back.
pub(crate) const NONE: &str = "none";

/// A value that can be taken back with `none`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OrNone<T> {
    None,
    Some(T),
}
