//! The panic of the writer's crate where it cannot write a temporary file, as an error.
//!
//! Rows of a sheet go to such a file as they come, and the crate has no error for one that is full.
//! Its panic is expected, so its line is kept off the screen; any other panic is shown and goes on,
//! also one that comes while a workbook is written.

use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, resume_unwind};
use std::sync::Once;

use crate::report::ReportError;

/// A part of the path of each of the crate's files.
const CRATE: &str = "rust_xlsxwriter";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Watch {
    /// No workbook is written by this thread.
    Off,
    On,
    /// The writer's panic was seen.
    Seen,
}

thread_local! {
    static WATCH: Cell<Watch> = const { Cell::new(Watch::Off) };
}

/// Writes; a panic of the writer is the error that a temporary file cannot be written.
pub(super) fn catching<T>(
    write: impl FnOnce() -> Result<T, ReportError>,
) -> Result<T, ReportError> {
    watch();
    WATCH.set(Watch::On);
    let written = catch_unwind(AssertUnwindSafe(write));
    let seen = WATCH.replace(Watch::Off);
    written.unwrap_or_else(|panic| {
        if seen != Watch::Seen {
            resume_unwind(panic);
        }
        let said = panic.downcast_ref::<String>().cloned();
        let said = said.unwrap_or_else(|| "it cannot be written".to_owned());
        Err(ReportError::TemporaryFile(io::Error::other(said)))
    })
}

/// From now on, what panics show leaves out those of the writer.
fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let show = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if WATCH.get() == Watch::On && is_writers(panic) {
                WATCH.set(Watch::Seen);
            } else {
                show(panic);
            }
        }));
    });
}

fn is_writers(panic: &PanicHookInfo<'_>) -> bool {
    panic.location().is_some_and(|place| place.file().contains(CRATE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_that_is_not_the_writers_goes_on() {
        let ours = catch_unwind(|| catching::<()>(|| panic!("a defect")));
        assert_eq!(ours.unwrap_err().downcast_ref::<&str>(), Some(&"a defect"));
        assert_eq!(WATCH.get(), Watch::Off);
        assert!(catching(|| Ok(())).is_ok());
    }
}
