//! A text that stays in its place on a terminal and changes there.
//!
//! Each picture is drawn over the last one, line by line, in one piece: nothing is erased before
//! its successor is there, so nothing flickers.

use std::io;

use console::Term;

use crate::cli::environment;
use crate::domain::text::on_screen;
use crate::reporter::TerminalSize;

/// Fewest rows and columns that a terminal is taken to have: one that says less does not know.
const SMALLEST: (u16, u16) = (2, 20);

pub(super) struct LiveScreen {
    terminal: Term,
    /// Lines of the last picture.
    drawn: usize,
    /// Rows and columns when it was drawn.
    size: Option<(u16, u16)>,
}

impl LiveScreen {
    /// On standard output; none where that is no terminal that can move its cursor.
    pub(super) fn new() -> Option<Self> {
        let terminal = Term::buffered_stdout();
        let draws = terminal.is_term() && !environment::is_dumb_terminal();
        draws.then_some(Self { terminal, drawn: 0, size: None })
    }

    /// Rows and columns that a picture may have. The last row is left to the cursor.
    pub(super) fn room(&self) -> (usize, usize) {
        let (rows, columns) = self.terminal.size();
        let (rows, columns) = (rows.max(SMALLEST.0), columns.max(SMALLEST.1));
        (usize::from(rows) - 1, TerminalSize::columns_to_write(columns.into()))
    }

    /// Draws a text that fits into the room in the place of the last one.
    pub(super) fn draw(&mut self, text: &str) -> io::Result<()> {
        self.go_back()?;
        let text = on_screen(text);
        for line in text.lines() {
            self.terminal.clear_line()?;
            self.terminal.write_line(line)?;
        }
        self.drawn = text.lines().count();
        self.terminal.clear_to_end_of_screen()?;
        self.terminal.flush()
    }

    /// Puts a text of any size in the place of the last picture, and leaves it there.
    pub(super) fn leave(&mut self, text: &str) -> io::Result<()> {
        self.go_back()?;
        self.terminal.clear_to_end_of_screen()?;
        self.terminal.write_str(&on_screen(text))?;
        self.drawn = 0;
        self.terminal.flush()
    }

    /// To where the last picture begins. After a change of size nobody knows where that is.
    fn go_back(&mut self) -> io::Result<()> {
        let size = Some(self.terminal.size());
        if self.drawn > 0 && self.size != size {
            self.terminal.clear_screen()?;
        } else {
            self.terminal.move_cursor_up(self.drawn)?;
        }
        self.size = size;
        Ok(())
    }
}
