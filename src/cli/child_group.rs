//! Programs that this one starts: each in a process group of its own, which ends as a whole.
//!
//! A script forks, and killing the script alone would leave its children. So the group is killed,
//! where the result is no longer wanted and where this process leaves. On Windows only the program
//! itself is ended: its children would need a job object, which is too much for a case that Ctrl-C
//! solves there, since all programs of a console get it. Deliberately absent: what a program
//! prints, and how long it may take.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::process::{Child, Command};

/// The groups that live, by the number of their first process. Of the process as a whole, since the
/// thread that hears Ctrl-C ends the process while another thread waits for a program.
static LIVING: Mutex<Vec<u32>> = Mutex::new(Vec::new());

fn living() -> MutexGuard<'static, Vec<u32>> {
    LIVING.lock().unwrap_or_else(PoisonError::into_inner)
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
        living.push(number);
        Ok(Self { child, number })
    }
}

impl Drop for ChildGroup {
    fn drop(&mut self) {
        let mut living = living();
        living.retain(|number| *number != self.number);
        // Once its end was waited for, its number may be another process's.
        if self.child.id().is_some() {
            kill(self.number);
        }
    }
}

/// Ends the process, and every program that it started and still waits for.
pub(crate) fn leave(code: u8) -> ! {
    // Held to the end, so that no other thread goes on with what it makes of a killed program.
    let living = living();
    living.iter().copied().for_each(kill);
    std::process::exit(code.into())
}

#[cfg(unix)]
fn kill(number: u32) {
    use rustix::process::{Pid, Signal, kill_process_group};
    let group = i32::try_from(number).ok().and_then(Pid::from_raw);
    if let Some(group) = group {
        // One that has ended meanwhile cannot be killed, and need not be.
        let _ended = kill_process_group(group, Signal::KILL);
    }
}

#[cfg(not(unix))]
const fn kill(_number: u32) {}
