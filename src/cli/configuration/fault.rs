//! What is wrong with the file, and where.

use std::ops::Range;
use std::path::Path;

use crate::cli::failure::Unadvised;
use crate::cli::paths::shown;
use crate::cli::{Exit, Failure};

use super::frame::{TextPlace, frame};

/// A text and the file that it is from.
#[derive(Debug, Clone, Copy)]
pub(super) struct FileText<'a> {
    pub(super) path: &'a Path,
    pub(super) text: &'a str,
    /// Where its lines begin: [`line_starts`].
    pub(super) line_starts: &'a [usize],
}

/// Where the lines of a text begin. Each setting is told with its line, and to count the lines
/// before each would take a time that grows with the square of their number.
pub(super) fn line_starts(text: &str) -> Vec<usize> {
    let after_break = text.match_indices('\n').map(|(at, _)| at + 1);
    std::iter::once(0).chain(after_break).collect()
}

impl FileText<'_> {
    /// The line of an offset, counted from 1.
    pub(super) fn line(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset)
    }

    /// A failure that names the place and shows it.
    pub(super) fn fault(&self, span: &Range<usize>, said: &str) -> Unadvised {
        let TextPlace { line, column } = TextPlace::of(self.text, span.start);
        let file = shown(self.path);
        let said = format!("{file} line {line}, column {column}: {said}");
        Failure::new(Exit::Usage, said).causes(frame(self.text, span))
    }
}
