//! What is made of a look: a picture on a terminal, lines or documents where there is none.

use std::io::{self, Write};
use std::time::Duration;

use crate::cli::Context;
use crate::domain::text::on_screen;
use crate::domain::{BatchId, End, Timestamp};
use crate::report::Status;

use super::journal_look::JournalLook;
use super::live_screen::LiveScreen;

/// Between two lines that say the same but for the numbers.
const GAP: Duration = Duration::from_secs(30);

pub(super) enum View {
    Picture(LiveScreen),
    /// A line, or with `--json` a document, at each change.
    Lines {
        last: Option<(Told, Timestamp)>,
    },
}

/// What makes a line worth writing at once.
#[derive(PartialEq, Eq)]
pub(super) enum Told {
    NoBatch,
    Batch { id: BatchId, running: bool, waiting: Option<&'static str>, end: Option<End> },
}

impl View {
    pub(super) fn of(context: &Context) -> Self {
        let screen = (!context.screen.is_json()).then(LiveScreen::new).flatten();
        screen.map_or(Self::Lines { last: None }, Self::Picture)
    }

    pub(super) fn show(&mut self, context: &Context, look: &JournalLook) -> io::Result<()> {
        match self {
            Self::Picture(screen) => draw(screen, context, look),
            Self::Lines { last } => {
                let now = context.clock.now().wall;
                let told = Told::of(look);
                let is_news = last.as_ref().is_none_or(|(what, at)| {
                    *what != told || (now.since(*at) >= GAP && told != Told::NoBatch)
                });
                if is_news || look.is_last() {
                    *last = Some((told, now));
                    return write(&line(context, look, now));
                }
                Ok(())
            }
        }
    }
}

impl Told {
    fn of(look: &JournalLook) -> Self {
        match look {
            JournalLook::NoBatch(_) => Self::NoBatch,
            JournalLook::Batch(status) => {
                let Status { batch, running, .. } = &**status;
                let word = status.waiting.as_ref().map(|wait| wait.reason.word());
                // A window that fills and empties each minute is no news.
                let waiting = word.filter(|word| !matches!(*word, "window" | "backoff"));
                Self::Batch { id: batch.id, running: *running, waiting, end: batch.end }
            }
        }
    }
}

fn draw(screen: &mut LiveScreen, context: &Context, look: &JournalLook) -> io::Result<()> {
    let (zone, commands) = (&context.zone, &context.commands);
    match look {
        JournalLook::NoBatch(words) => screen.draw(&crate::report::fitted(words, screen.room())),
        // The whole of it, however long.
        JournalLook::Batch(status) if look.is_last() => {
            screen.leave(&status.to_prose(zone, commands))
        }
        JournalLook::Batch(status) => {
            let picture = status.to_picture(zone, commands, screen.room());
            screen.draw(&picture)
        }
    }
}

fn line(context: &Context, look: &JournalLook, now: Timestamp) -> String {
    let (zone, commands) = (&context.zone, &context.commands);
    match look {
        JournalLook::Batch(status) if context.screen.is_json() => status.to_json(commands) + "\n",
        JournalLook::Batch(status) => status.to_line(zone, commands),
        // A program waits for a document; this is for the person who started it.
        JournalLook::NoBatch(words) if context.screen.is_json() => {
            context.screen.note(words);
            String::new()
        }
        JournalLook::NoBatch(words) => {
            let words = words.lines().next().unwrap_or_default();
            format!("{} {words}\n", zone.rfc3339(now))
        }
    }
}

fn write(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(on_screen(text).as_bytes())?;
    out.flush()
}
