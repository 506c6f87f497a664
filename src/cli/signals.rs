//! Ctrl-C, SIGTERM and a closed terminal; on Windows also Ctrl-Break and a shutdown.
//!
//! A thread of its own with a runtime of its own listens, so that a signal is heard while the
//! main thread is busy. Once asks for an orderly end; twice leaves at once, which is as safe
//! as a crash.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::child_group;
use super::exit::Exit;
use super::failure::Failure;
use crate::cli::terminal::Screen;
use crate::engine::StopSignal;

/// Whether the command is over, so that a signal no longer ends the process. Of the process as a
/// whole, as signals are.
static OVER: AtomicBool = AtomicBool::new(false);

/// What a signal means right now.
enum Phase {
    /// Nothing that was asked for has begun: it ends the process with this.
    Leaving { otherwise: Failure },
    /// A person is being asked: it means no, and `otherwise` is what that comes to.
    Asking { otherwise: &'static str },
    /// A run: the first one asks it to stop, the second one leaves.
    Running { stop: StopSignal, farewell: String },
    /// A run that was asked to stop.
    Stopping { farewell: String },
}

/// Listens from its creation to the end of the process.
#[derive(Clone)]
pub(crate) struct Signals {
    phase: Arc<Mutex<Phase>>,
}

impl Signals {
    /// Begins to listen. A signal ends the process with `otherwise`: nothing was queued, say.
    pub(crate) fn listen(screen: Screen, otherwise: Failure) -> Result<Self, Failure> {
        let signals = Self { phase: Arc::new(Mutex::new(Phase::Leaving { otherwise })) };
        let (ready, listening) = mpsc::sync_channel(1);
        let listener = signals.clone();
        let spawned = thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || listen(&listener, screen, &ready));
        let started = spawned.and_then(|_| {
            listening.recv().unwrap_or_else(|_| Err(std::io::Error::other("the listener ended")))
        });
        started.map_err(|error| unheard(&error))?;
        Ok(signals)
    }

    /// From here on a signal ends the process with `otherwise`.
    pub(crate) fn leaving(&self, otherwise: Failure) {
        *self.phase() = Phase::Leaving { otherwise };
    }

    /// From here on a person is asked: a signal means "no", which comes to `otherwise`.
    pub(crate) fn asking(&self, otherwise: &'static str) {
        *self.phase() = Phase::Asking { otherwise };
    }

    /// Does what a signal must not cut in two. One that comes meanwhile is heard afterwards, and
    /// ends the process with what the work came to.
    pub(crate) fn across<T>(
        &self,
        work: impl FnOnce() -> Result<(T, Failure), Failure>,
    ) -> Result<T, Failure> {
        let mut phase = self.phase();
        let (done, otherwise) = work()?;
        *phase = Phase::Leaving { otherwise };
        Ok(done)
    }

    /// From here on a signal asks the run to stop; `farewell` is what is said when the second one
    /// ends the process.
    pub(crate) fn running(&self, stop: StopSignal, farewell: String) {
        *self.phase() = Phase::Running { stop, farewell };
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn on_signal(&self, screen: Screen) {
        if OVER.load(Ordering::SeqCst) {
            return;
        }
        let mut phase = self.phase();
        match &*phase {
            Phase::Leaving { otherwise } => leave(screen, otherwise),
            Phase::Asking { otherwise } => {
                screen.limit_waiting();
                screen.end_question();
                leave(screen, &Failure::new(Exit::Guard, *otherwise).needs_no_hint());
            }
            Phase::Running { stop, farewell } => {
                stop.request();
                let farewell = farewell.clone();
                *phase = Phase::Stopping { farewell };
            }
            Phase::Stopping { farewell } => {
                let said = "left at once; anything unanswered is looked up before anything is \
                            sent again";
                leave(screen, &Failure::new(Exit::LeftAtOnce, said).hint(farewell.clone()));
            }
        }
    }
}

/// That signals would go unheard.
pub(crate) fn unheard(error: &std::io::Error) -> Failure {
    Failure::of_short_system("signals cannot be listened for", error)
}

fn leave(screen: Screen, failure: &Failure) -> ! {
    // The main thread may be the one who waits for a terminal.
    screen.limit_waiting();
    screen.end_picture();
    screen.failure(failure);
    child_group::leave(failure.exit.code())
}

fn listen(signals: &Signals, screen: Screen, ready: &mpsc::SyncSender<std::io::Result<()>>) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_io().build() {
        Ok(runtime) => runtime,
        Err(error) => return drop(ready.send(Err(error))),
    };
    runtime.block_on(async {
        let mut source = match Source::open() {
            Ok(source) => source,
            Err(error) => return drop(ready.send(Err(error))),
        };
        drop(ready.send(Ok(())));
        loop {
            source.next().await;
            signals.on_signal(screen);
        }
    });
}

/// Makes a write beyond the system's limit on file sizes an error like that of a full disk, for as
/// long as the process lives. Otherwise the system would end it in the middle of its work, without
/// a word.
#[cfg(unix)]
pub(crate) fn outlive_file_limits() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    /// The signal of Linux and macOS for it, "XFSZ".
    const FILE_TOO_LARGE: i32 = 25;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let _inside = runtime.enter();
    signal(SignalKind::from_raw(FILE_TOO_LARGE)).map(drop)
}

/// Windows has no such limit.
#[cfg(not(unix))]
pub(crate) const fn outlive_file_limits() -> std::io::Result<()> {
    Ok(())
}

/// The command is over, and its exit code stands: the next signal, with which this resolves, ends
/// only what comes after it. To be called inside a runtime; listens from the call on.
pub(crate) fn after_the_end() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let signal = end()?;
    OVER.store(true, Ordering::SeqCst);
    Ok(signal)
}

/// Resolves with the next signal: for a server, which has nothing to wind up. To be called inside a
/// runtime; listens from the call on.
pub(crate) fn end() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut source = Source::open()?;
    Ok(async move { source.next().await })
}

#[cfg(unix)]
struct Source {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    /// Taken and dropped: a closed SSH session must not stop a run.
    _hang_up: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Source {
    fn open() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            _hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// A window that is closed and a shutdown are signals too: Windows ends the process 5 seconds later
/// at the latest, and most runs have wound up by then. One that has not ends as in a crash.
#[cfg(windows)]
struct Source {
    interrupt: tokio::signal::windows::CtrlC,
    terminate: tokio::signal::windows::CtrlBreak,
    close: tokio::signal::windows::CtrlClose,
    shutdown: tokio::signal::windows::CtrlShutdown,
    /// Taken and dropped: only services get it, when any user logs off.
    _logoff: tokio::signal::windows::CtrlLogoff,
}

#[cfg(windows)]
impl Source {
    fn open() -> std::io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_logoff, ctrl_shutdown};
        Ok(Self {
            interrupt: ctrl_c()?,
            terminate: ctrl_break()?,
            close: ctrl_close()?,
            shutdown: ctrl_shutdown()?,
            _logoff: ctrl_logoff()?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.close.recv() => {}
            _ = self.shutdown.recv() => {}
        }
    }
}
