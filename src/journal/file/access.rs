//! Who may use a file on Windows: the list of rights that each file and folder has there.
//!
//! What is made for its user alone lets in that user, the system and administrators, as a profile
//! folder does, and inherits nothing from its folder. Called for all files that are for their user
//! alone, also those of `cli`, and where others are looked for. A file system without such lists
//! (FAT, some network drives) refuses them: that is logged and stops nobody, since a file there is
//! as open as its drive. Deliberately absent: what a person chose for files that are there already,
//! and entries that deny, which only ever take rights away.

/// What people can do who are neither this user nor administrators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Others {
    /// Read it.
    Read,
    /// Change it, delete it, or let others do so.
    Change,
}

#[cfg(windows)]
pub use system::{keep_private, let_everyone_read, others, user_id};

#[cfg(windows)]
pub(super) use system::give_rights_of;

#[cfg(windows)]
mod system {
    use std::ffi::OsStr;
    use std::io;
    use std::path::Path;

    use windows_permissions::constants::{SeObjectType, SecurityInformation};
    use windows_permissions::utilities::current_process_sid;
    use windows_permissions::wrappers::{
        ConvertSecurityDescriptorToStringSecurityDescriptor, ConvertSidToStringSid,
        GetNamedSecurityInfo, SetNamedSecurityInfo,
    };
    use windows_permissions::{LocalBox, SecurityDescriptor};

    use super::Others;

    const FILE: SeObjectType = SeObjectType::SE_FILE_OBJECT;

    /// This user's number (`S-1-5-21-...`), as `icacls` takes it after a `*`.
    ///
    /// # Errors
    /// Windows does not tell it.
    pub fn user_id() -> io::Result<String> {
        let id = ConvertSidToStringSid(&*current_process_sid()?)?;
        Ok(id.to_string_lossy().into_owned())
    }

    /// Lets this user, the system and administrators in, and nobody else; of a folder, also into
    /// what will be made in it.
    pub fn keep_private(path: &Path) {
        logged(path, let_in(path, &[]));
    }

    /// The same, and lets everybody read it.
    pub fn let_everyone_read(path: &Path) {
        logged(path, let_in(path, &[("WD", "FR")]));
    }

    /// The user, the system and administrators may do all, these others what stands beside them.
    fn let_in(path: &Path, others: &[(&str, &str)]) -> io::Result<()> {
        let inherited = if path.is_dir() { "OICI" } else { "" };
        let user = user_id()?;
        let own = [(user.as_str(), "FA"), ("SY", "FA"), ("BA", "FA")];
        let entries = own.iter().chain(others);
        let entries = entries.map(|(who, rights)| format!("(A;{inherited};{rights};;;{who})"));
        let list: LocalBox<SecurityDescriptor> =
            format!("D:P{}", entries.collect::<String>()).parse()?;
        set(path, &list, SecurityInformation::ProtectedDacl)
    }

    fn set(path: &Path, rights: &SecurityDescriptor, how: SecurityInformation) -> io::Result<()> {
        let what = SecurityInformation::Dacl | how;
        SetNamedSecurityInfo(path.as_os_str(), FILE, what, None, None, rights.dacl(), None)
    }

    /// Gives a file beside a journal the journal's rights: `SQLite` makes its files with those of
    /// the folder.
    pub(in crate::journal::file) fn give_rights_of(journal: &Path, beside: &Path) {
        let given = || {
            let (rights, text) = read(journal.as_os_str())?;
            if read(beside.as_os_str())?.1 == text {
                return Ok(());
            }
            let protected = text.strip_prefix("D:").is_some_and(|text| text.starts_with('P'));
            let how = if protected {
                SecurityInformation::ProtectedDacl
            } else {
                SecurityInformation::UnprotectedDacl
            };
            set(beside, &rights, how)
        };
        logged(beside, given());
    }

    /// What others can do with a file; none where they can do nothing, where it is not there, and
    /// where its file system has no such lists.
    pub fn others(path: &Path) -> Option<Others> {
        super::others_in(&read(path.as_os_str()).ok()?.1)
    }

    /// The list of a file, and the same as text.
    fn read(path: &OsStr) -> io::Result<(LocalBox<SecurityDescriptor>, String)> {
        let what = SecurityInformation::Dacl;
        let rights = GetNamedSecurityInfo(path, FILE, what)?;
        let text = ConvertSecurityDescriptorToStringSecurityDescriptor(&rights, what)?;
        Ok((rights, text.to_string_lossy().into_owned()))
    }

    fn logged(path: &Path, done: io::Result<()>) {
        if let Err(error) = done {
            let path = path.display();
            tracing::warn!(target: "mde_offboard::journal", %path, %error, "rights not limited");
        }
    }
}

/// What a list of rights lets others do, in the text form that Windows gives it (SDDL):
/// `D:P(A;;FA;;;SY)(A;ID;0x1200a9;;;BU)`.
#[cfg(any(windows, test))]
fn others_in(text: &str) -> Option<Others> {
    // A file without a list is everybody's.
    if text.contains("NO_ACCESS_CONTROL") {
        return Some(Others::Change);
    }
    text.split('(').skip(1).filter_map(others_by).max()
}

