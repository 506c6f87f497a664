//! Files with a secret in them, read again each time that it is needed.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use crate::defender::SecretSource;

use crate::cli::paths::shown;
#[cfg(windows)]
use crate::cli::private_file::line_that_closes;
use crate::cli::small_file;
use crate::domain::quoted;
#[cfg(windows)]
use crate::journal::access;

/// Most that a secret or a token has.
const SECRET_KIB_MAX: u64 = 64;

/// Far more than a certificate with its chain and its key has.
const CERTIFICATES_KIB_MAX: u64 = 1024;

/// A certificate with its private key, as PEM.
pub(super) fn certificate(path: PathBuf) -> SecretSource {
    read_by(path, CERTIFICATES_KIB_MAX, |path, bytes| {
        if holds_key(&bytes) {
            check_mode(path, "certificate")?;
        }
        // A PFX is DER, which begins so.
        let is_pfx = bytes.starts_with(&[0x30, 0x82]);
        String::from_utf8(bytes).ok().filter(|_| !is_pfx).ok_or_else(|| {
            let name = shown(path);
            format!(
                "{name} is not PEM; if it is a PFX (.pfx, .p12), convert it: \
                 `(umask 077; openssl pkcs12 -in {} -nodes -out certificate.pem)`",
                quoted(&name)
            )
        })
    })
}

/// A token of another issuer.
pub(super) fn token(path: PathBuf) -> SecretSource {
    read_by(path, SECRET_KIB_MAX, |path, bytes| {
        let text = String::from_utf8(bytes).ok();
        let text = text.filter(|text| !text.trim().is_empty());
        text.ok_or_else(|| format!("{} (AZURE_FEDERATED_TOKEN_FILE) holds no token", shown(path)))
    })
}

/// The app's secret: one line.
///
/// Others must not be able to read it.
pub(super) fn client_secret(path: PathBuf) -> SecretSource {
    SecretSource::read_by(move || {
        let secret = check_mode(&path, "secret_file").and_then(|()| read(&path, SECRET_KIB_MAX));
        let secret = secret.and_then(|bytes| {
            one_line(bytes).map_err(|why| format!("{} (secret_file) {why}", shown(&path)))
        });
        Box::pin(std::future::ready(secret))
    })
}

/// A secret without a byte-order mark and without the end of its line.
pub(super) fn one_line(bytes: Vec<u8>) -> Result<SecretString, &'static str> {
    let text = String::from_utf8(bytes).map_err(|_| "holds no UTF-8 text")?;
    let line = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let line = line.strip_suffix('\n').unwrap_or(line);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.trim().is_empty() {
        return Err("holds no secret: it is empty");
    }
    if line.contains(['\n', '\r']) {
        return Err("holds more than one line");
    }
    Ok(SecretString::from(line))
}

/// Whether a file has the private half of something. A PFX is refused in any case.
fn holds_key(bytes: &[u8]) -> bool {
    const LABEL: &[u8] = b"PRIVATE KEY-----";
    bytes.windows(LABEL.len()).any(|part| part == LABEL)
}

/// Refuses a file that others can read; `what` is how the settings call it.
#[cfg(unix)]
fn check_mode(path: &Path, what: &str) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;
    const OTHERS: u32 = 0o077;
    let Ok(metadata) = std::fs::metadata(path) else { return Ok(()) };
    let mode = metadata.permissions().mode() & 0o777;
    if !metadata.is_file() || mode & OTHERS == 0 {
        return Ok(());
    }
    let name = shown(path);
    Err(format!(
        "{name} ({what}) can be read by others (mode {mode:04o}); make it yours alone: \
         `chmod 600 {}`",
        quoted(&name)
    ))
}

/// The same by the list of rights that Windows has.
#[cfg(windows)]
fn check_mode(path: &Path, what: &str) -> Result<(), String> {
    if !path.is_file() || access::others(path).is_none() {
        return Ok(());
    }
    Err(format!(
        "{} ({what}) can be read by others; make it yours alone: `{}`",
        shown(path),
        line_that_closes(path)
    ))
}

fn read_by(
    path: PathBuf,
    kib_max: u64,
    text: fn(&Path, Vec<u8>) -> Result<String, String>,
) -> SecretSource {
    SecretSource::read_by(move || {
        let secret = read(&path, kib_max).and_then(|bytes| text(&path, bytes));
        let secret = secret.map(|text| SecretString::from(text.trim_start_matches('\u{feff}')));
        Box::pin(std::future::ready(secret))
    })
}

/// Certificates of authorities, as the file has them.
pub(super) fn authorities(path: &Path) -> Result<Vec<u8>, String> {
    read(path, CERTIFICATES_KIB_MAX)
}

fn read(path: &Path, kib_max: u64) -> Result<Vec<u8>, String> {
    let read = small_file::read(path, kib_max);
    read.map_err(|error| format!("{} cannot be read: {error}", shown(path)))
}
