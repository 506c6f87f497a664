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

/// Hosts of each cloud's API: of today and of earlier years, which clients still use. Those of
/// regions end in one of them, after a label of their own or a prefix (`us.api.`, `api-us.`).
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
    /// The API's audience with `/.default`. In the commercial cloud it keeps its old name although
    /// the API's host has a new one; another audience is answered with 403.
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
