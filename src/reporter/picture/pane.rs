//! A stream on which a picture stays at the bottom while texts scroll by above it.
//!
//! The cursor rests in the line below the picture. So what the terminal itself writes, such as the
//! `^C` of a Ctrl-C, does not move the picture.

use std::io::{self, Write};

use console::{measure_text_width, truncate_str};

use super::look::Look;
use super::terminal::Terminal;

/// What stays at the bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Not wider than the terminal.
    pub lines: Vec<String>,
    /// For the window's title.
    pub title: String,
    /// For the task bar, where it is known: 0 to 100.
    pub percent: Option<u64>,
    /// Whether something is wrong: the task bar shows it.
    pub is_trouble: bool,
}

/// Draws. Each change is one write.
pub struct Pane<W> {
    out: W,
    terminal: Option<Terminal>,
    picture: Option<Picture>,
    /// Widths of the lines that are on the screen, and for how many columns they were drawn.
    drawn: Vec<usize>,
    columns: usize,
    /// The title and the progress that the terminal shows.
    signalled: String,
}

impl<W: Write> Pane<W> {
    /// Without a terminal it shows no picture.
    pub fn new(out: W, terminal: Option<Terminal>) -> Self {
        let (drawn, signalled) = (Vec::new(), String::new());
        Self { out, terminal, picture: None, drawn, columns: 0, signalled }
    }

    /// Writes a text above the picture.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn text(&mut self, text: &[u8]) -> io::Result<()> {
        let Some(look) = self.terminal.as_ref().map(Terminal::look) else {
            return self.write(text);
        };
        if self.picture.is_none() {
            return self.write(text);
        }
        let mut bytes = self.erased(&look);
        bytes.extend_from_slice(text);
        if !text.ends_with(b"\n") {
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend(self.drawing(&look));
        self.write(&bytes)
    }

    /// Shows another picture, or none.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn show(&mut self, picture: Option<Picture>) -> io::Result<()> {
        let Some(look) = self.terminal.as_ref().map(Terminal::look) else { return Ok(()) };
        let unchanged = picture == self.picture && look.columns == self.columns;
        if unchanged || (picture.is_none() && self.picture.is_none()) {
            return Ok(());
        }
        self.picture = picture;
        let mut bytes = self.erased(&look);
        bytes.extend(self.drawing(&look));
        bytes.extend(self.signals().into_bytes());
        self.write(&bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.out.flush()
    }

    /// Takes the old picture off the screen.
    fn erased(&mut self, look: &Look) -> Vec<u8> {
        let reflows = self.terminal.as_ref().is_some_and(|terminal| terminal.reflows);
        let columns = look.columns.max(1);
        let rows = |width: &usize| {
            if reflows && columns < self.columns { width.div_ceil(columns).max(1) } else { 1 }
        };
        let rows: usize = self.drawn.iter().map(rows).sum();
        self.drawn.clear();
        match rows {
            0 => Vec::new(),
            _ => format!("\r\u{1b}[{rows}A\u{1b}[J").into_bytes(),
        }
    }

    fn drawing(&mut self, look: &Look) -> Vec<u8> {
        let mut drawing = String::new();
        let lines = self.picture.iter().flat_map(|picture| &picture.lines);
        // It may have been made for a window that is smaller by now.
        let room = look.rows.saturating_sub(1).max(1);
        for line in lines.take(room) {
            let line = truncate_str(line, look.columns.saturating_sub(1), "");
            self.drawn.push(measure_text_width(&line));
            drawing.push_str(&line);
            drawing.push_str("\r\n");
        }
        self.columns = look.columns;
        drawing.into_bytes()
    }

    /// What the terminal is told beside the picture, where that changed.
    fn signals(&mut self) -> String {
        let Some(terminal) = &self.terminal else { return String::new() };
        let title = terminal.has_title.then(|| {
            let title = self.picture.as_ref().map_or("", |picture| picture.title.as_str());
            format!("\u{1b}]0;{title}\u{7}")
        });
        let progress = terminal.has_progress.then(|| {
            let progress = match &self.picture {
                None => "0;0".to_owned(),
                Some(Picture { percent: None, .. }) => "3;0".to_owned(),
                Some(Picture { percent: Some(percent), is_trouble, .. }) => {
                    format!("{};{percent}", if *is_trouble { 4 } else { 1 })
                }
            };
            format!("\u{1b}]9;4;{progress}\u{7}")
        });
        let signals: String = title.into_iter().chain(progress).collect();
        if signals == self.signalled {
            return String::new();
        }
        let before = if self.signalled.is_empty() { "\u{1b}[22;0t" } else { "" };
        let after = if self.picture.is_none() { "\u{1b}[23;0t" } else { "" };
        self.signalled = if self.picture.is_none() { String::new() } else { signals.clone() };
        if terminal.has_title { format!("{before}{signals}{after}") } else { signals }
    }
}
