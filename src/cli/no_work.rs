//! What is said where there is nothing to do: a sentence, or a document that says the same.

use crate::report::StatusWithoutBatch;

use crate::cli::{Context, Exit};

pub(crate) fn tell(context: &Context, words: &str) -> Exit {
    if context.screen.is_json() {
        context.screen.result(&StatusWithoutBatch { running: false }.to_json());
    } else {
        context.screen.note(words);
    }
    Exit::Done
}
