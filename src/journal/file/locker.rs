//! Which process has locked a journal's files, as far as the system tells: on Linux it does.
//!
//! Called after waiting in vain for another program's lock. Deliberately absent: our own lock,
//! whose holder the journal names, and other systems, which do not tell.

use super::Location;

/// `process 4711, sqlite3`; none where it cannot be found out.
#[cfg(target_os = "linux")]
pub(in crate::journal) fn locker(location: &Location) -> Option<String> {
    use super::identity::FileIdentity;
    // A writer's lock is on the shared memory, an exclusive one on the file.
    let paths = [location.real().to_owned(), location.beside(Location::SHARED_MEMORY)];
    let files: Vec<FileIdentity> = paths
        .iter()
        .filter_map(|path| path.metadata().ok())
        .map(|it| FileIdentity::of(&it))
        .collect();
    let own = std::fs::read_link("/proc/self").ok()?;
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    let mut locks = locks.lines().filter_map(Lock::read);
    let pid = locks.find_map(|lock| {
        let other = own.to_str() != Some(lock.pid);
        let ours = |file: &FileIdentity| {
            // Some file systems show another device here than to those who ask for a file's.
            let number = file.number() == lock.number;
            number && (file.device() == lock.device || has_open(lock.pid, *file))
        };
        (other && files.iter().any(ours)).then_some(lock.pid)
    })?;
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    let name: String = name.trim().chars().filter(|c| !c.is_control()).collect();
    Some(if name.is_empty() { format!("process {pid}") } else { format!("process {pid}, {name}") })
}

#[cfg(not(target_os = "linux"))]
pub(in crate::journal) const fn locker(_: &Location) -> Option<String> {
    None
}

/// A line of `/proc/locks`, of a lock that lets nobody else write. The format is in proc(5).
#[cfg(target_os = "linux")]
struct Lock<'a> {
    pid: &'a str,
    device: u64,
    number: u64,
}

#[cfg(target_os = "linux")]
impl<'a> Lock<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, "POSIX", _, "WRITE", pid, file, ..] = words.as_slice() else { return None };
        let mut parts = file.split(':');
        let mut hexadecimal = || u64::from_str_radix(parts.next()?, 16).ok();
        let (major, minor) = (hexadecimal()?, hexadecimal()?);
        // As the C library puts them together.
        let device =
            (major & 0xfff) << 8 | (major & !0xfff) << 32 | (minor & 0xff) | (minor & !0xff) << 12;
        Some(Self { pid, device, number: parts.next()?.parse().ok()? })
    }
}

/// Whether a process has a file open; where that may not be asked, it is taken not to.
#[cfg(target_os = "linux")]
fn has_open(pid: &str, file: super::identity::FileIdentity) -> bool {
    let open = std::fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    let mut open = open.filter_map(|entry| entry.path().metadata().ok());
    open.any(|metadata| super::identity::FileIdentity::of(&metadata) == file)
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_locks_of_writers_count() {
        let lines = "\
1: POSIX  ADVISORY  WRITE 4711 fe:02:1234567 120 120
1: -> POSIX  ADVISORY  WRITE 4712 fe:02:1234567 120 120
2: FLOCK  ADVISORY  WRITE 4713 fe:02:1234567 0 EOF
3: POSIX  ADVISORY  READ  4714 fe:02:1234567 124 124
4: OFDLCK ADVISORY  WRITE -1 fe:02:1234567 0 0
";
        let found: Vec<_> = lines.lines().filter_map(Lock::read).collect();
        let [lock] = found.as_slice() else { panic!("{} locks", found.len()) };
        assert_eq!((lock.pid, lock.device, lock.number), ("4711", 0xfe02, 1_234_567));
    }
}
