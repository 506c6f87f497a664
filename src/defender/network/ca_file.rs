//! `--ca-file`: certificates of authorities, in the shapes in which people have them.
//!
//! Any number of PEM blocks, with a byte-order mark, either kind of line end and text around them,
//! or one certificate as DER. What else comes under the same endings is named, with the command
//! that converts it. Deliberately absent: which certificates a connection trusts (`trust`).

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{PemObject as _, SectionKind};
use x509_parser::parse_x509_certificate;

/// Why a CA file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaFileError {
    #[error("the CA file (--ca-file) is empty")]
    Empty,
    #[error("the CA file (--ca-file) holds no certificate")]
    NoCertificate,
    /// The number of the certificate in the file, from 1.
    #[error("certificate {0} of the CA file (--ca-file) cannot be read")]
    Unreadable(usize),
    #[error("the CA file (--ca-file) is a PKCS #7 bundle (.p7b)")]
    Pkcs7 { is_der: bool },
    #[error("the CA file (--ca-file) is a PKCS #12 file (.pfx)")]
    Pkcs12,
    #[error("the CA file (--ca-file) has certificates in the form of OpenSSL's own trust store")]
    OpensslTrusted,
}

impl CaFileError {
    /// What to do about it.
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::Empty | Self::NoCertificate => {
                "give the authority's certificate as PEM (-----BEGIN CERTIFICATE-----) or DER"
            }
            Self::Unreadable(_) => {
                "export it again as PEM (Base-64 encoded X.509); `openssl x509 -in FILE -noout` \
                 checks one certificate"
            }
            Self::Pkcs7 { is_der: true } => {
                "convert it: openssl pkcs7 -inform DER -in FILE -print_certs -out ca.pem"
            }
            Self::Pkcs7 { is_der: false } => {
                "convert it: openssl pkcs7 -in FILE -print_certs -out ca.pem"
            }
            Self::Pkcs12 => "convert it: openssl pkcs12 -in FILE -cacerts -nokeys -out ca.pem",
            Self::OpensslTrusted => "convert it: openssl x509 -in FILE -out ca.pem",
        }
    }
}

/// The certificates of a file, of which there is at least one.
pub(super) fn certificates(bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, CaFileError> {
    /// The tag of a sequence, with which DER begins.
    const SEQUENCE: u8 = 0x30;
    match bytes.first() {
        None => Err(CaFileError::Empty),
        Some(&SEQUENCE) => der(bytes),
        Some(_) => pem(&text(bytes)),
    }
}

fn der(bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, CaFileError> {
    /// 1.2.840.113549.1.7.2, "signed data", with its tag and length.
    const SIGNED_DATA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
    /// In both kinds of bundles it stands in the first few bytes.
    const LOOKED_AT: usize = 24;
    if parse_x509_certificate(bytes).is_ok_and(|(rest, _)| rest.is_empty()) {
        return Ok(vec![CertificateDer::from(bytes.to_vec())]);
    }
    let beginning = &bytes[..bytes.len().min(LOOKED_AT)];
    let is_pkcs7 = beginning.windows(SIGNED_DATA.len()).any(|part| part == SIGNED_DATA);
    // PKCS #12 begins with its version, which has been 3 for ever.
    let is_pkcs12 = beginning.windows(3).any(|part| part == [0x02, 0x01, 0x03]);
    Err(match (is_pkcs7, is_pkcs12) {
        (true, _) => CaFileError::Pkcs7 { is_der: true },
        (false, true) => CaFileError::Pkcs12,
        (false, false) => CaFileError::Unreadable(1),
    })
}

fn pem(text: &str) -> Result<Vec<CertificateDer<'static>>, CaFileError> {
    // Blocks in a mail or a YAML file are indented, and the parser looks at whole lines.
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let lines = lines.join("\n");
    let mut certificates = Vec::new();
    for block in <(SectionKind, Vec<u8>)>::pem_slice_iter(lines.as_bytes()) {
        let number = certificates.len() + 1;
        let (kind, block) = block.map_err(|_| CaFileError::Unreadable(number))?;
        if kind == SectionKind::Certificate {
            let is_whole = parse_x509_certificate(&block).is_ok_and(|(rest, _)| rest.is_empty());
            if !is_whole {
                return Err(CaFileError::Unreadable(number));
            }
            certificates.push(CertificateDer::from(block));
        }
    }
    if !certificates.is_empty() {
        return Ok(certificates);
    }
    let has = |label: &str| lines.contains(&format!("-----BEGIN {label}-----"));
    Err(if has("PKCS7") || has("CMS") {
        CaFileError::Pkcs7 { is_der: false }
    } else if has("TRUSTED CERTIFICATE") {
        CaFileError::OpensslTrusted
    } else if lines.trim().is_empty() {
        CaFileError::Empty
    } else {
        CaFileError::NoCertificate
    })
}

/// The text of a file; Windows PowerShell writes UTF-16 where it is not told otherwise.
fn text(bytes: &[u8]) -> String {
    let utf16 = |unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> =
            bytes[2..].chunks_exact(2).map(|two| unit([two[0], two[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, ..] => utf16(u16::from_le_bytes),
        [0xfe, 0xff, ..] => utf16(u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).trim_start_matches('\u{feff}').to_owned(),
    }
}
