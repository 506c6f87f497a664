//! The memory of many processes of one program, where the system is Linux.

/// What a process has for itself, and its share of what it shares with others such as its own code,
/// in KiB. None where there is no such process any more.
pub(crate) fn of(process: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let value = text.lines().find_map(|row| row.strip_prefix("Pss:"))?;
    value.trim().strip_suffix(" kB")?.trim().parse().ok()
}
