//! Whom TLS trusts: the system's store, and the certificates of `--ca-file` beside it.
//!
//! The judgement is that of the platform's verifier. What is added are words: a certificate that it
//! refuses travels as a [`CertificateRefusal`] in the error, since only here the certificate is at
//! hand that the server showed. Deliberately absent: any way to accept what the platform refuses.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::version::{TLS12, TLS13};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, SignatureScheme,
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
    /// None where this computer has no trust store, as in a bare container: then nobody is trusted,
    /// which matters only to those who use TLS.
    platform: Option<Verifier>,
    provider: Arc<CryptoProvider>,
}

impl Trust {
    fn new(
        authorities: Vec<CertificateDer<'static>>,
        provider: Arc<CryptoProvider>,
    ) -> Result<Self, Error> {
        let is_extended = !authorities.is_empty();
        let platform = match Verifier::new_with_extra_roots(authorities, Arc::clone(&provider)) {
            Ok(verifier) => Some(verifier),
            // A certificate that was given and cannot be used is not passed over.
            Err(error) if is_extended => return Err(error),
            Err(_) => None,
        };
        Ok(Self { platform, provider })
    }

    /// The platform's verifier, which every signature passes after the certificate passed it.
    fn platform(&self) -> Result<&Verifier, Error> {
        let none = || refused(CertificateRefusal::NoTrustStore);
        self.platform.as_ref().ok_or_else(none)
    }
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
        let judged = self.platform()?.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        judged.map_err(|error| match error {
            Error::InvalidCertificate(error) => {
                let presented = Presented { end_entity, intermediates, server_name, now };
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
        self.platform()?.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.platform()?.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
