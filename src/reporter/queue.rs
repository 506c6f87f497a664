//! Work for a thread of its own, so that the caller never waits for a reader.
//!
//! A terminal that is paused, or a pipe that nobody reads, takes no more bytes, and the write to it
//! does not return. Such a write happens in the thread that serves a queue. Everybody else waits
//! for it as long as they want to, or not at all.
//!
//! Deliberately absent: what is handed over, what to do when there is too much of it, and ending a
//! write that hangs, which no system offers. Its thread ends with the process.

use std::collections::VecDeque;
use std::io;
use std::ops::ControlFlow;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What waits for a thread, in order.
#[derive(Debug)]
pub(super) struct WorkQueue<T> {
    inner: Mutex<Inner<T>>,
    changed: Condvar,
}

#[derive(Debug)]
struct Inner<T> {
    waiting: VecDeque<T>,
    /// Whether the thread works on an item that it took.
    busy: bool,
    /// Items that were dealt with.
    done: u64,
    /// Nothing more is taken: the thread ends, after the item it works on.
    closed: bool,
}

impl<T: Send + 'static> WorkQueue<T> {
    /// Starts the thread. It deals with one item after the other until `serve` breaks.
    pub(super) fn served(
        name: &str,
        mut serve: impl FnMut(T) -> ControlFlow<()> + Send + 'static,
    ) -> io::Result<Arc<Self>> {
        let (waiting, busy, done, closed) = (VecDeque::new(), false, 0, false);
        let inner = Mutex::new(Inner { waiting, busy, done, closed });
        let queue = Arc::new(Self { inner, changed: Condvar::new() });
        let served = Arc::clone(&queue);
        std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            while let Some(item) = served.take() {
                let flow = serve(item);
                served.finish(flow);
            }
        })?;
        Ok(queue)
    }

    fn take(&self) -> Option<T> {
        let nothing = |inner: &mut Inner<T>| inner.waiting.is_empty() && !inner.closed;
        let waited = self.changed.wait_while(self.lock(), nothing);
        let mut inner = waited.unwrap_or_else(PoisonError::into_inner);
        if inner.closed {
            return None;
        }
        inner.busy = true;
        inner.waiting.pop_front()
    }

    fn finish(&self, flow: ControlFlow<()>) {
        let mut inner = self.lock();
        inner.busy = false;
        inner.done += 1;
        if flow.is_break() {
            inner.close();
        }
        self.changed.notify_all();
    }
}

impl<T> Inner<T> {
    fn close(&mut self) {
        self.closed = true;
        self.waiting.clear();
    }

    fn is_idle(&self) -> bool {
        self.waiting.is_empty() && !self.busy
    }
}

impl<T> WorkQueue<T> {
    fn lock(&self) -> MutexGuard<'_, Inner<T>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what waits: adds to it, as a rule. Nothing, and false, where the queue is closed.
    pub(super) fn edit(&self, change: impl FnOnce(&mut VecDeque<T>)) -> bool {
        let mut inner = self.lock();
        if !inner.closed {
            change(&mut inner.waiting);
            self.changed.notify_all();
        }
        !inner.closed
    }

    /// How many items were dealt with so far, and whether none is left.
    pub(super) fn progress(&self) -> QueueProgress {
        let inner = self.lock();
        QueueProgress { done: inner.done, idle: inner.is_idle() }
    }

    /// Gives up what waits. The item that is being dealt with is the last.
    pub(super) fn close(&self) {
        self.lock().close();
        self.changed.notify_all();
    }

    /// Waits until nothing is left; false where that takes longer.
    pub(super) fn drained_within(&self, most: Duration) -> bool {
        let open = |inner: &mut Inner<T>| !inner.is_idle();
        let waited = self.changed.wait_timeout_while(self.lock(), most, open);
        let (inner, _) = waited.unwrap_or_else(PoisonError::into_inner);
        inner.is_idle()
    }

    /// Waits until nothing is left, however long that takes.
    pub(super) fn drained(&self) {
        let waited = self.changed.wait_while(self.lock(), |inner| !inner.is_idle());
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}

/// How far the thread of a queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct QueueProgress {
    pub(super) done: u64,
    /// Whether none waits and none is being dealt with.
    pub(super) idle: bool,
}
