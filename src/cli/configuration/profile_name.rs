//! The names that a profile can have: its journal is a file of that name.

use crate::cli::windows_name;

/// Longest name, in characters: with its folder it stays far below the limits of file systems.
const CHARS_MAX: usize = 64;

/// The journals without a profile.
const TAKEN: [&str; 2] = ["default", "simulation"];

/// Why a profile cannot have this name; none: it can.
pub(super) fn objection(name: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let ends_in_dot = name.starts_with('.') || name.ends_with('.');
    if name.is_empty() || name.len() > CHARS_MAX || !name.chars().all(is_plain) || ends_in_dot {
        return Some(format!(
            "a profile's name has 1 to {CHARS_MAX} letters, digits, `-`, `_`, and `.` in between, \
             since its journal is a file of that name"
        ));
    }
    let lower = name.to_ascii_lowercase();
    if TAKEN.contains(&lower.as_str()) {
        return Some(format!("{lower}.db is the journal of commands without a profile"));
    }
    let device = windows_name::device(name);
    device.map(|_| "Windows has a device of that name, so no file can have it".to_owned())
}

#[cfg(test)]
mod tests {
    use super::objection;

    #[test]
    fn names_that_every_file_system_takes_are_taken() {
        for name in ["contoso", "Contoso-EU", "contoso.com", "a_1", "com", "com10", "nullable"] {
            assert_eq!(objection(name), None, "{name}");
        }
    }

    #[test]
    fn names_that_some_file_system_refuses_or_that_are_taken_are_refused() {
        let long = "x".repeat(65);
        for name in [
            "",
            "a b",
            "a/b",
            "..",
            ".a",
            "a.",
            "a\\b",
            "m\u{fc}ller",
            "CON",
            "nul.txt",
            "Com1",
            "default",
            "Simulation",
            &long,
        ] {
            assert!(objection(name).is_some(), "{name}");
        }
    }
}
