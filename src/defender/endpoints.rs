//! Which cloud lives at which hosts (Microsoft's pages "Microsoft Defender for Endpoint for US
//! Government customers" and "Access the Microsoft Defender for Endpoint APIs").
//!
//! `cli` asks once, from `--cloud` and `--region`; what is given by address replaces it there.
//! Deliberately absent: the 21Vianet cloud, for which these pages name no API.

use super::{ApiUrl, AuthorityUrl};
use crate::domain::{Realm, words};

words! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Cloud {
        Public = "public",
        /// GCC: the commercial sign-in, the government API.
        Gcc = "gcc",
        /// GCC High.
        GccHigh = "gcc-high",
        /// `DoD`: the same hosts as GCC High.
        Dod = "dod",
    }
}

/// What is known of a cloud. One table, so that a host and an audience cannot disagree.
struct CloudRow {
    clouds: &'static [Cloud],
    authority: &'static str,
    api: &'static str,
    /// Hosts of the API, of today and of earlier years, which clients still use. Those of regions
    /// end in one of them, after a label of their own or a prefix (`us.api.`, `api-us.`).
    hosts: &'static [&'static str],
    /// What a token is asked for: the API's audience with `/.default`. In the commercial cloud it
    /// keeps its old name although the API's host has a new one.
    scope: &'static str,
    /// Other names of the same API, for which clients of this cloud ask. Entra knows them as names
    /// of `WindowsDefenderATP`; a sign-in with one of them that nobody knows fails by itself.
    other_names: &'static [&'static str],
}

const TABLE: [CloudRow; 3] = [
    CloudRow {
        clouds: &[Cloud::Public],
        authority: "https://login.microsoftonline.com",
        api: "api.security.microsoft.com",
        hosts: &[
            "security.microsoft.com",
            "securitycenter.microsoft.com",
            "securitycenter.windows.com",
        ],
        scope: "https://api.securitycenter.microsoft.com/.default",
        other_names: &[
            "https://api.securitycenter.windows.com",
            "https://api-us.securitycenter.microsoft.com",
            "https://api-eu.securitycenter.microsoft.com",
            "https://api-uk.securitycenter.microsoft.com",
            "https://api-us.securitycenter.windows.com",
            "https://api-eu.securitycenter.windows.com",
            "https://api-uk.securitycenter.windows.com",
            "https://securitycenter.onmicrosoft.com/windowsatpservice",
            "https://securitycenter.onmicrosoft.com",
        ],
    },
    CloudRow {
        clouds: &[Cloud::Gcc],
        authority: "https://login.microsoftonline.com",
        api: "api-gcc.securitycenter.microsoft.us",
        hosts: &["api-gcc.securitycenter.microsoft.us"],
        scope: "https://api-gcc.securitycenter.microsoft.us/.default",
        other_names: &[
            "https://securitycenter.onmicrosoft.com/windowsatpservice",
            "https://securitycenter.onmicrosoft.com",
        ],
    },
    CloudRow {
        clouds: &[Cloud::GccHigh, Cloud::Dod],
        authority: "https://login.microsoftonline.us",
        api: "api-gov.securitycenter.microsoft.us",
        hosts: &["api-gov.securitycenter.microsoft.us"],
        scope: "https://api-gov.securitycenter.microsoft.us/.default",
        other_names: &[
            "https://securitycenter.onmicrosoft.us/windowsatpservice",
            "https://securitycenter.onmicrosoft.us",
        ],
    },
];

/// Domains in which all audiences of Defender are, of every cloud.
const DOMAINS: [&str; 6] = [
    "securitycenter.microsoft.com",
    "securitycenter.windows.com",
    "securitycenter.microsoft.us",
    "securitycenter.windows.us",
    "securitycenter.onmicrosoft.com",
    "securitycenter.onmicrosoft.us",
];

/// The application ID of `WindowsDefenderATP` in every cloud: the audience of tokens of the second
/// version.
pub const DEFENDER_APP_ID: &str = "fc780465-2017-40d4-a0c5-307022471b92";

