//! What is read before a batch is there, on a terminal: a large file, the tenant.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::domain::text::in_line;

use super::outlet::{Outlet, WritePatience};
use super::picture::{Colouring, Picture, Terminal, elapsed_words, gauge};
use super::words::{share, thousands};

/// How long the end of the reading waits until the picture is off the screen.
const CLEARED: Duration = Duration::from_secs(2);

/// Most cells of the bar.
const CELLS: usize = 37;

/// What is shown while something is read. Reading does not wait for the terminal.
#[derive(Debug)]
pub struct ReadingBar {
    name: String,
    /// Of the whole; 0 where nobody knows.
    bytes: u64,
    read: AtomicU64,
    outlet: Outlet,
    terminal: Terminal,
}

impl ReadingBar {
    /// Shows how many of the `bytes` of a file were read.
    pub fn of_file(name: &str, bytes: u64, outlet: Outlet, terminal: Terminal) -> Self {
        let read = AtomicU64::new(0);
        let bar = Self { name: in_line(name).into_owned(), bytes, read, outlet, terminal };
        bar.show_file(0);
        bar
    }

    /// Shows how many machines a tenant has told so far.
    pub fn of_tenant(outlet: Outlet, terminal: Terminal) -> Self {
        let (name, read) = ("the tenant".to_owned(), AtomicU64::new(0));
        Self { name, bytes: 0, read, outlet, terminal }
    }

    pub fn advance(&self, bytes: u64) {
        let before = self.read.fetch_add(bytes, Ordering::Relaxed);
        let percent = |read: u64| read.saturating_mul(100) / self.bytes.max(1);
        if percent(before) != percent(before + bytes) {
            self.show_file(before + bytes);
        }
    }

    /// How many machines the tenant told of in this time.
    pub fn tell(&self, machines: u64, elapsed: Duration) {
        let so_far = match machines {
            0 => String::new(),
            some => format!("{} machines so far   ", thousands(some)),
        };
        let line = format!("reading {}   {so_far}{}", self.name, elapsed_words(elapsed));
        self.show(vec![line], None);
    }

    fn show_file(&self, read: u64) {
        let look = self.terminal.look();
        let read = read.min(self.bytes);
        let words = format!("{} of {} MB", share(read, self.bytes), self.bytes / 1_000_000);
        let cells = look.width().saturating_sub(words.len() + 4).min(CELLS);
        let bar = gauge((read, self.bytes), cells, (look.charset, self.colouring()));
        let bar = format!("{bar}  {words}");
        let percent = read.saturating_mul(100).checked_div(self.bytes);
        self.show(vec![format!("reading {}", self.name), bar], percent);
    }

    const fn colouring(&self) -> Colouring {
        self.terminal.colouring
    }

    fn show(&self, lines: Vec<String>, percent: Option<u64>) {
        let look = self.terminal.look();
        let fit = |line: String| {
            let line = format!(" {line}");
            console::truncate_str(&line, look.width() + 1, look.ellipsis()).into_owned()
        };
        let lines = lines.into_iter().map(fit).collect();
        let title = format!("reading {}", self.name);
        self.outlet.show(Some(Picture { lines, title, percent, is_trouble: false }));
    }

    pub fn end(self) {
        self.outlet.show(None);
        let _cleared = self.outlet.drain(WritePatience::AtMost(CLEARED));
    }
}
