//! Names of files that Windows takes for something else than a file of that name.
//!
//! It would not fail: what is written would go to a device, into a hidden part of another file, or
//! to a file of another name, beside which nothing that belongs to it would be found. Called before
//! a journal is made and before anything is written. Deliberately absent: files that are read,
//! since another name for the same file does no harm there, and folders: Windows refuses theirs
//! itself.

use std::path::Path;

use super::exit::Exit;
use super::failure::Failure;
use super::paths::shown;

/// Also with any ending: `nul.csv` is the device, too, except on the newest versions.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Devices with a number.
const PORTS: [&str; 2] = ["com", "lpt"];

/// Windows counts these as digits in names of devices.
const DIGITS: &str = "0123456789\u{b9}\u{b2}\u{b3}";

/// Refuses a file that would be something else here.
pub(super) fn refuse_misleading(option: &str, path: &Path) -> Result<(), Failure> {
    let name = path.file_name().map(|name| name.to_string_lossy());
    let Some(what) = name.filter(|_| cfg!(windows)).and_then(|name| taken_for(&name)) else {
        return Ok(());
    };
    let said = format!("{option} {} is no file on Windows: {what}", shown(path));
    Err(Failure::new(Exit::Usage, said).hint("name another file"))
}

/// The device that Windows has under this name, with any ending.
pub(super) fn device(name: &str) -> Option<String> {
    let stem = name.split(['.', ':']).next()?.trim_end_matches(' ').to_lowercase();
    let is_port = || {
        let mut letters = stem.chars();
        let last = letters.next_back();
        last.is_some_and(|last| DIGITS.contains(last)) && PORTS.contains(&letters.as_str())
    };
    (DEVICES.contains(&stem.as_str()) || is_port()).then(|| stem.to_uppercase())
}

/// What Windows takes a file's name for; none: for that file.
fn taken_for(name: &str) -> Option<String> {
    if let Some(device) = device(name) {
        return Some(format!("{device} is a device, also with an ending"));
    }
    if let Some((file, _)) = name.split_once(':') {
        return Some(format!("it would be a hidden part of the file {file}"));
    }
    let rest = name.trim_end_matches(['.', ' ']);
    (rest != name).then(|| format!("dots and blanks at the end do not count, so it is {rest}"))
}

#[cfg(test)]
mod tests {
    use super::taken_for;

    #[test]
    fn devices_hidden_parts_and_ends_that_do_not_count_are_told() {
        for (name, what) in [
            ("con.db", "CON is a device"),
            ("NUL", "NUL is a device"),
            ("aux", "AUX is a device"),
            ("com1.db", "COM1 is a device"),
            ("Lpt9.tar.gz", "LPT9 is a device"),
            ("com\u{b2}", "COM\u{b2} is a device"),
            ("nul .csv", "NUL is a device"),
            ("CONOUT$", "CONOUT$ is a device"),
            ("nul:", "NUL is a device"),
            ("j.db:notes", "a hidden part of the file j.db"),
            ("j.db.", "so it is j.db"),
            ("j.db ", "so it is j.db"),
            ("j.db. .", "so it is j.db"),
        ] {
            let said = taken_for(name).unwrap_or_default();
            assert!(said.contains(what), "{name}: {said}");
        }
    }

    #[test]
    fn files_are_files() {
        for name in ["j.db", "console.db", "com.db", "com10", "null.csv", ".db", "a b", "lpt", "-"]
        {
            assert_eq!(taken_for(name), None, "{name}");
        }
    }
}