impl Cloud {
    /// The cloud that is known to live at an address.
    pub fn at(api: &ApiUrl) -> Option<Self> {
        let host = api.host();
        let lives_there = |row: &&CloudRow| row.hosts.iter().any(|known| is_within(host, known));
        TABLE.iter().find(lives_there).map(|row| row.clouds[0])
    }

    fn row(self) -> &'static CloudRow {
        let row = TABLE.iter().find(|row| row.clouds.contains(&self));
        row.expect("every cloud is in the table")
    }

    pub const fn realm(self) -> Realm {
        match self {
            Self::Public => Realm::Public,
            Self::Gcc => Realm::Gcc,
            Self::GccHigh | Self::Dod => Realm::Government,
        }
    }

    /// A cloud of that realm; none where it is no Defender.
    pub const fn of(realm: Realm) -> Option<Self> {
        match realm {
            Realm::Public => Some(Self::Public),
            Realm::Gcc => Some(Self::Gcc),
            Realm::Government => Some(Self::GccHigh),
            Realm::Loopback | Realm::Simulator => None,
        }
    }
}

words! {
    /// A region of the commercial cloud with an API host of its own. Tokens are the same.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Region {
        Us = "us",
        Eu = "eu",
        Uk = "uk",
        Au = "au",
        /// Switzerland.
        Swa = "swa",
        /// India.
        Ina = "ina",
        /// Newer pages name it beside the others, without saying where it is.
        Aea = "aea",
    }
}

/// Where a cloud is reached, and for what a token is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    pub api: ApiUrl,
    pub authority: AuthorityUrl,
    /// The API's audience with `/.default`: what a token is asked for.
    pub scope: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("region `{}` exists only in the public cloud, not in `{}`", region.word(), cloud.word())]
pub struct EndpointsError {
    cloud: Cloud,
    region: Region,
}

/// The hosts of a cloud, and of a region of it.
///
/// # Errors
/// [`EndpointsError`] for a region of a government cloud.
pub fn endpoints(cloud: Cloud, region: Option<Region>) -> Result<Endpoints, EndpointsError> {
    let CloudRow { authority, api, scope, .. } = cloud.row();
    let host = match (cloud, region) {
        (_, None) => (*api).to_owned(),
        (Cloud::Public, Some(region)) => format!("{}.{api}", region.word()),
        (_, Some(region)) => return Err(EndpointsError { cloud, region }),
    };
    Ok(Endpoints {
        api: ApiUrl::parse(&format!("https://{host}")).expect("a host of this table"),
        authority: AuthorityUrl::parse(authority).expect("a host of this table"),
        scope,
    })
}

/// The audience of a scope that [`endpoints`] gave.
pub fn audience_of(scope: &str) -> &str {
    scope.strip_suffix("/.default").unwrap_or(scope)
}

/// How a token's audience goes with the API that is asked.
///
/// A token for a strange API is refused with 401 or 403, as some clients were told. But Defender
/// has many names, no page says which of them each cloud's API takes, and clients for the
/// government clouds use several. So only what is no name of Defender is certain to be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AudienceFit {
    /// The name that is asked for, or another one that clients of this cloud use.
    Own,
    /// A name of Defender, of another cloud or of no known client.
    Doubtful,
    /// Another API.
    Strange,
}

/// `expected` is the audience of a cloud. A slash at the end and the case make no difference.
pub(super) fn audience_fit(expected: &str, found: &str) -> AudienceFit {
    let plain = |text: &str| text.trim_end_matches('/').to_ascii_lowercase();
    let (expected, found) = (plain(expected), plain(found));
    let row = TABLE.iter().find(|row| audience_of(row.scope) == expected);
    let is_name = |row: &CloudRow| row.other_names.contains(&found.as_str());
    if found == expected || found == DEFENDER_APP_ID || row.is_some_and(is_name) {
        return AudienceFit::Own;
    }
    let host = found.strip_prefix("https://").unwrap_or_default().split('/').next();
    let host = host.unwrap_or_default();
    if DOMAINS.iter().any(|domain| is_within(host, domain)) {
        AudienceFit::Doubtful
    } else {
        AudienceFit::Strange
    }
}

/// Whether a host is that domain or below it.
fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}
