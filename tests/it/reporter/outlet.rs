//! The other words of a command, beside it.

use std::io::{self, Write};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mde_offboard::reporter::{AfterError, Outlet, WritePatience};

use super::lines::Held;

type Taken = Arc<Mutex<Vec<u8>>>;

/// An outlet whose reader takes nothing until the sender is dropped.
fn held() -> (Outlet, Taken, Sender<()>) {
    let (go_on, told) = channel();
    let taken = Taken::default();
    let out = Box::new(Held(Arc::clone(&taken), told));
    (Outlet::new("test", out, AfterError::GoOn).unwrap(), taken, go_on)
}

fn text(taken: &Taken) -> String {
    String::from_utf8(taken.lock().unwrap().clone()).unwrap()
}

#[test]
fn a_reader_who_does_not_read_is_waited_for_once_and_gets_everything_later_in_order() {
    let (outlet, taken, go_on) = held();
    let most = WritePatience::AtMost(Duration::from_millis(20));
    assert!(!outlet.put("a\n".to_owned(), most));
    // Were it waited for again, this would never come back.
    let long = WritePatience::AtMost(Duration::from_hours(1_000));
    assert!(!outlet.put("b\n".to_owned(), long));
    drop(go_on);
    assert!(outlet.drain(WritePatience::Endless));
    assert!(outlet.put("c\n".to_owned(), long), "it reads again");
    assert_eq!(text(&taken), "a\nb\nc\n");
}

#[test]
fn lines_of_the_log_that_find_no_room_are_counted() {
    let (outlet, taken, go_on) = held();
    (0..30_000).for_each(|_| outlet.post(b"line\n"));
    drop(go_on);
    assert!(outlet.drain(WritePatience::Endless));
    outlet.post(b"last\n");
    assert!(outlet.drain(WritePatience::Endless));
    let text = text(&taken);
    let lines = text.lines().filter(|line| *line == "line").count();
    let gaps = text.lines().filter_map(|line| line.strip_prefix('(')?.split_once(" lines left"));
    let left_out: usize = gaps.map(|(count, _)| count.parse::<usize>().unwrap()).sum();
    assert_eq!(lines + left_out, 30_000);
    assert!((9_990..=10_010).contains(&lines), "{lines}");
    assert!(text.ends_with("last\n"));
}

/// A disk that is full once.
struct Full(Taken, bool);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if std::mem::replace(&mut self.1, false) {
            self.0.lock().unwrap().extend(&bytes[..2]);
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn nothing_is_written_behind_half_a_line() {
    for (after, expected) in [(AfterError::End, "on"), (AfterError::GoOn, "ontwo\n")] {
        let taken = Taken::default();
        let outlet = Outlet::new("test", Box::new(Full(Arc::clone(&taken), true)), after).unwrap();
        for line in ["one\n", "two\n"] {
            outlet.post(line.as_bytes());
            assert!(outlet.drain(WritePatience::Endless));
        }
        assert_eq!(text(&taken), expected);
        assert_eq!(outlet.error().expect("full").kind(), io::ErrorKind::StorageFull);
    }
}
