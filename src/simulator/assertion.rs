//! What an app hands in instead of a secret: an assertion that it signed with its certificate, or
//! a token of another issuer that Entra trusts.
//!
//! Deliberately absent: the signatures of other issuers, whose keys nobody has here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use x509_parser::parse_x509_certificate;
use x509_parser::pem::Pem;
use x509_parser::public_key::PublicKey;

use crate::domain::Timestamp;

/// For whom the token of another issuer is made.
const EXCHANGE: &str = "api://AzureADTokenExchange";

/// Longest time that an assertion may hold, in seconds.
const HOLDS_MAX: i64 = 600;

#[derive(Deserialize)]
struct AssertedClaims {
    aud: String,
    iss: String,
    sub: String,
    exp: i64,
    #[serde(default)]
    nbf: i64,
    #[serde(default)]
    jti: String,
}

/// The first certificate of a PEM text, as DER.
pub fn certificate_of(pem: &[u8]) -> Option<Vec<u8>> {
    let blocks = Pem::iter_from_buffer(pem).filter_map(Result::ok);
    blocks.into_iter().find(|block| block.label == "CERTIFICATE").map(|block| block.contents)
}

/// Whether the app's certificate (DER) signed the assertion, for this endpoint and now.
pub(super) fn is_signed(
    assertion: &str,
    certificate: &[u8],
    (client_id, endpoint): (&str, &str),
    now: Timestamp,
) -> bool {
    let thumbprint = URL_SAFE_NO_PAD.encode(Sha256::digest(certificate));
    let header = decode_header(assertion).ok();
    if header.and_then(|header| header.x5t_s256) != Some(thumbprint) {
        return false;
    }
    let Ok((_, certificate)) = parse_x509_certificate(certificate) else { return false };
    let Ok(PublicKey::RSA(public)) = certificate.public_key().parsed() else { return false };
    let number = |bytes: &[u8]| {
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        bytes[zeros..].to_vec()
    };
    let key =
        DecodingKey::from_rsa_raw_components(&number(public.modulus), &number(public.exponent));
    let mut validation = Validation::new(Algorithm::PS256);
    validation.set_audience(&[endpoint]);
    // By the time that is given.
    validation.validate_exp = false;
    let Ok(signed) = decode::<AssertedClaims>(assertion, &key, &validation) else { return false };
    let claims = signed.claims;
    let now = now.as_micros().div_euclid(1_000_000);
    let in_time = claims.nbf <= now + 300 && now < claims.exp;
    let is_short = claims.exp - claims.nbf <= HOLDS_MAX;
    let is_own = claims.iss == client_id && claims.sub == client_id && !claims.jti.is_empty();
    in_time && is_short && is_own
}

/// Whether it is another issuer's token that is made for Entra and holds now.
pub(super) fn is_federated(assertion: &str, now: Timestamp) -> bool {
    let claims = assertion.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let claims = claims.and_then(|bytes| serde_json::from_slice::<AssertedClaims>(&bytes).ok());
    let now = now.as_micros().div_euclid(1_000_000);
    let holds = |claims: AssertedClaims| {
        let is_named = !claims.iss.is_empty() && !claims.sub.is_empty();
        claims.aud == EXCHANGE && is_named && now < claims.exp
    };
    claims.is_some_and(holds)
}
