//! Which file is read, and how its bytes become a text.

use std::path::{Path, PathBuf};

use crate::cli::environment;
use crate::cli::paths::shown;
use crate::cli::small_file::{self, SmallFileError};
use crate::cli::user_folders;
use crate::cli::{Exit, Failure};
use crate::domain::Advice;

/// The file's name, in the current folder and in the user's.
const NAME: &str = "mde-offboard.toml";

/// Thousands of profiles fit.
const KIB_MAX: u64 = 1024;

/// Why a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileChoice {
    /// By `--config`, or by its variable.
    Named,
    /// It lies in the current folder: who put it there is not known.
    InFolder,
    /// It is the user's own.
    OfUser,
}

/// The file that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigurationFile {
    pub(crate) path: PathBuf,
    pub(crate) found: FileChoice,
}

impl ConfigurationFile {
    /// The file that is named, else the one in the current folder, else the user's; none of them
    /// need be there.
    pub(super) fn find(option: Option<&Path>) -> Option<Self> {
        if let Some(path) = named_file(option) {
            return Some(Self { path, found: FileChoice::Named });
        }
        let exists = |path: &PathBuf| path.symlink_metadata().is_ok();
        let here = Some(PathBuf::from(NAME)).filter(exists);
        let here = here.map(|path| Self { path, found: FileChoice::InFolder });
        let here = here.filter(|file| !file.is_of_user());
        here.or_else(Self::of_user)
    }

    /// The user's own file, where this one was found in the current folder and hides it.
    pub(super) fn hides(&self) -> Option<Self> {
        if self.found == FileChoice::InFolder { Self::of_user() } else { None }
    }

    fn of_user() -> Option<Self> {
        let path = user_file().filter(|path| path.symlink_metadata().is_ok())?;
        Some(Self { path, found: FileChoice::OfUser })
    }

    /// Whether the current folder is the user's own for settings.
    fn is_of_user(&self) -> bool {
        let own = user_file().and_then(|path| path.canonicalize().ok());
        own.is_some_and(|own| self.path.canonicalize().is_ok_and(|here| here == own))
    }

    /// Its text, without a byte-order mark.
    pub(super) fn read(&self) -> Result<String, Failure> {
        let name = shown(&self.path);
        let refused = |why: &str| Failure::new(Exit::Usage, format!("{name} {why}"));
        let bytes = small_file::read(&self.path, KIB_MAX).map_err(|error| match error {
            error if error.is_missing() => {
                let write = Advice::from("name a configuration that is there, or write one: ");
                let failure = refused("cannot be read").caused_by(&error);
                failure.hint(write.then_command("config init"))
            }
            SmallFileError::Unreadable(error) => refused("cannot be read")
                .caused_by(&error)
                .hint("check its permissions, or name another one with --config"),
            SmallFileError::NoFile => refused("is no file").hint("name a file with --config"),
            SmallFileError::TooLarge(_) => refused("is larger than 1 MiB")
                .hint("is it a configuration? `config init` writes one to fill in"),
        })?;
        let text = String::from_utf8(bytes).map_err(|_| {
            refused("is not UTF-8").hint("save it again as UTF-8; in Notepad: Save as, Encoding")
        })?;
        Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
    }

    /// Where a path of the file leads to: it begins in the file's folder.
    pub(super) fn resolve(&self, path: &str) -> PathBuf {
        self.path.parent().map_or_else(|| PathBuf::from(path), |folder| folder.join(path))
    }
}

/// The file that `--config` names, or its variable.
pub(crate) fn named_file(option: Option<&Path>) -> Option<PathBuf> {
    option.map(Path::to_owned).or_else(environment::config)
}

/// Where the user's own configuration is, or would be; none: there is no home folder.
pub(crate) fn user_file() -> Option<PathBuf> {
    Some(user_folders::configuration()?.join("mde-offboard").join(NAME))
}
