//! A terminal that a test reads only when it looks, and what a person sees on it.
#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::Read;
use std::num::NonZero;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use super::pty;

/// The end that a person sits at.
pub(crate) struct PseudoTerminal {
    master: File,
    screen: vt100::Parser,
    /// Everything that was written so far.
    pub(crate) written: Vec<u8>,
}

impl PseudoTerminal {
    /// A terminal of this size, and the end that a program writes to.
    pub(crate) fn open(rows: u16, columns: u16) -> (Self, File) {
        let (master, other_end) = pty::terminal();
        let flags = fcntl_getfl(&master).expect("flags") | OFlags::NONBLOCK;
        fcntl_setfl(&master, flags).expect("set");
        let screen = vt100::Parser::new(some(rows), some(columns), 0);
        let mut terminal = Self { master: File::from(master), screen, written: Vec::new() };
        terminal.resize(rows, columns);
        (terminal, other_end)
    }

    pub(crate) fn resize(&mut self, rows: u16, columns: u16) {
        pty::resize(&self.master, rows, columns);
        self.screen.screen_mut().set_size(some(rows), some(columns));
    }

    /// What is on the screen once everything was read that is there to read.
    pub(crate) fn shown(&mut self) -> String {
        let mut buffer = [0; 4096];
        // Without bytes it would wait, or its other end is closed.
        while let Ok(read @ 1..) = self.master.read(&mut buffer) {
            self.screen.process(&buffer[..read]);
            self.written.extend(&buffer[..read]);
        }
        self.screen.screen().contents()
    }
}

fn some(number: u16) -> NonZero<u16> {
    NonZero::new(number).expect("a terminal has a size")
}
