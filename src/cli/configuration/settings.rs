//! Every layer of settings: which value of each is in force, where it is from, what it overrides.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Parser;

use crate::cli::args::{Auth, GlobalArguments};
use crate::cli::environment;
use crate::cli::paths::shown;
use crate::cli::{Exit, Failure};
use crate::domain::text::excerpt;
use crate::domain::{Advice, quoted};

use super::configured_options::{ConfiguredOptions, as_options};
use super::defaults;
use super::document::{Document, WrittenProfile, WrittenSetting};
use super::file::ConfigurationFile;
use super::hidden_file::HiddenFile;
use super::key::Key;
use super::origin::SettingOrigin;
use super::shown_value::shown_value;
use super::tenant_profiles::TenantProfiles;
use super::typed::TypedOptions;
use super::value::address_error;

/// A value that somebody gave.
#[derive(Debug, Clone)]
struct GivenValue {
    key: Key,
    /// Empty for a secret of the environment: it is read where it is used.
    texts: Vec<OsString>,
    origin: SettingOrigin,
}

/// A setting as it is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) key: Key,
    /// In words, without any part of a secret; none: nobody set it, and it has no default.
    pub(crate) value: Option<String>,
    pub(crate) origin: SettingOrigin,
    /// What others said, the strongest first.
    pub(crate) overridden: Vec<Overridden>,
}

/// A value that is not in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Overridden {
    /// In words, without any part of a secret.
    pub(crate) value: String,
    pub(crate) origin: SettingOrigin,
}

/// Something to sign in with.
#[derive(Debug, Clone)]
pub(crate) struct SignInProof {
    pub(crate) auth: Auth,
    /// In which form it is there.
    pub(crate) key: Key,
    /// The path, or the command; nothing for a secret of the environment.
    pub(crate) texts: Vec<OsString>,
    pub(crate) origin: SettingOrigin,
}

impl SignInProof {
    /// Its name: the variable's, or the key with its profile.
    pub(crate) fn name(&self) -> String {
        match &self.origin {
            SettingOrigin::Environment(name) => (*name).to_owned(),
            SettingOrigin::Profile { name, .. } => format!("{} of {name}", self.key.word()),
            _ => self.key.word().to_owned(),
        }
    }

    /// Where it is read, with its name: `contoso.pem (certificate of contoso)`.
    pub(crate) fn place(&self) -> String {
        let name = self.name();
        match self.texts.first() {
            None => name,
            Some(program) if self.key == Key::SecretCommand => {
                format!("`{}` ({name})", excerpt(&program.to_string_lossy()))
            }
            Some(path) => format!("{} ({name})", shown(Path::new(path))),
        }
    }
}

/// All that the options, the named profile, the environment and the file say.
#[derive(Debug, Clone)]
pub(crate) struct Configuration {
    file: Option<ConfigurationFile>,
    /// The user's own file, of which only the guards count.
    hidden: Option<HiddenFile>,
    profile: Option<String>,
    /// The names of all profiles of the file.
    profiles: Vec<String>,
    tenants: TenantProfiles,
    /// The strongest origin first; of one origin in the order of the keys.
    given: Vec<GivenValue>,
    /// What is in force below the options, in their types.
    below: ConfiguredOptions,
}

/// The order in which `--auth auto` takes what one origin has.
const AUTO: [Auth; 4] =
    [Auth::Token, Auth::ClientSecret, Auth::ClientCertificate, Auth::WorkloadIdentity];

impl Configuration {
    /// Reads the file that is named or found, and the environment.
    pub(crate) fn load(global: &GlobalArguments, typed: &TypedOptions) -> Result<Self, Failure> {
        let file = ConfigurationFile::find(global.config.as_deref());
        let (document, hidden) = match &file {
            Some(file) => (Document::parse(file, &file.read()?)?, HiddenFile::behind(file)?),
            None => (Document::default(), None),
        };
        Self::of((file, hidden), document, global.profile.as_deref(), typed)
    }

    /// The environment and the options alone, for a command that needs no file.
    pub(crate) fn without_file(typed: &TypedOptions) -> Result<Self, Failure> {
        Self::of_layers((None, None), None, (Vec::new(), Document::default()), typed)
    }

    fn of(
        (file, hidden): (Option<ConfigurationFile>, Option<HiddenFile>),
        document: Document,
        profile: Option<&str>,
        typed: &TypedOptions,
    ) -> Result<Self, Failure> {
        let by_variable = environment::profile();
        let name = profile.or(by_variable.as_deref());
        let profile = match name {
            None => None,
            Some(name) => {
                let known = document.profiles.iter().find(|profile| profile.name == name);
                let known = known.cloned();
                let own = hidden.as_ref().filter(|hidden| hidden.has_profile(name));
                let file = (file.as_ref(), own.map(|hidden| &hidden.file));
                let missing = || no_profile(name, profile.is_none(), file, &document);
                Some(known.ok_or_else(missing)?)
            }
        };
        let (name, settings) = match profile {
            Some(WrittenProfile { name, settings }) => (Some(name), settings),
            None => (None, Vec::new()),
        };
        Self::of_layers((file, hidden), name, (settings, document), typed)
    }

