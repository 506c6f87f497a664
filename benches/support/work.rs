//! How much of a core a process uses, where the system is Linux.

/// Seconds of a core that a process has used: the nanoseconds of each of its threads. The times in
/// `/proc/PID/stat` count whole hundredths, of which a process that waits rarely uses one. None
/// where there is no such process any more.
pub(crate) fn of(process: u32) -> Option<f64> {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).ok()?;
    let of_thread = |thread: std::io::Result<std::fs::DirEntry>| {
        // A thread may end while it is looked at.
        let text = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<f64>().ok()
    };
    Some(threads.filter_map(of_thread).sum::<f64>() / 1e9)
}
