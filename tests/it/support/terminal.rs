//! A terminal of the system's, of which one end is a process's and the other one ours.
#![cfg(target_os = "linux")]

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// Our end, the end for a process, and the path of the latter.
pub(crate) fn terminal() -> (OwnedFd, File, String) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let path = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    let no_controller = i32::try_from(rustix::fs::OFlags::NOCTTY.bits()).unwrap();
    let mut options = OpenOptions::new();
    let theirs = options.read(true).write(true).custom_flags(no_controller).open(&path).unwrap();
    (master, theirs, path)
}

/// What a process has written to its terminal so far.
pub(crate) struct Watched {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Watched {
    /// Watches a new terminal; gives the end for the process.
    pub(crate) fn new() -> (Self, File) {
        let (master, theirs, _) = terminal();
        let bytes = Arc::<Mutex<Vec<u8>>>::default();
        let written = Arc::clone(&bytes);
        let reader = std::thread::spawn(move || {
            let (mut master, mut buffer) = (File::from(master), [0; 4_096]);
            // The system answers with an error once nobody has the other end any more.
            while let Ok(count @ 1..) = master.read(&mut buffer) {
                written.lock().unwrap().extend_from_slice(&buffer[..count]);
            }
        });
        (Self { bytes, reader }, theirs)
    }

    /// All of it as text, without what moves the cursor or colours.
    pub(crate) fn text(&self) -> String {
        text_of(&self.bytes.lock().unwrap())
    }

    /// The same once the process has ended.
    pub(crate) fn end(self) -> String {
        let Self { bytes, reader } = self;
        reader.join().expect("it reads to the end");
        text_of(&bytes.lock().unwrap())
    }
}

/// What is written between sequences of control characters.
fn text_of(bytes: &[u8]) -> String {
    let whole = String::from_utf8_lossy(bytes);
    let mut parts = whole.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    let after = |part: &str| {
        let end = part.find(|c: char| c.is_ascii_alphabetic())?;
        Some(part[end + 1..].to_owned())
    };
    first + &parts.filter_map(after).collect::<String>()
}