    fn of_layers(
        (file, hidden): (Option<ConfigurationFile>, Option<HiddenFile>),
        profile: Option<String>,
        (of_profile, document): (Vec<WrittenSetting>, Document),
        typed: &TypedOptions,
    ) -> Result<Self, Failure> {
        let mut given = Vec::new();
        for (key, texts) in &typed.0 {
            let option = key.option().unwrap_or_default();
            let text = texts.first().and_then(|text| text.to_str());
            if let Some(error) = text.and_then(|text| address_error(*key, text)) {
                let failure = Failure::new(Exit::Usage, format!("--{option}: {error}"));
                return Err(failure.hint(error.hint()));
            }
            let (texts, origin) = (texts.clone(), SettingOrigin::Option(option));
            given.push(GivenValue { key: *key, texts, origin });
        }
        let guards = hidden.iter().flat_map(|hidden| hidden.guards(profile.as_deref()));
        given.extend(guards.map(|(setting, origin)| GivenValue {
            key: setting.key,
            texts: setting.texts.clone(),
            origin,
        }));
        for WrittenSetting { key, texts, at, .. } in of_profile {
            let name = profile.clone().unwrap_or_default();
            given.push(GivenValue { key, texts, origin: SettingOrigin::Profile { name, at } });
        }
        given.extend(Key::ALL.into_iter().filter_map(of_environment));
        for WrittenSetting { key, texts, at, .. } in document.settings {
            given.push(GivenValue { key, texts, origin: SettingOrigin::File(at) });
        }
        let below = below(&given)?;
        let tenants = TenantProfiles::of_document(&document.profiles);
        let profiles = document.profiles.into_iter().map(|profile| profile.name).collect();
        Ok(Self { file, hidden, profile, profiles, tenants, given, below })
    }

    /// The file that was read, named or found.
    pub(crate) const fn file(&self) -> Option<&ConfigurationFile> {
        self.file.as_ref()
    }

    /// The user's own file, where one in the current folder is read instead, and the guards of it
    /// that hold all the same.
    pub(crate) fn hidden_file(&self) -> Option<(&ConfigurationFile, Vec<Key>)> {
        let hidden = self.hidden.as_ref()?;
        Some((&hidden.file, hidden.guard_keys(self.profile())))
    }

    /// The profile that is named, by an option or the environment.
    pub(crate) fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// All profiles that could be named.
    pub(crate) fn profiles(&self) -> &[String] {
        &self.profiles
    }

    /// By which the profile of a journal is found.
    pub(crate) fn tenant_profiles(&self) -> TenantProfiles {
        self.tenants.clone()
    }

    /// What is in force of all origins but the options, whose values are with each command.
    pub(crate) const fn below_options(&self) -> &ConfiguredOptions {
        &self.below
    }

    /// Every setting, in the order of the keys. The places of the client secret are one.
    pub(crate) fn settings(&self) -> Vec<Setting> {
        let keys = Key::ALL.into_iter().filter(|key| key.setting() == *key);
        keys.map(|key| self.setting(key)).collect()
    }

    /// A setting: its value in force, where that is from, and what it overrides.
    pub(crate) fn setting(&self, key: Key) -> Setting {
        let is_meant = |given: &&GivenValue| given.key.setting() == key.setting();
        let (overruled, fitting): (Vec<_>, Vec<_>) =
            self.given.iter().filter(is_meant).partition(|value| is_overruled(value, &self.given));
        let said = |given: &GivenValue| Overridden {
            value: shown_value(given.key, &given.texts),
            origin: given.origin.clone(),
        };
        let mut fitting = fitting.into_iter().map(said);
        let (value, origin) = match fitting.next() {
            Some(Overridden { value, origin }) => (Some(value), origin),
            None => (defaults::of(key), SettingOrigin::Default),
        };
        let (value, added) = match (key, &origin) {
            // Another file's list is not overridden: both count.
            (Key::Protect, SettingOrigin::Profile { .. } | SettingOrigin::File(_)) => {
                let lists = self.protect_lists();
                let names: Vec<String> = lists.iter().map(|path| shown(path)).collect();
                (Some(names.join(" and ")), names)
            }
            _ => (value, Vec::new()),
        };
        let fitting = fitting.filter(|other| !added.contains(&other.value));
        let overridden = fitting.chain(overruled.into_iter().map(said)).collect();
        Setting { key, value, origin, overridden }
    }

    /// What there is to sign in with, in the order in which `--auth auto` takes it. A profile's
    /// wins over the environment's.
    pub(crate) fn proofs(&self) -> Vec<SignInProof> {
        let mut proofs: Vec<SignInProof> = Vec::new();
        for GivenValue { key, texts, origin } in &self.given {
            let Some(auth) = key.proof() else { continue };
            proofs.push(SignInProof {
                auth,
                key: *key,
                texts: texts.clone(),
                origin: origin.clone(),
            });
        }
        let place = |proof: &SignInProof| AUTO.iter().position(|auth| *auth == proof.auth);
        proofs.sort_by_key(|proof| (proof.origin.rank(), place(proof)));
        proofs
    }

