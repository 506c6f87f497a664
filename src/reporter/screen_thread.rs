//! A screen that is drawn beside the run, in a thread of its own.
//!
//! A run must not depend on its terminal: one that is paused (Ctrl-S), or a laptop that sleeps at
//! the other end of SSH, takes no more bytes. So the driver only hands over what there is to show.

use std::collections::VecDeque;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use crate::event::{Event, Happening, Observer, Snapshot};

use super::notable::has_a_line;
use super::queue::WorkQueue;

/// Most events that wait for a screen: more than anybody reads, and less than a megabyte.
const EVENTS_MAX: usize = 1_000;

/// Most lines of the log that wait for a screen: what a person scrolls back to.
const LINES_MAX: usize = 1_000;

/// How long the end of a run waits for its screen.
const LAST_PICTURE: Duration = Duration::from_secs(2);

/// Hands everything on to another observer, in the thread of that one.
#[derive(Debug)]
pub struct ScreenThread {
    queue: Arc<WorkQueue<Shown>>,
}

#[derive(Debug)]
enum Shown {
    Event(Box<Event>),
    /// Only the newest one waits.
    Picture(Box<Snapshot>),
    /// This many events found no room here.
    Missed(u64),
    /// Lines of the log.
    Log(String),
    /// This many of them found no room here.
    LogLeftOut(u64),
}

/// Puts lines of the log on a screen, above what it shows.
#[derive(Debug, Clone)]
pub struct LinesAbove(Arc<WorkQueue<Shown>>);

impl LinesAbove {
    /// Hands lines over, or counts them where too many wait; false where that screen is gone.
    pub fn post(&self, lines: &str) -> bool {
        self.0.edit(|waiting| {
            let logged = waiting.iter().filter(|shown| matches!(shown, Shown::Log(_))).count();
            if logged < LINES_MAX {
                waiting.push_back(Shown::Log(lines.to_owned()));
                return;
            }
            match waiting.back_mut() {
                Some(Shown::LogLeftOut(lines)) => *lines += 1,
                _ => waiting.push_back(Shown::LogLeftOut(1)),
            }
        })
    }
}

impl ScreenThread {
    /// Starts the thread that draws.
    ///
    /// # Errors
    /// The system starts no more threads.
    pub fn new(mut screen: Box<dyn Observer + Send>) -> io::Result<Self> {
        let queue = WorkQueue::served("screen", move |shown| {
            match shown {
                Shown::Event(event) => screen.event(&event),
                Shown::Picture(snapshot) => screen.tick(&snapshot),
                Shown::Missed(events) => screen.missed(events),
                Shown::Log(lines) => screen.log(&lines),
                Shown::LogLeftOut(lines) => screen.log(&left_out(lines)),
            }
            ControlFlow::Continue(())
        })?;
        Ok(Self { queue })
    }

    /// A way for lines of the log onto this screen.
    pub fn lines_above(&self) -> LinesAbove {
        LinesAbove(Arc::clone(&self.queue))
    }
}

fn left_out(lines: u64) -> String {
    format!("({lines} lines of the log left out: the terminal did not take them in time)\n")
}

impl Observer for ScreenThread {
    fn event(&mut self, event: &Event) {
        if has_a_line(&event.what) {
            let event = Box::new(event.clone());
            self.queue.edit(|waiting| add(waiting, event));
        }
    }

    fn tick(&mut self, snapshot: &Snapshot) {
        let picture = Shown::Picture(Box::new(snapshot.clone()));
        self.queue.edit(|waiting| {
            waiting.retain(|shown| !matches!(shown, Shown::Picture(_)));
            waiting.push_back(picture);
        });
    }

    fn end(&mut self) {
        // Who does not read now does not see the last picture; the journal has it all.
        let _seen = self.queue.drained_within(LAST_PICTURE);
        self.queue.close();
    }
}

fn add(waiting: &mut VecDeque<Shown>, event: Box<Event>) {
    // There are only a few of these in a run.
    let always = matches!(
        event.what,
        Happening::BatchStarted { .. }
            | Happening::GuardTripped { .. }
            | Happening::Stopping { .. }
            | Happening::BatchEnded { .. }
    );
    if always || waiting.len() < EVENTS_MAX {
        waiting.push_back(Shown::Event(event));
        return;
    }
    // Where others of them were missed, or directly in front of the picture that came since.
    let missed = waiting.iter_mut().rev().find_map(|shown| match shown {
        Shown::Missed(events) => Some(events),
        _ => None,
    });
    match missed {
        Some(events) => *events += 1,
        None => waiting.push_back(Shown::Missed(1)),
    }
}
