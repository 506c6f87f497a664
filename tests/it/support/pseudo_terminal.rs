//! A terminal that a test holds, and what a person sees on it.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::num::NonZero;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

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
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let master: OwnedFd = openpt(flags).expect("a terminal");
        grantpt(&master).expect("granted");
        unlockpt(&master).expect("unlocked");
        let path = ptsname(&master, Vec::new()).expect("a name").into_string().expect("a text");
        let no_controller = i32::try_from(OFlags::NOCTTY.bits()).expect("few bits");
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).custom_flags(no_controller);
        let other_end = options.open(path).expect("its other end");
        let flags = fcntl_getfl(&master).expect("flags") | OFlags::NONBLOCK;
        fcntl_setfl(&master, flags).expect("set");
        let screen = vt100::Parser::new(some(rows), some(columns), 0);
        let mut terminal = Self { master: File::from(master), screen, written: Vec::new() };
        terminal.resize(rows, columns);
        (terminal, other_end)
    }

    pub(crate) fn resize(&mut self, rows: u16, columns: u16) {
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&self.master, size).expect("resized");
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

/// Writes until there is no room left: the next write waits for a reader.
pub(crate) fn fill(other_end: &File) {
    let path = format!("/proc/self/fd/{}", other_end.as_raw_fd());
    // Opened again, so that not waiting is not what a program's own handle does.
    let flags = i32::try_from((OFlags::NONBLOCK | OFlags::NOCTTY).bits()).expect("few bits");
    let mut file = OpenOptions::new().write(true).custom_flags(flags).open(path).expect("opened");
    for size in [1024, 1] {
        while file.write(&vec![b'.'; size]).is_ok() {}
    }
}
