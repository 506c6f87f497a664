//! A command on a terminal of its own: what a person sees there, and what is typed.
#![cfg(target_os = "linux")]

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Child, Command};
use std::thread::JoinHandle;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use super::screen::Screen;
use super::waiting::wait_until;

/// Rows of the terminal.
const ROWS: u16 = 40;

/// Both ends of a new terminal: that of the one who looks, and that of the program.
pub(crate) fn terminal() -> (OwnedFd, File) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let path = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    let no_controller = i32::try_from(rustix::fs::OFlags::NOCTTY.bits()).unwrap();
    let mut options = OpenOptions::new();
    let ours = options.read(true).write(true).custom_flags(no_controller).open(path).unwrap();
    (master, ours)
}

/// Writes to what this path names until there is no room left: the next write waits for a reader.
/// It is opened again for that, so that not waiting is not what the program's own handle does.
pub(crate) fn fill(path: &str) {
    let without_waiting = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    let flags = i32::try_from(without_waiting.bits()).unwrap();
    let mut file = OpenOptions::new().write(true).custom_flags(flags).open(path).unwrap();
    for size in [1024, 1] {
        loop {
            match file.write(&vec![b'.'; size]) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => panic!("{error}"),
            }
        }
    }
}

/// The path of an end that this process has open.
pub(crate) fn path_of(end: &File) -> String {
    format!("/proc/self/fd/{}", end.as_raw_fd())
}

/// A command that runs on a terminal.
pub(crate) struct OnTerminal {
    child: Child,
    screen: Screen,
    keys: File,
    reader: Option<JoinHandle<()>>,
}

impl OnTerminal {
    /// Starts a command as a shell does: the terminal is its own, and a Ctrl-C reaches it.
    pub(crate) fn start(command: &Command, columns: u16) -> Self {
        let (master, ours) = terminal();
        resize(&master, ROWS, columns);
        let mut session = Command::new("setsid");
        session.arg("--ctty").arg(command.get_program()).args(command.get_args()).env_clear();
        let folder = command.get_current_dir().expect("a folder");
        session.current_dir(folder).env("TERM", "xterm-256color").env("LANG", "C.UTF-8");
        // The reader of the screen cuts its lines when it becomes narrower, as xterm does.
        session.env("XTERM_VERSION", "XTerm(390)");
        for (name, value) in command.get_envs() {
            session.envs(value.map(|value| (name, value)));
        }
        let end = || ours.try_clone().unwrap();
        let child = session.stdin(end()).stdout(end()).stderr(end()).spawn().expect("it starts");
        let screen = Screen::of(columns);
        screen.resize(ROWS, columns);
        let (shown, mut from) = (screen.clone(), File::from(master.try_clone().unwrap()));
        let reader = std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // It ends with an error once the last one has closed the terminal.
            while let Ok(count) = from.read(&mut bytes) {
                shown.take(&bytes[..count]);
            }
        });
        Self { child, screen, keys: File::from(master), reader: Some(reader) }
    }

    pub(crate) fn screen(&self) -> &Screen {
        &self.screen
    }

    pub(crate) fn types(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// The window has other columns from now on.
    pub(crate) fn resize(&self, columns: u16) {
        self.screen.resize(ROWS, columns);
        resize(&self.keys, ROWS, columns);
    }

    /// What is on the screen as soon as `enough` holds for it.
    #[track_caller]
    pub(crate) fn wait_for(&self, what: &str, enough: impl Fn(&str) -> bool) -> String {
        let mut text = String::new();
        wait_until(what, || {
            text = self.screen.text();
            enough(&text)
        });
        text
    }

    /// What it ends with, and what is on the screen then.
    #[track_caller]
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let mut code = None;
        let child = &mut self.child;
        wait_until("the command ends", || {
            code = child.try_wait().expect("ours");
            code.is_some()
        });
        self.reader.take().expect("once").join().expect("it read all");
        (code.and_then(|status| status.code()), self.screen.text())
    }
}

impl Drop for OnTerminal {
    fn drop(&mut self) {
        // One that has ended by itself cannot be killed, and need not be.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub(crate) fn resize(terminal: impl std::os::fd::AsFd, rows: u16, columns: u16) {
    let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(terminal, size).unwrap();
}
