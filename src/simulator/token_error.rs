//! Why the token endpoint gives no token.

/// Why there is no token, in Entra's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("AADSTS90002: Tenant '{0}' not found.")]
    UnknownTenant(String),
    #[error("AADSTS700016: Application with identifier '{0}' was not found in the directory.")]
    UnknownClient(String),
    #[error(
        "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the \
         request is the client secret value, not the client secret ID."
    )]
    WrongSecret,
    #[error(
        "AADSTS70011: The provided request must include a 'scope' input parameter. The \
         scope '{0}' is not valid."
    )]
    WrongScope(String),
    #[error("AADSTS500011: The resource principal named '{0}' was not found in the tenant.")]
    UnknownResource(String),
    #[error(
        "AADSTS700027: The certificate with identifier used to sign the client assertion is not \
             registered on application."
    )]
    WrongAssertion,
    #[error("AADSTS7000218: The request body must contain 'client_assertion' or 'client_secret'.")]
    NoProof,
    #[error("AADSTS70016: OAuth 2.0 device flow error. Authorization is pending.")]
    Pending,
    #[error("AADSTS50199: The client asks too often.")]
    SlowDown,
    #[error("AADSTS70020: The provided value for the input parameter 'device_code' is expired.")]
    CodeEnded,
    #[error("AADSTS70019: The verification code is not known.")]
    UnknownCode,
    #[error("AADSTS70018: The end user denied the authorization request.")]
    Declined,
    #[error("AADSTS700082: The refresh token has expired.")]
    RefreshEnded,
    #[error("AADSTS70003: The app requested an unsupported grant type '{0}'.")]
    UnsupportedGrant(String),
}

impl TokenError {
    /// HTTP status, OAuth's `error` and Entra's number.
    pub(super) const fn parts(&self) -> (u16, &'static str, u32) {
        match self {
            Self::UnknownTenant(_) => (400, "invalid_request", 90_002),
            Self::UnknownClient(_) => (400, "unauthorized_client", 700_016),
            Self::WrongSecret => (401, "invalid_client", 7_000_215),
            Self::WrongScope(_) => (400, "invalid_scope", 70_011),
            Self::UnknownResource(_) => (400, "invalid_resource", 500_011),
            Self::WrongAssertion => (401, "invalid_client", 700_027),
            Self::NoProof => (401, "invalid_client", 7_000_218),
            Self::Pending => (400, "authorization_pending", 70_016),
            Self::SlowDown => (400, "slow_down", 50_199),
            Self::CodeEnded => (400, "expired_token", 70_020),
            Self::UnknownCode => (400, "bad_verification_code", 70_019),
            Self::Declined => (400, "authorization_declined", 70_018),
            Self::RefreshEnded => (400, "invalid_grant", 700_082),
            Self::UnsupportedGrant(_) => (400, "unsupported_grant_type", 70_003),
        }
    }
}
