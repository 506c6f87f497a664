//! How much memory a process has and had, where the system is Linux.

/// One line of `/proc/PID/status` in KiB: `VmRSS` is what it has, `VmHWM` the most that it ever
/// had. None where there is no such process any more.
pub(crate) fn of(process: u32, line: &str) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let value = text.lines().find_map(|row| row.strip_prefix(line)?.strip_prefix(':'))?;
    value.trim().strip_suffix(" kB")?.trim().parse().ok()
}
