//! Small words that several screens share.

use crate::domain::text::plural;
use crate::reporter::thousands;

/// `1 machine`, `1,522 machines`.
pub(crate) fn machines(number: u64) -> String {
    counted(number, "machine")
}

/// A number and its noun, in the plural where it is not one.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", thousands(number), plural(number, "", "s"))
}

/// What `retry` does with machines that a person took out.
pub(crate) fn retry_leaves_out(number: u64) -> String {
    match number {
        1 => "`retry` leaves it out unless you name it.".to_owned(),
        many => format!("`retry` leaves these {} out unless you name them.", thousands(many)),
    }
}
