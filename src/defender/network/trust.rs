//! Whom TLS trusts: the system's store, and the certificates of `--ca-file` beside it.
//!
//! The judgement is that of the platform's verifier, and of rustls's own about the certificates
//! that were given. What is added are words: a certificate that is refused travels as a
//! [`CertificateRefusal`] in the error, since only here the certificate is at hand that the server
//! showed. Deliberately absent: any way to accept what both refuse.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::version::{TLS12, TLS13};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, RootCertStore,
    SignatureScheme,
};
use rustls_platform_verifier::Verifier;

use super::certificate_refusal::{CertificateRefusal, Presented};

/// TLS 1.2 or later, with this trust, for HTTP/2 and HTTP/1.1.
pub(super) fn tls_config(authorities: Vec<CertificateDer<'static>>) -> Result<ClientConfig, Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let trust = Trust::new(authorities, Arc::clone(&provider))?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(trust));
    let mut config = config.with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

#[derive(Debug)]
struct Trust {
    /// None where this computer has no trust store, as in a bare container: then nobody is trusted
    /// but by a certificate that was given, which matters only to those who use TLS.
    platform: Option<Verifier>,
    /// Of the certificates that were given: the same verifier on each system. Windows' own takes
    /// others only instead of its store, and then tells most reasons by a number.
    given: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl Trust {
    fn new(
        authorities: Vec<CertificateDer<'static>>,
        provider: Arc<CryptoProvider>,
    ) -> Result<Self, Error> {
        let given = if authorities.is_empty() {
            None
        } else {
            let mut roots = RootCertStore::empty();
            // One that was given and cannot be used is not passed over.
            authorities.into_iter().try_for_each(|authority| roots.add(authority))?;
            let shared = Arc::clone(&provider);
            let verifier = WebPkiServerVerifier::builder_with_provider(roots.into(), shared);
            Some(verifier.build().map_err(|error| Error::General(error.to_string()))?)
        };
        Ok(Self { platform: Verifier::new(Arc::clone(&provider)).ok(), given, provider })
    }

    /// Whether the platform or a certificate that was given vouches for a server; why not.
    fn judge(&self, presented: &Presented<'_>, ocsp_response: &[u8]) -> Result<(), Error> {
        let ask = |verifier: &dyn ServerCertVerifier| {
            let Presented { end_entity, intermediates, server_name, now } = *presented;
            verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        };
        let by_platform = self.platform.as_ref().map(|verifier| ask(verifier).map(drop));
        let by_given = self.given.as_ref().map(|verifier| ask(verifier.as_ref()).map(drop));
        verdict(by_platform, by_given)
    }
}

/// What follows from both judgements, of which either may be missing.
fn verdict(
    by_platform: Option<Result<(), Error>>,
    by_given: Option<Result<(), Error>>,
) -> Result<(), Error> {
    use CertificateError::{Revoked, UnknownIssuer};
    match (by_platform, by_given) {
        // No other certificate takes that back.
        (Some(Err(error)), _) if is(&error, &Revoked) => Err(error),
        (Some(Ok(())), _) | (_, Some(Ok(()))) => Ok(()),
        (None, None) => Err(refused(CertificateRefusal::NoTrustStore)),
        (Some(Err(by_platform)), Some(Err(by_given))) => {
            // Who knows the issuer says what is wrong. Windows has more reasons than words.
            let told = !is(&by_given, &UnknownIssuer) || is_other(&by_platform);
            Err(if told { by_given } else { by_platform })
        }
        (Some(Err(error)), None) | (None, Some(Err(error))) => Err(error),
    }
}

/// Whether the refusal has its words already.
fn is_ours(error: &CertificateError) -> bool {
    let CertificateError::Other(other) = error else { return false };
    other.0.is::<CertificateRefusal>()
}

fn is(error: &Error, reason: &CertificateError) -> bool {
    matches!(error, Error::InvalidCertificate(found) if found == reason)
}

fn is_other(error: &Error) -> bool {
    matches!(error, Error::InvalidCertificate(CertificateError::Other(_)))
}

fn refused(refusal: CertificateRefusal) -> Error {
    Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(refusal))))
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let presented = Presented { end_entity, intermediates, server_name, now };
        let judged = self.judge(&presented, ocsp_response);
        judged.map(|()| ServerCertVerified::assertion()).map_err(|error| match error {
            Error::InvalidCertificate(error) if !is_ours(&error) => {
                refused(CertificateRefusal::of(&error, &presented))
            }
            other => other,
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_knows_the_issuer_decides_and_nobody_takes_a_revocation_back() {
        use CertificateError::{Expired, NotValidForName, Revoked, UnknownIssuer};
        let error = Error::InvalidCertificate;
        let number = || CertificateError::Other(OtherError(Arc::new(std::fmt::Error)));
        let check = |by_platform: Option<Result<(), CertificateError>>,
                     by_given: Option<Result<(), CertificateError>>,
                     expected: Result<(), CertificateError>| {
            let words = format!("{by_platform:?} and {by_given:?}");
            let judged = |by: Option<Result<(), CertificateError>>| by.map(|by| by.map_err(error));
            let found = verdict(judged(by_platform), judged(by_given));
            assert_eq!(found, expected.map_err(error), "{words}");
        };
        check(Some(Ok(())), None, Ok(()));
        check(Some(Ok(())), Some(Err(UnknownIssuer)), Ok(()));
        check(Some(Err(UnknownIssuer)), Some(Ok(())), Ok(()));
        check(None, Some(Ok(())), Ok(()));
        check(Some(Err(Revoked)), Some(Ok(())), Err(Revoked));
        check(Some(Err(Revoked)), Some(Err(Expired)), Err(Revoked));
        check(Some(Err(UnknownIssuer)), Some(Err(Expired)), Err(Expired));
        check(Some(Err(NotValidForName)), Some(Err(UnknownIssuer)), Err(NotValidForName));
        check(Some(Err(number())), Some(Err(UnknownIssuer)), Err(UnknownIssuer));
        check(Some(Err(Expired)), None, Err(Expired));
        check(None, Some(Err(UnknownIssuer)), Err(UnknownIssuer));
        let none = verdict(None, None).expect_err("nobody vouches");
        assert!(none.to_string().contains("NoTrustStore"), "{none}");
    }
}
