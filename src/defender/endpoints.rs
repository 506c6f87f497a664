//! Which cloud lives at which hosts (Microsoft's pages "Microsoft Defender for Endpoint for US
//! Government customers" and "Access the Microsoft Defender for Endpoint APIs").
//!
//! `cli` asks once, from `--cloud` and `--region`; what is given by address replaces it there.
//! Deliberately absent: the 21Vianet cloud, for which these pages name no API.

use super::{ApiUrl, AuthorityUrl};
use crate::domain::Realm;

/// A cloud of Microsoft's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cloud {
    /// Commercial.
    Public,
    /// GCC: the commercial sign-in, the government API.
    Gcc,
    /// GCC High.
    GccHigh,
    /// `DoD`: the same hosts as GCC High.
    Dod,
}

impl Cloud {
    /// All clouds.
    pub const ALL: [Self; 4] = [Self::Public, Self::Gcc, Self::GccHigh, Self::Dod];

    /// The word of `--cloud`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Gcc => "gcc",
            Self::GccHigh => "gcc-high",
            Self::Dod => "dod",
        }
    }

    /// From the word of `--cloud`.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cloud| cloud.word() == word)
    }
}

/// Hosts of each cloud's API: of today and of earlier years, which clients still use. Those of
/// regions end in one of them, behind a label of their own or a prefix (`us.api.`, `api-us.`).
const HOSTS: [(&str, Cloud); 5] = [
    ("security.microsoft.com", Cloud::Public),
    ("securitycenter.microsoft.com", Cloud::Public),
    ("securitycenter.windows.com", Cloud::Public),
    ("api-gcc.securitycenter.microsoft.us", Cloud::Gcc),
    ("api-gov.securitycenter.microsoft.us", Cloud::GccHigh),
];

impl Cloud {
    /// The cloud that is known to live at an address.
    pub fn at(api: &ApiUrl) -> Option<Self> {
        let host = api.host();
        let is_there = |known: &str| {
            host.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        HOSTS.into_iter().find(|(known, _)| is_there(known)).map(|(_, cloud)| cloud)
    }

    /// The realm of its tenants.
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

/// A region of the commercial cloud with an API host of its own. Tokens are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Region {
    /// United States.
    Us,
    /// European Union.
    Eu,
    /// United Kingdom.
    Uk,
    /// Australia.
    Au,
    /// Switzerland.
    Swa,
    /// India.
    Ina,
    /// Newer pages name it beside the others, without saying where it is.
    Aea,
}

impl Region {
    /// All regions.
    pub const ALL: [Self; 7] =
        [Self::Us, Self::Eu, Self::Uk, Self::Au, Self::Swa, Self::Ina, Self::Aea];

    /// The word of `--region`, which is also the first label of the host.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Us => "us",
            Self::Eu => "eu",
            Self::Uk => "uk",
            Self::Au => "au",
            Self::Swa => "swa",
            Self::Ina => "ina",
            Self::Aea => "aea",
        }
    }

    /// From the word of `--region`.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|region| region.word() == word)
    }
}

/// Where a cloud is reached, and for what a token is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// Base address of the API.
    pub api: ApiUrl,
    /// Base address of the sign-in.
    pub authority: AuthorityUrl,
    /// The API's audience with `/.default`. In the commercial cloud it keeps its old name although
    /// the API's host has a new one; another audience is answered with 403.
    pub scope: &'static str,
}

/// Why there are no such endpoints.
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
    let (authority, api, scope) = match cloud {
        Cloud::Public => (
            "https://login.microsoftonline.com",
            "api.security.microsoft.com",
            "https://api.securitycenter.microsoft.com/.default",
        ),
        Cloud::Gcc => (
            "https://login.microsoftonline.com",
            "api-gcc.securitycenter.microsoft.us",
            "https://api-gcc.securitycenter.microsoft.us/.default",
        ),
        Cloud::GccHigh | Cloud::Dod => (
            "https://login.microsoftonline.us",
            "api-gov.securitycenter.microsoft.us",
            "https://api-gov.securitycenter.microsoft.us/.default",
        ),
    };
    let host = match (cloud, region) {
        (_, None) => api.to_owned(),
        (Cloud::Public, Some(region)) => format!("{}.{api}", region.word()),
        (_, Some(region)) => return Err(EndpointsError { cloud, region }),
    };
    Ok(Endpoints {
        api: ApiUrl::parse(&format!("https://{host}")).expect("a host of this table"),
        authority: AuthorityUrl::parse(authority).expect("a host of this table"),
        scope,
    })
}
