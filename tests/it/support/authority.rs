//! Certificates of tests: an authority, and what it signs for a server.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The years from and to which an ordinary certificate holds.
pub(crate) const YEARS: (i32, i32) = (2020, 2099);

pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    chain: Vec<CertificateDer<'static>>,
    pem: String,
    der: Vec<u8>,
}

/// A server's certificate with the chain above it, and its key.
pub(crate) struct ServerCertificate {
    chain: Vec<CertificateDer<'static>>,
    key: KeyPair,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let (parameters, key) = (authority(name), KeyPair::generate().unwrap());
        let own = parameters.self_signed(&key).unwrap();
        let (pem, der) = (own.pem(), own.der().to_vec());
        Self { issuer: Issuer::new(parameters, key), chain: Vec::new(), pem, der }
    }

    /// One that this one signs; its certificate stands in the chains of what it signs itself.
    pub(crate) fn below(&self, name: &str) -> Self {
        let (parameters, key) = (authority(name), KeyPair::generate().unwrap());
        let own = parameters.signed_by(&key, &self.issuer).unwrap();
        let (pem, der) = (own.pem(), own.der().to_vec());
        let chain = [vec![own.der().clone()], self.chain.clone()].concat();
        Self { issuer: Issuer::new(parameters, key), chain, pem, der }
    }

    pub(crate) fn pem(&self) -> &str {
        &self.pem
    }

    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }

    /// A certificate for a host, which holds in these years.
    pub(crate) fn certify(&self, host: &str, years: (i32, i32)) -> ServerCertificate {
        let key = KeyPair::generate().unwrap();
        let own = server(host, years).signed_by(&key, &self.issuer).unwrap();
        let chain = [vec![own.der().clone()], self.chain.clone()].concat();
        ServerCertificate { chain, key }
    }
}

impl ServerCertificate {
    /// One that nobody else signed; also as PEM.
    pub(crate) fn self_signed(host: &str) -> (Self, String) {
        let key = KeyPair::generate().unwrap();
        let own = server(host, YEARS).self_signed(&key).unwrap();
        let pem = own.pem();
        (Self { chain: vec![own.into()], key }, pem)
    }

    /// A server that speaks HTTP/1.1 by it.
    pub(crate) fn config(&self) -> ServerConfig {
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        let mut config = ServerConfig::builder_with_provider(default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(self.chain.clone(), key)
            .unwrap();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config
    }
}

fn authority(name: &str) -> CertificateParams {
    let mut parameters = CertificateParams::default();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters
}

fn server(host: &str, years: (i32, i32)) -> CertificateParams {
    let mut parameters = CertificateParams::new([host.to_owned()]).unwrap();
    parameters.distinguished_name.push(DnType::CommonName, "server of a test");
    parameters.not_before = date_time_ymd(years.0, 1, 1);
    parameters.not_after = date_time_ymd(years.1, 1, 1);
    parameters
}
