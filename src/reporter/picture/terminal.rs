//! What a terminal understands, as the one who opened it found out.

use std::fmt;
use std::sync::Arc;

use super::look::{Charset, Colouring, Look};

/// Rows and columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalSize {
    pub rows: usize,
    pub columns: usize,
}

impl TerminalSize {
    /// What is assumed of a terminal that does not say.
    pub const USUAL: Self = Self { rows: 24, columns: 80 };

    /// How many of its columns a line may fill. A console of Windows goes to the next line as soon
    /// as the last column is written; other terminals do when there is more to write.
    pub const fn columns_to_write(columns: usize) -> usize {
        if cfg!(windows) { columns.saturating_sub(1) } else { columns }
    }
}

#[derive(Clone)]
pub struct Terminal {
    /// Asked for each picture, since people resize windows.
    pub size: Arc<dyn Fn() -> TerminalSize + Send + Sync>,
    pub charset: Charset,
    pub colouring: Colouring,
    /// Whether it has a title that can be set.
    pub has_title: bool,
    /// Whether it shows progress beside its title or in the task bar (OSC 9;4).
    pub has_progress: bool,
    /// Whether a window that becomes narrower breaks the lines that are in it.
    pub reflows: bool,
}

impl Terminal {
    /// What a picture has to fit into now.
    pub fn look(&self) -> Look {
        let TerminalSize { rows, columns } = (self.size)();
        Look { columns, rows, charset: self.charset, colouring: self.colouring }
    }
}

impl fmt::Debug for Terminal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terminal").field("look", &self.look()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_console_of_windows_keeps_its_last_column_free_and_no_other_terminal_does() {
        let expected = if cfg!(windows) { 79 } else { 80 };
        assert_eq!(TerminalSize::columns_to_write(80), expected);
    }
}
