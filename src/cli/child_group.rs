//! Programs that this one starts: each in a group of its own, which ends as a whole.
//!
//! A script starts other programs, and killing the script alone would leave those. So the group is
//! killed, where the result is no longer wanted and where this process leaves. On Unix it is a
//! process group. On Windows it is a job object, which Windows itself ends if this process dies.
//! What a program leaves behind when it ends by itself is its own affair: it lives on. Deliberately
//! absent: what a program prints, and how long it may take.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::process::{Child, Command};

use system::Group;

/// The groups that live. Of the process as a whole, since the thread that hears Ctrl-C ends the
/// process while another thread waits for a program.
static LIVING: Mutex<Vec<Living>> = Mutex::new(Vec::new());

fn living() -> MutexGuard<'static, Vec<Living>> {
    LIVING.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Living {
    /// Of its first process.
    number: u32,
    group: Group,
}

/// A program and all that it started. What still runs of it when this is dropped is killed.
pub(crate) struct ChildGroup {
    pub(crate) child: Child,
    number: u32,
}

impl ChildGroup {
    pub(crate) fn start(command: &mut Command) -> std::io::Result<Self> {
        command.kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        let mut living = living();
        let child = command.spawn()?;
        let number = child.id().unwrap_or_default();
        living.push(Living { number, group: Group::of(&child) });
        Ok(Self { child, number })
    }
}

impl Drop for ChildGroup {
    fn drop(&mut self) {
        let mut living = living();
        let Some(place) = living.iter().position(|living| living.number == self.number) else {
            return;
        };
        let group = living.swap_remove(place).group;
        // Once its end was waited for, its number may be another process's.
        if self.child.id().is_some() { group.kill() } else { group.let_go() }
    }
}

/// Ends the process, and every program that it started and still waits for.
pub(crate) fn leave(code: u8) -> ! {
    // Held to the end, so that no other thread goes on with what it makes of a killed program.
    let mut living = living();
    living.drain(..).for_each(|living| living.group.kill());
    std::process::exit(code.into())
}

#[cfg(unix)]
mod system {
    use rustix::process::{Pid, Signal, kill_process_group};
    use tokio::process::Child;

    /// A process group, by its number; none where its first process has ended already.
    pub(super) struct Group(Option<Pid>);

    impl Group {
        pub(super) fn of(child: &Child) -> Self {
            let number = child.id().and_then(|number| i32::try_from(number).ok());
            Self(number.and_then(Pid::from_raw))
        }

        pub(super) fn kill(self) {
            if let Some(group) = self.0 {
                // One that has ended meanwhile cannot be killed, and need not be.
                let _ended = kill_process_group(group, Signal::KILL);
            }
        }

        pub(super) const fn let_go(self) {
            let Self(_its_number) = self;
        }
    }
}

#[cfg(windows)]
mod system {
    use tokio::process::Child;
    use win32job::{ExtendedLimitInfo, Job, JobError};

    /// A job object, which ends all that is in it when its one handle is closed. None where the
    /// system gave none; then only the program itself is ended, by its handle.
    pub(super) struct Group(Option<Job>);

    impl Group {
        /// The program is in it before it can have started another one: a process takes far longer
        /// to begin than this takes, and nothing that this crate may use could start it halted.
        pub(super) fn of(child: &Child) -> Self {
            Self(child.raw_handle().and_then(|process| {
                let job = Job::create().ok()?;
                end_with_handle(&job, true).ok()?;
                job.assign_process(process.cast()).ok()?;
                Some(job)
            }))
        }

        /// The end of the handle is the end of the job, also where this process dies.
        pub(super) fn kill(self) {
            drop(self.0);
        }

        pub(super) fn let_go(self) {
            // Where this fails, what the program left behind ends with it.
            let _kept = self.0.map(|job| end_with_handle(&job, false));
        }
    }

    fn end_with_handle(job: &Job, ends: bool) -> Result<(), JobError> {
        let mut limits = ExtendedLimitInfo::new();
        if ends {
            limits.limit_kill_on_job_close();
        }
        job.set_extended_limit_info(&mut limits)
    }
}
