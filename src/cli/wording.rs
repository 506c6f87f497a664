//! Small words that several screens share.

use crate::reporter::thousands;

/// `1 machine`, `1,522 machines`.
pub(crate) fn machines(number: u64) -> String {
    let noun = if number == 1 { "machine" } else { "machines" };
    format!("{} {noun}", thousands(number))
}
