//! A terminal in memory: cells, a cursor that wraps, and a count of what was shown.

use std::io;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};

use indicatif::TermLike;

const COLUMNS: usize = 96;

/// What is on the terminal; copies share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Screen {
    cells: Arc<Mutex<Cells>>,
    /// Where it is paused: it takes nothing until the other end is gone.
    paused: Option<Arc<Mutex<Receiver<()>>>>,
}

#[derive(Debug, Default)]
struct Cells {
    rows: Vec<Vec<char>>,
    row: usize,
    column: usize,
    shown: usize,
}

impl Screen {
    pub(super) fn paused(goes_on: Receiver<()>) -> Self {
        Self { paused: Some(Arc::new(Mutex::new(goes_on))), ..Self::default() }
    }

    /// The rows that are not empty, without the space behind them.
    pub(super) fn text(&self) -> String {
        let cells = self.cells.lock().unwrap();
        let rows = cells.rows.iter().map(|row| row.iter().collect::<String>());
        let rows: Vec<String> = rows.map(|row| row.trim_end().to_owned()).collect();
        rows.join("\n").trim_end().to_owned()
    }

    /// How often it was drawn.
    pub(super) fn shown(&self) -> usize {
        self.cells.lock().unwrap().shown
    }

    /// Changes the cells; a terminal in memory cannot fail.
    #[expect(clippy::unnecessary_wraps, reason = "every method of the trait returns this")]
    fn with(&self, change: impl FnOnce(&mut Cells)) -> io::Result<()> {
        if let Some(goes_on) = &self.paused {
            let _gone = goes_on.lock().unwrap().recv();
        }
        change(&mut self.cells.lock().unwrap());
        Ok(())
    }
}

impl Cells {
    fn put(&mut self, letter: char) {
        match letter {
            '\r' => self.column = 0,
            '\n' => (self.row, self.column) = (self.row + 1, 0),
            letter => {
                // The cursor waits behind the last column until there is more to write.
                if self.column == COLUMNS {
                    (self.row, self.column) = (self.row + 1, 0);
                }
                let rows = self.rows.len().max(self.row + 1);
                self.rows.resize(rows, vec![' '; COLUMNS]);
                self.rows[self.row][self.column] = letter;
                self.column += 1;
            }
        }
    }
}

impl TermLike for Screen {
    fn width(&self) -> u16 {
        u16::try_from(COLUMNS).unwrap()
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.with(|cells| cells.row -= n)
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.with(|cells| cells.row += n)
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.with(|cells| cells.column += n)
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.with(|cells| cells.column -= n)
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.write_str(text)?;
        self.write_str("\n")
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.with(|cells| text.chars().for_each(|letter| cells.put(letter)))
    }

    fn clear_line(&self) -> io::Result<()> {
        self.with(|cells| {
            let row = cells.row;
            if let Some(row) = cells.rows.get_mut(row) {
                row.fill(' ');
            }
            cells.column = 0;
        })
    }

    fn flush(&self) -> io::Result<()> {
        self.with(|cells| cells.shown += 1)
    }
}