    /// The files that the settings in force name: none of them is ever written over.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let is_read = |given: &&GivenValue| given.key.is_path() && given.key != Key::Journal;
        let named = self.given.iter().filter(is_read).flat_map(|given| &given.texts);
        let named = named.map(Into::into);
        let own = self.hidden.iter().map(|hidden| hidden.file.path.clone());
        named.chain(self.file.as_ref().map(|file| file.path.clone())).chain(own).collect()
    }

    /// The protect list of each file, the user's own first.
    pub(super) fn protect_lists(&self) -> Vec<PathBuf> {
        let hidden = self.hidden.as_ref().map(|hidden| &hidden.file);
        let files = hidden.into_iter().chain(&self.file);
        let list_of = |file: &ConfigurationFile| {
            self.given.iter().find(|given| {
                let at = given.origin.file_line();
                given.key == Key::Protect && at.is_some_and(|at| at.file == file.path)
            })
        };
        files.filter_map(list_of).filter_map(|given| given.texts.first()).map(Into::into).collect()
    }
}

fn of_environment(key: Key) -> Option<GivenValue> {
    let name = key.variable()?;
    if key.is_path() {
        let texts = vec![environment::path(name)?.into()];
        return Some(GivenValue { key, texts, origin: SettingOrigin::Environment(name) });
    }
    let text = environment::text(name)?;
    let texts = match key {
        // Who reads it wraps it at once.
        Key::ClientSecret | Key::Token => Vec::new(),
        // Azure's own tools also take a bare host here.
        Key::AuthorityUrl if !text.contains("://") => vec![format!("https://{text}").into()],
        _ => vec![text.into()],
    };
    Some(GivenValue { key, texts, origin: SettingOrigin::Environment(name) })
}

/// Whether a stronger origin chose another cloud or region than an address leads to: a variable
/// that is left over from another tenant must not lead its requests away.
fn is_overruled(value: &GivenValue, given: &[GivenValue]) -> bool {
    let by: &[Key] = match value.key {
        Key::ApiUrl => &[Key::Cloud, Key::Region],
        Key::AuthorityUrl => &[Key::Cloud],
        _ => &[],
    };
    given.iter().any(|it| by.contains(&it.key) && it.origin.rank() < value.origin.rank())
}

/// The strongest value of each key below the options.
fn below(given: &[GivenValue]) -> Result<ConfiguredOptions, Failure> {
    let is_below = |it: &&GivenValue| {
        !matches!(it.origin, SettingOrigin::Option(_)) && !is_overruled(it, given)
    };
    let in_force = |key| given.iter().filter(is_below).find(|it| it.key == key);
    let options = Key::ALL.into_iter().filter_map(in_force);
    let options = options.flat_map(|given| as_options(given.key, &given.texts));
    ConfiguredOptions::try_parse_from(options).map_err(|error| {
        // Each value was checked where it stands, or is a plain text.
        Failure::new(Exit::Usage, "the settings do not fit together")
            .caused_by(&error)
            .hint("take one of them out: of the command, the environment or the file of settings")
    })
}

/// Names in a sentence; of very many, the first.
pub(crate) fn named(names: &[impl AsRef<str>]) -> String {
    /// They fit on a screen.
    const SHOWN_MAX: usize = 20;
    let shown: Vec<&str> = names.iter().take(SHOWN_MAX).map(AsRef::as_ref).collect();
    let shown = shown.join(", ");
    match names.len().saturating_sub(SHOWN_MAX) {
        0 => shown,
        more => format!("{shown}, and {more} more"),
    }
}

fn no_profile(
    name: &str,
    by_variable: bool,
    (file, own): (Option<&ConfigurationFile>, Option<&ConfigurationFile>),
    document: &Document,
) -> Failure {
    let name = excerpt(name);
    let from = if by_variable { " (from MDE_OFFBOARD_PROFILE)" } else { "" };
    match file {
        None => {
            let said = format!("there is no profile `{name}`{from}: there is no configuration");
            let hint = Advice::from("write one: ").then_command("config init");
            Failure::new(Exit::Usage, said).hint(hint)
        }
        Some(file) => {
            let said = format!("there is no profile `{name}`{from} in {}", shown(&file.path));
            if let Some(own) = own.map(|own| quoted(&shown(&own.path))) {
                let hint = format!("your own file has it: --config {own}");
                return Failure::new(Exit::Usage, said).hint(hint);
            }
            let known: Vec<&str> =
                document.profiles.iter().map(|profile| profile.name.as_str()).collect();
            Failure::new(Exit::Usage, said).hint(if known.is_empty() {
                "it has no profile; a tenant is written as [profile.NAME]".to_owned()
            } else {
                format!("it has these: {}", named(&known))
            })
        }
    }
}
