//! A terminal in memory: what a person sees of what is written to it.

use std::io;
use std::num::NonZeroU16;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};

use mde_offboard::reporter::{Charset, Colouring, Terminal, TerminalSize};

/// Rows, more than a test fills.
const ROWS: u16 = 60;

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).expect("a terminal has room")
}

/// What is on the terminal; copies share it.
#[derive(Clone)]
pub(crate) struct Screen {
    reader: Arc<Mutex<vt100::Parser>>,
    raw: Arc<Mutex<Vec<u8>>>,
    writes: Arc<AtomicUsize>,
    /// Where it is paused: it takes nothing until the other end is gone.
    paused: Option<Arc<Mutex<Receiver<()>>>>,
}

impl Screen {
    pub(crate) fn of(columns: u16) -> Self {
        let reader = Arc::new(Mutex::new(vt100::Parser::new(cells(ROWS), cells(columns), 1_000)));
        Self { reader, raw: Arc::default(), writes: Arc::default(), paused: None }
    }

    pub(crate) fn paused(columns: u16, goes_on: Receiver<()>) -> Self {
        Self { paused: Some(Arc::new(Mutex::new(goes_on))), ..Self::of(columns) }
    }

    pub(crate) fn resize(&self, rows: u16, columns: u16) {
        self.reader.lock().unwrap().screen_mut().set_size(cells(rows), cells(columns));
    }

    /// The rows that are not empty, without the space behind them.
    pub(crate) fn text(&self) -> String {
        let text = self.reader.lock().unwrap().screen().contents();
        let rows: Vec<&str> = text.lines().map(str::trim_end).collect();
        rows.join("\n").trim_end().to_owned()
    }

    /// All bytes that were written, with their escapes.
    pub(crate) fn raw(&self) -> String {
        String::from_utf8(self.raw.lock().unwrap().clone()).unwrap()
    }

    /// How often it was written to.
    pub(crate) fn writes(&self) -> usize {
        self.writes.load(Ordering::Relaxed)
    }

    /// Takes bytes as a terminal does behind a line discipline: an end of line begins the next one.
    pub(crate) fn take(&self, bytes: &[u8]) {
        self.raw.lock().unwrap().extend_from_slice(bytes);
        let text = String::from_utf8_lossy(bytes).replace('\n', "\r\n");
        self.reader.lock().unwrap().process(text.as_bytes());
        self.writes.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn terminal(&self) -> Terminal {
        let reader = Arc::clone(&self.reader);
        let size = move || {
            let (rows, columns) = reader.lock().unwrap().screen().size();
            TerminalSize { rows: rows.get().into(), columns: columns.get().into() }
        };
        Terminal {
            size: Arc::new(size),
            charset: Charset::Unicode,
            colouring: Colouring::Off,
            has_title: false,
            has_progress: false,
            reflows: false,
        }
    }
}

impl io::Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(goes_on) = &self.paused {
            let _gone = goes_on.lock().unwrap().recv();
        }
        self.take(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
