//! Lists of rights on Windows, as a person would set them.
//!
//! They are set as they are, without what a folder passes on: Wine makes its lists from the modes
//! of Unix, and would always pass on that everybody can read.

use std::fs::OpenOptions;
use std::os::windows::fs::OpenOptionsExt;
use std::path::Path;

use mde_offboard::journal::access::user_id;
use windows_permissions::constants::{SeObjectType, SecurityInformation};
use windows_permissions::wrappers::SetSecurityInfo;
use windows_permissions::{LocalBox, SecurityDescriptor};

/// Lets nobody in but this user.
pub(crate) fn close(path: &Path) {
    set(path, "");
}

/// Lets nobody else into a folder, but everybody read what is made in it without further ado.
pub(crate) fn pass_on_reading(folder: &Path) {
    set(folder, "(A;OICIIO;FR;;;WD)");
}

fn set(path: &Path, more: &str) {
    const READ_AND_SET: u32 = 0x2_0000 | 0x4_0000;
    /// Without it no folder is opened.
    const BACKUP_SEMANTICS: u32 = 0x0200_0000;
    let mut options = OpenOptions::new();
    options.access_mode(READ_AND_SET).custom_flags(BACKUP_SEMANTICS);
    let mut file = options.open(path).expect("ours");
    let user = user_id().expect("somebody");
    let rights = format!("D:P(A;OICI;FA;;;{user}){more}");
    let rights: LocalBox<SecurityDescriptor> = rights.parse().expect("a list");
    let what = SecurityInformation::Dacl | SecurityInformation::ProtectedDacl;
    let kind = SeObjectType::SE_KERNEL_OBJECT;
    SetSecurityInfo(&mut file, kind, what, None, None, rights.dacl(), None).expect("ours");
}
