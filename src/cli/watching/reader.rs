//! Whether somebody still reads what a watch writes.
//!
//! A pipe tells its writer at the next write that nobody reads it, and a watch may write nothing
//! for half a minute, or ever.

/// Whether standard output is a pipe whose other end is closed. Where the system does not say so,
/// the next write does.
#[cfg(unix)]
pub(super) fn is_gone() -> bool {
    use std::os::fd::AsFd;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    const AT_ONCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };
    let out = std::io::stdout();
    // Errors and hang-ups are told without being asked for.
    let mut ends = [PollFd::from_borrowed_fd(out.as_fd(), PollFlags::empty())];
    let polled = poll(&mut ends, Some(&AT_ONCE));
    polled.is_ok() && ends[0].revents().intersects(PollFlags::ERR | PollFlags::HUP)
}

#[cfg(not(unix))]
pub(super) const fn is_gone() -> bool {
    false
}
