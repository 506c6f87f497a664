//! Sign-in with a certificate: what is sent, and what cannot be used.

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use mde_offboard::defender::{
    AuthorityUrl, CredentialKind, Defender, Identity, SecretSource, Settings, SignInError,
};
use mde_offboard::remote::Remote;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::server::{Act, Server, json, settings};

const TOKEN: &str = r#"{"expires_in":3599,"access_token":"token-0"}"#;

/// A key with its certificate, each as PEM, and the certificate as DER.
struct Made {
    key: KeyPair,
    certificate: String,
    der: Vec<u8>,
}

fn made(first_year: i32, last_year: i32) -> Made {
    let key = KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    let mut parameters = CertificateParams::new(Vec::new()).unwrap();
    parameters.not_before = date_time_ymd(first_year, 1, 1);
    parameters.not_after = date_time_ymd(last_year, 1, 1);
    let certificate = parameters.self_signed(&key).unwrap();
    Made { certificate: certificate.pem(), der: certificate.der().to_vec(), key }
}

fn client(authority: &Server, pem: &str) -> Defender {
    Defender::new(Settings {
        authority: AuthorityUrl::parse(&authority.url()).unwrap(),
        tenant_id: Some("contoso.example".to_owned()),
        client_id: Some("app-1".to_owned()),
        credential: CredentialKind::ClientCertificate(pem.into()),
        ..settings("http://127.0.0.1:9")
    })
    .unwrap()
}

async fn sign_in(pem: &str) -> (Result<Identity, SignInError>, Vec<String>) {
    let authority = Server::always(Act::Answer(json(200, TOKEN))).await;
    (client(&authority, pem).sign_in().await, authority.heard())
}

#[tokio::test]
async fn an_assertion_is_signed_for_the_token_endpoint_with_the_certificates_key() {
    let Made { key, certificate, der } = made(2020, 2099);
    let authority = Server::always(Act::Answer(json(200, TOKEN))).await;
    for pem in [
        format!("{certificate}{}", key.serialize_pem()),
        format!("\u{feff}{}\r\n{certificate}", key.serialize_pem().replace('\n', "\r\n")),
        format!("{}{certificate}{}", made(2020, 2099).certificate, key.serialize_pem()),
    ] {
        let identity = client(&authority, &pem).sign_in().await.unwrap();
        assert!(identity.certificate_ends_at.is_some());
    }
    let heard = authority.heard();
    assert_eq!(heard.len(), 3);
    let public = DecodingKey::from_rsa_der(key.public_key_raw());
    let thumbprint = {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(Sha256::digest(&der))
    };
    let mut names = Vec::new();
    for request in heard {
        let form = request.rsplit("\r\n").next().unwrap().to_owned();
        let value = |name: &str| {
            let field = form.split('&').find_map(|field| field.strip_prefix(name));
            field.unwrap_or_else(|| panic!("{name} in {form}")).to_owned()
        };
        let assertion = value("client_assertion=");
        assert_eq!(value("client_id="), "app-1");
        assert!(value("client_assertion_type=").ends_with("client-assertion-type%3Ajwt-bearer"));
        assert!(!form.contains("client_secret"), "{form}");
        let header = decode_header(&assertion).unwrap();
        assert_eq!((header.alg, header.typ.as_deref()), (Algorithm::PS256, Some("JWT")));
        assert_eq!(header.x5t_s256.as_deref(), Some(thumbprint.as_str()));
        let mut validation = Validation::new(Algorithm::PS256);
        validation
            .set_audience(&[format!("{}/contoso.example/oauth2/v2.0/token", authority.url())]);
        let claims = decode::<Value>(&assertion, &public, &validation).unwrap().claims;
        assert_eq!((&claims["iss"], &claims["sub"]), (&"app-1".into(), &"app-1".into()));
        let lasts = claims["exp"].as_i64().unwrap() - claims["nbf"].as_i64().unwrap();
        assert!((300..=600).contains(&lasts), "{lasts}");
        names.push(claims["jti"].to_string());
    }
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 3, "each assertion has a name of its own");
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_told_before_anyone_is_asked() {
    let Made { key, certificate, .. } = made(2020, 2099);
    let private = key.serialize_pem();
    let elliptic = KeyPair::generate().unwrap().serialize_pem();
    let (over, early) = (made(2020, 2021), made(2098, 2099));
    let encrypted = private.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let older = private.replacen('\n', "\nProc-Type: 4,ENCRYPTED\n", 1);
    for (pem, said) in [
        (certificate.clone(), "has no private key"),
        (private.clone(), "has no certificate"),
        (String::new(), "has no private key"),
        (format!("{certificate}{encrypted}"), "openssl"),
        (format!("{certificate}{older}"), "openssl"),
        (format!("{certificate}{elliptic}"), "RSA"),
        (format!("{}{private}", over.certificate), "belongs to none"),
        (format!("{}{}", over.certificate, over.key.serialize_pem()), "ended at 2021-01-01"),
        (format!("{}{}", early.certificate, early.key.serialize_pem()), "from 2098-01-01"),
        (format!("{}{private}", certificate.replace("MII", "MIX")), "cannot be read"),
    ] {
        let (result, heard) = sign_in(&pem).await;
        let error = result.unwrap_err();
        assert!(error.refused && error.to_string().contains(said), "{said}: {error}");
        assert_eq!(heard, Vec::<String>::new(), "{said}");
    }
}

#[tokio::test]
async fn a_certificate_is_read_again_at_each_sign_in() {
    let (first, second) = (made(2020, 2099), made(2020, 2099));
    let pem = |made: &Made| format!("{}{}", made.certificate, made.key.serialize_pem());
    let texts = std::sync::Mutex::new(vec![pem(&second), pem(&first)]);
    let source = SecretSource::read_by(move || {
        let text = texts.lock().unwrap().pop().ok_or_else(|| "the file is gone".to_owned());
        Box::pin(std::future::ready(text.map(Into::into)))
    });
    let authority = Server::start(|number, _| {
        let body = format!(r#"{{"expires_in":1,"access_token":"token-{number}"}}"#);
        Act::Answer(json(200, &body))
    })
    .await;
    let api = Server::always(Act::Answer(json(401, "{}"))).await;
    let defender = Defender::new(Settings {
        authority: AuthorityUrl::parse(&authority.url()).unwrap(),
        tenant_id: Some("contoso.example".to_owned()),
        client_id: Some("app-1".to_owned()),
        credential: CredentialKind::ClientCertificate(source),
        ..settings(&api.url())
    })
    .unwrap();
    for _ in 0..2 {
        defender.submit(super::server::machine(), "Q4".to_owned()).await;
    }
    let heard = authority.heard();
    let thumbprint = |request: &String| {
        let assertion = request.split("client_assertion=").nth(1).unwrap().split('&').next();
        decode_header(assertion.unwrap()).unwrap().x5t_s256
    };
    assert_eq!(heard.len(), 2);
    assert_ne!(thumbprint(&heard[0]), thumbprint(&heard[1]));
    let answer = defender.submit(super::server::machine(), "Q4".to_owned()).await.what;
    assert!(format!("{answer:?}").contains("the file is gone"), "{answer:?}");
}
