//! Which cloud lives at which hosts (Microsoft's pages "Microsoft Defender for Endpoint for US
//! Government customers" and "Access the Microsoft Defender for Endpoint APIs").
//!
//! `cli` asks once, from `--cloud` and `--region`; what is given by address replaces it there.
//! Deliberately absent: the 21Vianet cloud, for which these pages name no API.

use super::{ApiUrl, AuthorityUrl};

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
}

impl Region {
    /// All regions.
    pub const ALL: [Self; 6] = [Self::Us, Self::Eu, Self::Uk, Self::Au, Self::Swa, Self::Ina];

    /// The word of `--region`, which is also the first label of the host.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Us => "us",
            Self::Eu => "eu",
            Self::Uk => "uk",
            Self::Au => "au",
            Self::Swa => "swa",
            Self::Ina => "ina",
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
