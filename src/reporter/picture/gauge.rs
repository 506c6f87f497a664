//! The bar itself: indicatif divides a share into cells, and writes them into a text.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

use super::look::{Charset, Colouring};
use super::tint::{Tone, tinted};

/// A bar of this many columns that shows `part` of `of`.
pub(in crate::reporter) fn gauge(
    (part, of): (u64, u64),
    columns: usize,
    (charset, colouring): (Charset, Colouring),
) -> String {
    let (cells, open, brackets) = match charset {
        Charset::Unicode => ("█░", '░', ("", "")),
        Charset::Ascii => ("#-", '-', ("[", "]")),
    };
    let columns = columns.saturating_sub(brackets.0.len() + brackets.1.len());
    let drawn = drawn((part.min(of), of), columns, cells);
    let (done, rest) = drawn.split_at(drawn.find(open).unwrap_or(drawn.len()));
    let done = tinted(done, Tone::Good, colouring);
    format!("{}{done}{rest}{}", brackets.0, brackets.1)
}

fn drawn((part, of): (u64, u64), columns: usize, cells: &str) -> String {
    let row = Row { columns, written: Arc::default() };
    let target = ProgressDrawTarget::term_like(Box::new(row.clone()));
    let bar = ProgressBar::with_draw_target(Some(of), target);
    let style = ProgressStyle::with_template(&format!("{{bar:{columns}}}"));
    bar.set_style(style.expect("a width is all that it names").progress_chars(cells));
    bar.set_position(part);
    row.written.lock().unwrap_or_else(PoisonError::into_inner).clear();
    bar.force_draw();
    let written = row.written.lock().unwrap_or_else(PoisonError::into_inner);
    written.trim_end().to_owned()
}

/// A terminal of one row, which keeps what is written to it.
#[derive(Debug, Clone)]
struct Row {
    columns: usize,
    written: Arc<Mutex<String>>,
}

impl TermLike for Row {
    fn width(&self) -> u16 {
        u16::try_from(self.columns).unwrap_or(u16::MAX)
    }

    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.write_str(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).push_str(text);
        Ok(())
    }

    fn clear_line(&self) -> io::Result<()> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).clear();
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(share: (u64, u64), columns: usize, charset: Charset, expected: &str) {
        assert_eq!(gauge(share, columns, (charset, Colouring::Off)), expected);
    }

    #[test]
    fn a_bar_has_all_its_columns_and_as_many_full_cells_as_the_share() {
        check((0, 10), 8, Charset::Unicode, "░░░░░░░░");
        check((5, 10), 8, Charset::Unicode, "████░░░░");
        check((9_999, 10_000), 8, Charset::Unicode, "███████░");
        check((10, 10), 8, Charset::Unicode, "████████");
        check((7, 10), 8, Charset::Ascii, "[####--]");
    }

    #[test]
    fn a_share_of_nothing_is_whole_and_more_than_all_is_all() {
        check((0, 0), 4, Charset::Unicode, "████");
        check((30, 10), 4, Charset::Unicode, "████");
    }
}
