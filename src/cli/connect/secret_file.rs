//! Files with a secret in them, read again each time that it is needed.

use std::io::Read;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use crate::defender::SecretSource;

use crate::cli::paths::shown;

/// Far more than a certificate with its chain and its key has.
const BYTES_MAX: u64 = 1 << 20;

/// A certificate with its private key, as PEM.
pub(super) fn certificate(path: PathBuf) -> SecretSource {
    read_by(path, |path, bytes| {
        // A PFX is DER, which begins so.
        let is_pfx = bytes.starts_with(&[0x30, 0x82]);
        String::from_utf8(bytes).ok().filter(|_| !is_pfx).ok_or_else(|| {
            let name = shown(path);
            format!(
                "{name} is not PEM; if it is a PFX (.pfx, .p12), convert it: \
                 `(umask 077; openssl pkcs12 -in {name} -nodes -out certificate.pem)`"
            )
        })
    })
}

/// A token of another issuer.
pub(super) fn token(path: PathBuf) -> SecretSource {
    read_by(path, |path, bytes| {
        let text = String::from_utf8(bytes).ok();
        let text = text.filter(|text| !text.trim().is_empty());
        text.ok_or_else(|| format!("{} (AZURE_FEDERATED_TOKEN_FILE) holds no token", shown(path)))
    })
}

fn read_by(path: PathBuf, text: fn(&Path, Vec<u8>) -> Result<String, String>) -> SecretSource {
    SecretSource::read_by(move || {
        let secret = read(&path).and_then(|bytes| text(&path, bytes));
        let secret = secret.map(|text| SecretString::from(text.trim_start_matches('\u{feff}')));
        Box::pin(std::future::ready(secret))
    })
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let unread = |why: &str| format!("{} cannot be read: {why}", shown(path));
    let metadata = std::fs::metadata(path).map_err(|error| unread(&error.to_string()))?;
    // A pipe would be waited for, and is empty at the next renewal.
    if !metadata.is_file() {
        return Err(unread("it is no file"));
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| unread(&error.to_string()))?;
    let read = file.take(BYTES_MAX + 1).read_to_end(&mut bytes);
    read.map_err(|error| unread(&error.to_string()))?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(unread("it is larger than 1 MiB"));
    }
    Ok(bytes)
}
