//! `--ca-file` in the shapes in which people have it, and the system's own store.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::authority::{Authority, ServerCertificate, YEARS};
use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::tls_end::TlsEnd;

/// A desk beside a server with a certificate of this authority, and a plan against it.
fn beside(certificate: &ServerCertificate) -> (Desk, TlsEnd, String) {
    let desk = Desk::holding(&list(3), "");
    let end = TlsEnd::before(desk.url(), certificate);
    let url = end.url("127.0.0.1");
    let plan = format!("plan fleet.csv --comment x --api-url {url} --authority-url {url}");
    (desk, end, plan)
}

#[test]
fn each_shape_of_a_ca_file_is_read() {
    let (authority, other) = (Authority::new("Contoso Root"), Authority::new("Another"));
    let (desk, end, plan) = beside(&authority.certify("127.0.0.1", YEARS));
    let pem = authority.pem();
    let utf16: Vec<u8> =
        format!("\u{feff}{pem}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let shapes: [(&str, Vec<u8>); 9] = [
        ("PEM", pem.into()),
        ("byte-order mark", format!("\u{feff}{pem}").into()),
        ("line ends of Windows", pem.replace('\n', "\r\n").into()),
        ("both", format!("\u{feff}{}", pem.replace('\n', "\r\n")).into()),
        ("text around", format!("# our proxy\nsubject=Contoso\n{pem}\nissued by IT\n").into()),
        ("indented", format!("    {}", pem.trim_end().replace('\n', "\n    ")).into()),
        ("several", format!("{}{pem}{}", other.pem(), other.pem()).into()),
        ("UTF-16", utf16),
        ("DER", authority.der().to_vec()),
    ];
    for (name, bytes) in shapes {
        desk.file("ca", bytes);
        let said = desk.run(&format!("{plan} --ca-file ca"));
        assert_eq!(said.code, Some(0), "{name}: {said}");
    }
    assert!(end.decrypted() > 0);
    desk.file("ca", other.pem());
    desk.run(&format!("{plan} --ca-file ca")).ends_with(6).says("CN=Contoso Root");
    desk.run(&plan).ends_with(6).says("CN=Contoso Root");
}

#[test]
#[cfg(unix)] // Where a variable says where the store is.
fn the_systems_own_store_is_trusted_and_another_certificate_is_added_to_it() {
    let authority = Authority::new("Contoso Root");
    let (desk, _end, plan) = beside(&authority.certify("127.0.0.1", YEARS));
    desk.file("store.pem", authority.pem());
    let desk = desk.with("SSL_CERT_FILE", "store.pem");
    desk.run(&plan).ends_with(0);
    // A file is added to the store, and does not replace it.
    desk.file("ca.pem", Authority::new("Another").pem());
    desk.run(&format!("{plan} --ca-file ca.pem")).ends_with(0);
}

#[test]
fn a_self_signed_certificate_can_be_given_itself() {
    let (own, pem) = ServerCertificate::self_signed("127.0.0.1");
    let (desk, _end, plan) = beside(&own);
    desk.file("own.pem", pem);
    desk.run(&format!("{plan} --ca-file own.pem")).ends_with(0);
}

#[test]
fn a_ca_file_that_cannot_be_used_ends_with_2_and_says_how_to_convert_it() {
    let authority = Authority::new("Contoso Root");
    let (desk, end, plan) = beside(&authority.certify("127.0.0.1", YEARS));
    let pem = authority.pem();
    let block = |label: &str, bytes: &[u8]| {
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(bytes))
    };
    // The beginnings of such files: a sequence with the OID of signed data, and one with version 3.
    let pkcs7 =
        [0x30, 0x80, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02, 0xa0];
    let pkcs12 = [0x30, 0x82, 0x09, 0xff, 0x02, 0x01, 0x03, 0x30, 0x82, 0x09];
    let cut = authority.der()[..authority.der().len() / 2].to_vec();
    let cases: [(&str, Vec<u8>, &[&str]); 10] = [
        ("nothing", Vec::new(), &["is empty"]),
        ("white space", b" \r\n\n".to_vec(), &["is empty"]),
        ("prose", b"ask IT for it".to_vec(), &["holds no certificate", "BEGIN CERTIFICATE"]),
        ("a key", block("PRIVATE KEY", b"not one").into(), &["holds no certificate"]),
        ("half of one", cut.clone(), &["certificate 1 of the CA file", "cannot be read"]),
        (
            "a broken second one",
            format!("{pem}{}", block("CERTIFICATE", &cut)).into(),
            &["certificate 2 of the CA file", "cannot be read"],
        ),
        (
            "a bundle",
            pkcs7.to_vec(),
            &["PKCS #7", "openssl pkcs7 -inform DER -in FILE -print_certs -out ca.pem"],
        ),
        (
            "a bundle as PEM",
            block("PKCS7", &pkcs7).into(),
            &["PKCS #7", "openssl pkcs7 -in FILE -print_certs -out ca.pem"],
        ),
        ("a key store", pkcs12.to_vec(), &["PKCS #12", "openssl pkcs12 -in FILE"]),
        (
            "OpenSSL's own",
            block("TRUSTED CERTIFICATE", authority.der()).into(),
            &["openssl x509 -in FILE -out ca.pem"],
        ),
    ];
    for (name, bytes, words) in cases {
        desk.file("ca", bytes);
        let said = desk.run(&format!("{plan} --ca-file ca"));
        assert_eq!(said.code, Some(2), "{name}: {said}");
        said.says_all(words).says("hint:");
    }
    #[cfg(unix)]
    {
        let made = std::process::Command::new("mkfifo").arg(desk.path("pipe")).status();
        assert!(made.expect("there is a `mkfifo`").success());
        for name in ["pipe", "/dev/zero", "."] {
            desk.run(&format!("{plan} --ca-file {name}")).ends_with(2).says("it is no file");
        }
    }
    desk.run(&format!("{plan} --ca-file missing.pem")).ends_with(2).says("missing.pem");
    assert_eq!(end.connections(), 0);
}