/// By one entry: `A;ID;FR;;;BU)`.
#[cfg(any(windows, test))]
fn others_by(entry: &str) -> Option<Others> {
    /// Everyone, signed in, users of this computer, at its keyboard, over the network, anonymous,
    /// guests; those of the domain, too.
    const GROUPS: [&str; 9] = ["WD", "AU", "BU", "IU", "NU", "AN", "BG", "DU", "DG"];
    /// The same as numbers: the end of a domain's users and guests.
    const DOMAIN_GROUPS: [&str; 2] = ["-513", "-514"];
    const READ: u32 = 0x8000_0000 | 0x1000_0000 | 0x1;
    /// Data, its end, the file itself, its list, its owner.
    const CHANGE: u32 = 0x4000_0000 | 0x1000_0000 | 0x2 | 0x4 | 0x1_0000 | 0x4_0000 | 0x8_0000;
    let mut fields = entry.trim_end_matches(')').split(';');
    let (kind, flags, rights) = (fields.next()?, fields.next()?, rights(fields.next()?));
    let who = fields.nth(2)?.trim_end_matches(')');
    let is_group = GROUPS.contains(&who)
        || who == "S-1-1-0"
        || (who.starts_with("S-1-5-21-") && DOMAIN_GROUPS.iter().any(|end| who.ends_with(end)));
    // What is only passed on to files in a folder says nothing about the folder.
    if !matches!(kind, "A" | "XA") || flags.contains("IO") || !is_group {
        return None;
    }
    match rights {
        rights if rights & CHANGE != 0 => Some(Others::Change),
        rights if rights & READ != 0 => Some(Others::Read),
        _ => None,
    }
}

/// The rights of an entry: a number, or words of two letters.
#[cfg(any(windows, test))]
fn rights(text: &str) -> u32 {
    const WORDS: [(&str, u32); 21] = [
        ("GA", 0x1000_0000),
        ("GR", 0x8000_0000),
        ("GW", 0x4000_0000),
        ("GX", 0x2000_0000),
        ("FA", 0x1f_01ff),
        ("FR", 0x12_0089),
        ("FW", 0x12_0116),
        ("FX", 0x12_00a0),
        ("RC", 0x2_0000),
        ("SD", 0x1_0000),
        ("WD", 0x4_0000),
        ("WO", 0x8_0000),
        ("CC", 0x1),
        ("DC", 0x2),
        ("LC", 0x4),
        ("SW", 0x8),
        ("RP", 0x10),
        ("WP", 0x20),
        ("DT", 0x40),
        ("LO", 0x80),
        ("CR", 0x100),
    ];
    if let Some(digits) = text.strip_prefix("0x") {
        return u32::from_str_radix(digits, 16).unwrap_or(u32::MAX);
    }
    let letters: Vec<char> = text.chars().collect();
    let words = letters.chunks(2).map(|word| word.iter().collect::<String>());
    words.fold(0, |all, word| {
        let found = WORDS.iter().find(|(known, _)| *known == word);
        all | found.map_or(0, |(_, rights)| *rights)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_strangers_are_others_and_the_user_and_administrators_are_not() {
        const USER: &str = "S-1-5-21-1004336348-1177238915-682003330-1001";
        const DOMAIN_USERS: &str = "S-1-5-21-1004336348-1177238915-682003330-513";
        for (text, expected) in [
            (format!("D:P(A;;FA;;;{USER})(A;;FA;;;SY)(A;;FA;;;BA)"), None),
            ("D:AI(A;ID;FA;;;SY)(A;ID;0x1200a9;;;BU)".to_owned(), Some(Others::Read)),
            ("D:AI(A;ID;0x1301bf;;;AU)(A;ID;FA;;;BA)".to_owned(), Some(Others::Change)),
            (format!("D:(A;;FR;;;{DOMAIN_USERS})"), Some(Others::Read)),
            ("D:(A;;FR;;;WD)(A;;FW;;;BU)".to_owned(), Some(Others::Change)),
            ("D:(A;;GA;;;S-1-1-0)".to_owned(), Some(Others::Change)),
            ("D:(A;;CCRC;;;IU)".to_owned(), Some(Others::Read)),
            ("D:(A;;RCLO;;;WD)".to_owned(), None),
            ("D:(A;OICIIO;FA;;;WD)".to_owned(), None),
            ("D:(D;;FA;;;WD)".to_owned(), None),
            ("D:(XA;;FR;;;AU;(Member_of {SID(BA)}))".to_owned(), Some(Others::Read)),
            ("D:NO_ACCESS_CONTROL".to_owned(), Some(Others::Change)),
            ("D:".to_owned(), None),
        ] {
            assert_eq!(others_in(&text), expected, "{text}");
        }
    }
}
