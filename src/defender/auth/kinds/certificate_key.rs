//! A certificate with its private key, and the assertion that is signed with it (Microsoft's page
//! "Microsoft identity platform application authentication certificate credentials").
//!
//! Deliberately absent: PFX files and encrypted keys. Both would need a password, which is one more
//! secret to keep; one line of `openssl` makes a PEM file of them.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use x509_parser::certificate::X509Certificate;
use x509_parser::parse_x509_certificate;
use x509_parser::pem::parse_x509_pem;
use x509_parser::public_key::PublicKey;

use crate::defender::auth::claims::CLOCKS_DIFFER_MAX;
use crate::domain::Timestamp;

/// How long an assertion holds: Microsoft asks for five to ten minutes.
const ASSERTION_HOLDS: Duration = Duration::from_mins(10);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum CertificateError {
    #[error(
        "the certificate file has no private key; it needs both, as PEM: \
         `cat certificate.pem key.pem > both.pem`"
    )]
    NoKey,
    #[error(
        "the certificate file has no certificate; it needs both, as PEM: \
         `cat certificate.pem key.pem > both.pem`"
    )]
    NoCertificate,
    #[error(
        "the private key is encrypted; store it without a password, in a file that only you can \
         read: `(umask 077; {{ openssl x509 -in FILE; openssl pkey -in FILE; }} > plain.pem)`"
    )]
    Encrypted,
    #[error("the private key cannot be used; Entra takes RSA keys of 2048 bits and more")]
    NotRsa,
    #[error("the certificate cannot be read; it must be X.509 as PEM, with an RSA key")]
    Unreadable,
    #[error("the private key belongs to none of the certificates in the file")]
    OtherKey,
    #[error(
        "the certificate ended at {0}; make a new one, and upload its public half to the app \
         registration"
    )]
    Ended(Timestamp),
    #[error("the certificate holds from {0} on; is this computer's clock right?")]
    NotYet(Timestamp),
}

pub(super) struct CertificateKey {
    key: EncodingKey,
    /// SHA-256 of the certificate, as the header carries it.
    thumbprint: String,
    holds: (Timestamp, Timestamp),
}

#[derive(Serialize)]
struct AssertionClaims<'a> {
    aud: &'a str,
    iss: &'a str,
    sub: &'a str,
    jti: String,
    nbf: i64,
    iat: i64,
    exp: i64,
}

impl CertificateKey {
    /// Reads a private key and the certificate that belongs to it; others (a chain) may stand
    /// beside it, in any order.
    pub(super) fn read(pem: &str) -> Result<Self, CertificateError> {
        let blocks = blocks(pem);
        if blocks.iter().any(|block| block.contains("ENCRYPTED")) {
            return Err(CertificateError::Encrypted);
        }
        let is_key =
            |block: &&&str| block.lines().next().is_some_and(|l| l.contains("PRIVATE KEY"));
        let key = blocks.iter().find(is_key).ok_or(CertificateError::NoKey)?;
        let key = EncodingKey::from_rsa_pem(key.as_bytes());
        let key = key.map_err(|_| CertificateError::NotRsa)?;
        let is_certificate = |block: &&&str| block.starts_with("-----BEGIN CERTIFICATE-----");
        let mut found = Err(CertificateError::NoCertificate);
        for block in blocks.iter().filter(is_certificate) {
            let (_, block) =
                parse_x509_pem(block.as_bytes()).map_err(|_| CertificateError::Unreadable)?;
            let (_, certificate) = parse_x509_certificate(&block.contents)
                .map_err(|_| CertificateError::Unreadable)?;
            if !belongs(&key, &certificate)? {
                found = Err(CertificateError::OtherKey);
                continue;
            }
            let thumbprint = URL_SAFE_NO_PAD.encode(Sha256::digest(&block.contents));
            let holds = certificate.validity();
            let holds = (holds.not_before.timestamp(), holds.not_after.timestamp());
            return Ok(Self { key, thumbprint, holds: (instant(holds.0), instant(holds.1)) });
        }
        found
    }

    pub(super) const fn ends_at(&self) -> Timestamp {
        self.holds.1
    }

    pub(super) fn check_time(&self, now: Timestamp) -> Result<(), CertificateError> {
        let (from, to) = self.holds;
        if to <= now {
            return Err(CertificateError::Ended(to));
        }
        if from.since(now) > CLOCKS_DIFFER_MAX {
            return Err(CertificateError::NotYet(from));
        }
        Ok(())
    }

    /// What stands in the place of a client secret at the token endpoint `audience`.
    pub(super) fn assertion(
        &self,
        client_id: &str,
        audience: &str,
        now: Timestamp,
    ) -> Result<SecretString, CertificateError> {
        let seconds = |at: Timestamp| at.as_micros().div_euclid(1_000_000);
        let mut header = Header::new(Algorithm::PS256);
        header.x5t_s256 = Some(self.thumbprint.clone());
        let claims = AssertionClaims {
            aud: audience,
            iss: client_id,
            sub: client_id,
            jti: guid(),
            nbf: seconds(now),
            iat: seconds(now),
            exp: seconds(now.plus(ASSERTION_HOLDS)),
        };
        let assertion = encode(&header, &claims, &self.key);
        assertion.map(SecretString::from).map_err(|_| CertificateError::NotRsa)
    }
}

/// The blocks of a PEM file, from `-----BEGIN` to the end of `-----END`.
fn blocks(pem: &str) -> Vec<&str> {
    let begins = pem.match_indices("-----BEGIN ").map(|(at, _)| at);
    let block = |at: usize| {
        let rest = &pem[at..];
        let end = rest.find("-----END ")?;
        let last = rest[end..].find('\n').map_or(rest.len(), |line| end + line + 1);
        Some(&rest[..last])
    };
    begins.filter_map(block).collect()
}

/// Whether what the key signs is what the certificate's public key verifies.
fn belongs(key: &EncodingKey, certificate: &X509Certificate<'_>) -> Result<bool, CertificateError> {
    let Ok(PublicKey::RSA(public)) = certificate.public_key().parsed() else {
        return Err(CertificateError::Unreadable);
    };
    // DER puts a zero before a number whose first bit is set.
    let number = |bytes: &[u8]| {
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        bytes[zeros..].to_vec()
    };
    let (modulus, exponent) = (number(public.modulus), number(public.exponent));
    let public = DecodingKey::from_rsa_raw_components(&modulus, &exponent);
    let signed = encode(&Header::new(Algorithm::PS256), &Value::Object(<_>::default()), key);
    let signed = signed.map_err(|_| CertificateError::NotRsa)?;
    let mut validation = Validation::new(Algorithm::PS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    Ok(decode::<Value>(&signed, &public, &validation).is_ok())
}

/// Seconds since 1970, within the years of a certificate.
fn instant(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds.saturating_mul(1_000_000))
}

/// A name that no other assertion has: Entra refuses one that it has seen.
fn guid() -> String {
    let random = || RandomState::new().build_hasher().finish();
    let (high, low) = (random(), random());
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xfff,
        low >> 48 & 0xfff,
        low & 0xffff_ffff_ffff
    )
}
