//! How much room there is, and with which means a picture is drawn.

/// Widest line of a screen: longer ones are hard to read.
const COLUMNS_MAX: usize = 100;

/// Most lines of a picture.
const LINES_MAX: usize = 6;

/// The characters of a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    Unicode,
    /// For a terminal whose locale is not UTF-8.
    Ascii,
}

/// Whether words have colours, too. A colour only repeats what a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colouring {
    On,
    Off,
}

/// What a picture has to fit into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Of the terminal.
    pub columns: usize,
    /// Rows of the terminal.
    pub rows: usize,
    pub charset: Charset,
    pub colouring: Colouring,
}

impl Look {
    /// Columns of a line. One stays free on each side, so that no terminal wraps it.
    pub fn width(&self) -> usize {
        self.columns.min(COLUMNS_MAX).saturating_sub(2)
    }

    /// Most lines: one row of the terminal stays free for the cursor.
    pub fn lines_max(&self) -> usize {
        self.rows.saturating_sub(1).clamp(1, LINES_MAX)
    }

    /// What shows that a text was cut.
    pub const fn ellipsis(&self) -> &'static str {
        match self.charset {
            Charset::Unicode => "…",
            Charset::Ascii => "...",
        }
    }
}
