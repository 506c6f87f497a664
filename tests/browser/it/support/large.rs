//! A journal of 100,000 machines, made by the program itself and kept for the next time.
//!
//! It is kept in the target folder until the program is another one.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::UNIX_EPOCH;

use super::desk::{RUN, command, program};

pub(crate) const MACHINES: u64 = 100_000;

/// The folder of the journal, which is `j.db` there. The first who asks waits while it is made.
pub(crate) fn large() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("large");
        let mark = folder.join("made-by");
        let maker = maker();
        if fs::read_to_string(&mark).ok().as_deref() != Some(&maker) {
            drop(fs::remove_dir_all(&folder));
            fs::create_dir_all(&folder).expect("a folder");
            make(&folder);
            fs::write(&mark, maker).expect("a mark");
        }
        folder
    })
}

fn make(folder: &Path) {
    let sample = format!("simulator --sample {MACHINES} --output list.csv");
    // Nine in ten are sent, as fast as it goes; the others are skipped.
    let run = format!("{RUN} --limit 1000000/1s --concurrency 64 --track-timeout 0");
    for words in [sample, run] {
        let output = command(folder, &words).output().expect("it starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 4 | 9)), "{words}: {said}");
    }
}

/// Which program this is: its path, length, and when it was built.
fn maker() -> String {
    let path = program();
    let file = path.metadata().expect("it is there");
    let built = file.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    format!("{} {} {built:?}", path.display(), file.len())
}
