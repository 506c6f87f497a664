//! What is said where there is nothing to do: a sentence, or a document that says the same.

use serde::Serialize;

use crate::domain::Counts;
use crate::reporter::CountsShape;

use crate::cli::{Context, Exit};

/// The status document without a batch.
#[derive(Serialize)]
struct Nothing {
    schema: &'static str,
    batch: Option<()>,
    total: u64,
    counts: CountsShape,
    settled: bool,
    running: bool,
    waiting: Option<()>,
    windows: [(); 0],
    forecast: Option<()>,
    next: Option<()>,
}

pub(crate) fn tell(context: &Context, words: &str) -> Exit {
    if context.screen.is_json() {
        context.screen.document(&Nothing {
            schema: "mde-offboard.status/1",
            batch: None,
            total: 0,
            counts: CountsShape(Counts::default()),
            settled: true,
            running: false,
            waiting: None,
            windows: [],
            forecast: None,
            next: None,
        });
    } else {
        context.screen.note(words);
    }
    Exit::Done
}
