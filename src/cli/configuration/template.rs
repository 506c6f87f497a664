//! The file that `config init` writes: every setting, explained and commented out.
//!
//! Prose begins with `##`, a setting with `#`: without the first `#` of each line it is a file that
//! can be read, which a test holds.

/// The text of the file.
pub(crate) const TEMPLATE: &str = r#"## Settings of mde-offboard. Remove the `#` in front of one.
##
## A setting is an option without its hyphens and with underscores: --tenant-id is tenant_id. What
## wins: the option, then the profile that you name, then the environment, then the settings outside
## of the profiles, then the default. `mde-offboard config show` says which value is in force.
## Paths begin in the folder of this file.
##
## No secret belongs in this file. Name a file that holds it (secret_file), a command that prints it
## (secret_command), or a certificate, or set AZURE_CLIENT_SECRET.

## --- For all tenants ----------------------------------------------------------------------------

## The way to Defender. The system's proxy and certificates are used without these.
#proxy = "http://proxy.example.com:8080"
#ca_file = "company-ca.pem"
#timeout = "30s"

## What stops a mistake before it spreads.
#protect = "protect.toml"
#max_machines = 2000
#max_share = "20%"
#canary = 20
#canary_wait = "1h"
#max_failures = "5%"

## When and how fast to send. Defender's own limits, 100/1m and 1500/1h, always hold as well.
#between = "22:00-06:00 Europe/Berlin"
#limit = ["50/1m"]
#quota_share = "50%"
#shared_reads = false
#pace = "burst"
#concurrency = 8
#on_uncertain = "hold"
#offline_timeout = "12h"
#track_timeout = "30m"

## --- One table a tenant: mde-offboard run fleet.csv --profile contoso ----------------------------
## What stands in a profile holds for this tenant alone. Its journal is contoso.db in your user data
## folder, unless you name another one.

#[profile.contoso]
#tenant_id = "72f988bf-0000-0000-0000-000000000000"
#client_id = "5d1e0000-0000-0000-0000-00000000c07a"
## One line; nobody else may read it: chmod 600.
#secret_file = "contoso.secret"
#region = "eu"
#journal = "contoso.db"

#[profile.fabrikam]
#tenant_id = "fabrikam.example.com"
#client_id = "6e2f0000-0000-0000-0000-00000000d18b"
## The program and its arguments; no shell reads them. It has the time of `timeout`.
#secret_command = ["pass", "show", "mde/fabrikam"]
#cloud = "gcc-high"

#[profile.northwind]
#tenant_id = "7f300000-0000-0000-0000-00000000e29c"
#client_id = "80410000-0000-0000-0000-00000000f3ad"
## Certificate and private key in one PEM file.
#auth = "client-certificate"
#certificate = "northwind.pem"
## Only where the addresses of the cloud are not the right ones.
#api_url = "https://api.security.microsoft.com"
#authority_url = "https://login.microsoftonline.com"
"#;

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::path::PathBuf;

    use super::TEMPLATE;
    use crate::cli::configuration::document::Document;
    use crate::cli::configuration::file::{ConfigurationFile, FileChoice};
    use crate::cli::configuration::key::{Key, ValueShape};

    fn file() -> ConfigurationFile {
        ConfigurationFile { path: PathBuf::from("mde-offboard.toml"), found: FileChoice::Named }
    }

    #[test]
    fn without_its_comment_marks_the_written_file_is_right_and_has_every_setting() {
        assert_eq!(Document::parse(&file(), TEMPLATE).unwrap(), Document::default());
        let mut text = String::new();
        for line in TEMPLATE.lines() {
            writeln!(text, "{}", line.strip_prefix('#').unwrap_or(line)).unwrap();
        }
        let document = Document::parse(&file(), &text).unwrap();
        let all = document.profiles.iter().flat_map(|profile| &profile.settings);
        let all: Vec<Key> = all.chain(&document.settings).map(|setting| setting.key).collect();
        for key in Key::ALL.into_iter().filter(|key| key.shape() != ValueShape::Absent) {
            assert!(all.contains(&key), "{key:?}");
        }
    }
}
