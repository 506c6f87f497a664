//! The configuration file, its profiles, and which value of a setting is in force.
//!
//! A setting comes from an option, the profile that is named, the environment, the file, or a
//! default, in this order. [`Configuration`] knows all of them, so that each value can be shown
//! with its origin and with what it overrides. A key is an option's name with underscores, and its
//! value is read as the option's would be.
//!
//! Deliberately absent: secrets themselves (`connect` reads them where the file says), and the
//! defaults that depend on a batch.

mod configured_options;
mod defaults;
mod document;
mod fault;
mod file;
mod frame;
mod hidden_file;
mod key;
mod merged;
mod origin;
mod profile_name;
mod settings;
mod shown_value;
mod template;
mod tenant_profiles;
mod typed;
mod unknown;
mod value;

pub(crate) use file::{FileChoice, named_file, user_file};
pub(crate) use key::Key;
pub(crate) use origin::{FileLine, SettingOrigin};
pub(crate) use settings::{Configuration, Overridden, Setting, SignInProof, named};
pub(crate) use shown_value::without_password;
pub(crate) use template::TEMPLATE;
pub(crate) use tenant_profiles::TenantProfiles;
pub(crate) use typed::TypedOptions;
