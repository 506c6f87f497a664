//! What standard error is: how wide, with which characters, and what else it understands.

use std::io::IsTerminal;
use std::sync::Arc;

use crate::reporter::{Charset, Colouring, Terminal, TerminalSize};

use crate::cli::environment;

/// Fewest columns and rows that are believed: a terminal that says 0 does not know.
const SIZE_MIN: TerminalSize = TerminalSize { rows: 2, columns: 20 };

/// Standard error, where it is a terminal that can show a picture: one that moves its cursor.
pub(crate) fn terminal() -> Option<Terminal> {
    if !std::io::stderr().is_terminal() || !moves_its_cursor() {
        return None;
    }
    Some(Terminal {
        size: Arc::new(size),
        charset: charset(),
        colouring: colouring(),
        has_title: has_title(),
        has_progress: has_progress(),
        reflows: reflows(),
    })
}

/// What can be written on now.
pub(crate) fn size() -> TerminalSize {
    let (rows, columns) = console::Term::stderr().size_checked().unwrap_or_default();
    usable(rows.into(), columns.into())
}

/// Of a size that a terminal tells.
fn usable(rows: usize, columns: usize) -> TerminalSize {
    if rows < SIZE_MIN.rows || columns < SIZE_MIN.columns {
        return TerminalSize::USUAL;
    }
    TerminalSize { rows, columns: TerminalSize::columns_to_write(columns) }
}

/// Whether words on it have colours, by `--color` and the environment.
pub(crate) fn colouring() -> Colouring {
    if console::colors_enabled_stderr() { Colouring::On } else { Colouring::Off }
}

fn term() -> String {
    environment::text("TERM").unwrap_or_default()
}

#[cfg(unix)]
fn moves_its_cursor() -> bool {
    !matches!(term().as_str(), "" | "dumb")
}

/// The console has to be asked to understand escapes.
#[cfg(windows)]
fn moves_its_cursor() -> bool {
    let console = winapi_util::console::Console::stderr();
    console.and_then(|mut console| console.set_virtual_terminal_processing(true)).is_ok()
}

/// By the locale, whose first variable that is set counts. A console of Windows takes everything.
fn charset() -> Charset {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(environment::text);
    let locale = locale.unwrap_or_default().to_ascii_lowercase();
    let is_unicode = cfg!(windows) || locale.contains("utf-8") || locale.contains("utf8");
    if is_unicode { Charset::Unicode } else { Charset::Ascii }
}

/// Terminals that set a title and can be given their old one back.
fn has_title() -> bool {
    const KNOWN: [&str; 8] =
        ["xterm", "rxvt", "alacritty", "foot", "konsole", "vte", "wezterm", "ghostty"];
    environment::is_set("WT_SESSION") || KNOWN.iter().any(|known| term().starts_with(known))
}

/// Terminals that are known to show progress (OSC 9;4). Others might show it as a message.
fn has_progress() -> bool {
    const PROGRAMS: [&str; 3] = ["ghostty", "WezTerm", "iTerm.app"];
    let program = environment::text("TERM_PROGRAM").unwrap_or_default();
    environment::is_set("WT_SESSION")
        || environment::text("ConEmuANSI").is_some_and(|on| on == "ON")
        || PROGRAMS.contains(&program.as_str())
}

/// Terminals cut the lines that no longer fit, or break them; most break them.
fn reflows() -> bool {
    let cuts = ["XTERM_VERSION", "STY"].into_iter().any(environment::is_set);
    !cuts && term() != "linux"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_that_says_0_does_not_know() {
        for (rows, columns) in [(0, 0), (1, 80), (24, 19)] {
            assert_eq!(usable(rows, columns), TerminalSize::USUAL, "{rows} x {columns}");
        }
    }
}
