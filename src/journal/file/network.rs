//! Whether a folder is on a network drive, where a journal cannot live: several processes on one
//! journal share memory, which no network drive has, and its locks may not hold.
//!
//! Called by `opening`. `SQLite` cannot tell: on Linux it makes its shared memory there all the
//! same. On Windows a drive's letter may stand for a share: its true path tells that, and where a
//! driver does not give that path, the system tells what kind of drive it is. Deliberately absent:
//! macOS, where nothing that can be read tells.

use std::path::Path;

/// Whether the folder is on a network drive, as far as the system tells.
pub(in crate::journal) fn holds(folder: &Path) -> bool {
    let folder = folder.canonicalize().or_else(|_| std::path::absolute(folder));
    folder.is_ok_and(|folder| is_share(&folder) || is_mounted(&folder))
}

#[cfg(windows)]
fn is_share(folder: &Path) -> bool {
    is_on_share(folder, |drive| winsafe::GetDriveType(Some(drive)) == winsafe::co::DRIVE::REMOTE)
}

/// `is_remote` is asked about a drive: `Z:\`.
#[cfg(windows)]
fn is_on_share(folder: &Path, is_remote: impl Fn(&str) -> bool) -> bool {
    use std::path::{Component, Prefix};
    let Some(Component::Prefix(prefix)) = folder.components().next() else { return false };
    match prefix.kind() {
        Prefix::UNC(..) | Prefix::VerbatimUNC(..) => true,
        Prefix::Disk(letter) | Prefix::VerbatimDisk(letter) => {
            is_remote(&format!("{}:\\", char::from(letter)))
        }
        Prefix::Verbatim(_) | Prefix::DeviceNS(_) => false,
    }
}

#[cfg(not(windows))]
const fn is_share(_: &Path) -> bool {
    false
}

#[cfg(target_os = "linux")]
fn is_mounted(folder: &Path) -> bool {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo");
    mounts.is_ok_and(|mounts| kind(&mounts, folder).is_some_and(is_network_kind))
}

#[cfg(not(target_os = "linux"))]
const fn is_mounted(_: &Path) -> bool {
    false
}

/// File systems of other computers.
#[cfg(target_os = "linux")]
fn is_network_kind(kind: &str) -> bool {
    const KINDS: [&str; 10] = [
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "afs",
        "ceph",
        "fuse.sshfs",
        "fuse.glusterfs",
        "fuse.davfs2",
    ];
    KINDS.contains(&kind)
}

/// The kind of file system that a folder is in: of the deepest mount above it, and of several
/// there the last one, which covers the others. The format is in proc(5), "mountinfo".
#[cfg(target_os = "linux")]
fn kind<'a>(mounts: &'a str, folder: &Path) -> Option<&'a str> {
    let mounts = mounts.lines().filter_map(|line| {
        let (mount, system) = line.split_once(" - ")?;
        let place = mount.split(' ').nth(4)?.replace("\\040", " ");
        folder.starts_with(&place).then(|| (place.len(), system.split(' ').next()))
    });
    mounts.max_by_key(|(depth, _)| *depth)?.1
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 22 0:35 / /home/anna/team\\040share rw - cifs //server/team rw,vers=3.1.1
41 22 0:36 / /mnt/data rw,noatime shared:9 master:2 - nfs4 server:/data rw
42 41 0:37 / /mnt/data/local rw - xfs /dev/vdb rw
43 22 0:38 / /mnt/both rw - ext4 /dev/vdc rw
44 22 0:39 / /mnt/both rw - fuse.sshfs anna@server: rw
";

    #[test]
    fn a_folder_is_where_the_deepest_and_last_mount_above_it_is() {
        for (folder, expected) in [
            ("/var/lib", "ext4"),
            ("/home/anna", "ext4"),
            ("/home/anna/team share/journals", "cifs"),
            ("/mnt/data", "nfs4"),
            ("/mnt/database", "ext4"),
            ("/mnt/data/local/x", "xfs"),
            ("/mnt/both/x", "fuse.sshfs"),
        ] {
            assert_eq!(kind(MOUNTS, Path::new(folder)), Some(expected), "{folder}");
        }
    }

    #[test]
    fn file_systems_of_other_computers_are_network_drives() {
        for (kind, network) in [("nfs4", true), ("cifs", true), ("ext4", false), ("tmpfs", false)] {
            assert_eq!(is_network_kind(kind), network, "{kind}");
        }
    }

    #[test]
    fn a_temporary_folder_is_on_no_network_drive() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!holds(folder.path()));
    }
}

#[cfg(windows)]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_a_network_drive_in_each_of_its_spellings_and_a_disk_is_none() {
        for (folder, network) in [
            (r"\\server\share\journals", true),
            (r"\\?\UNC\server\share\journals", true),
            (r"C:\journals", false),
            (r"\\?\C:\journals", false),
            (r"Z:\journals", true),
            (r"z:\journals", true),
            (r"\\?\Z:\journals", true),
            ("journals", false),
        ] {
            let mapped = |drive: &str| drive.eq_ignore_ascii_case(r"Z:\");
            assert_eq!(is_on_share(Path::new(folder), mapped), network, "{folder}");
        }
    }

    #[test]
    fn the_drive_of_the_temporary_folder_is_a_disk_by_any_name() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!holds(folder.path()));
        assert!(!holds(&folder.path().canonicalize().unwrap()));
        assert!(!holds(Path::new(".")));
    }
}
