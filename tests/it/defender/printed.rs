//! Types that hold a secret, as a panic or a log would print them.

use std::fmt::Debug;
use std::sync::Arc;

use mde_offboard::defender::{
    CredentialKind, Defender, HttpAnswer, HttpOutcome, ManagedIdentityPlace, SecretSource, Secrets,
    Settings,
};

use super::server::settings;

const CANARY: &str = "Zq8~kW.vR3_mXt-91LpYs0bNcG7hUaEf";

#[track_caller]
fn check(what: &str, value: &impl Debug) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        for part in [&CANARY[..16], &CANARY[16..]] {
            assert!(!text.contains(part), "{what}: {text}");
        }
        // The bytes of it, as numbers.
        let bytes = format!("{:?}", &CANARY.as_bytes()[..4]);
        assert!(!text.contains(bytes.trim_matches(['[', ']'])), "{what}: {text}");
    }
}

fn kinds() -> Vec<CredentialKind> {
    let secret = || SecretSource::from(CANARY.to_owned());
    let place = ManagedIdentityPlace::AppService {
        endpoint: "http://127.0.0.1:9/msi/token".to_owned(),
        header: CANARY.into(),
    };
    vec![
        CredentialKind::Token(CANARY.into()),
        CredentialKind::ClientSecret(secret()),
        CredentialKind::ClientCertificate(secret()),
        CredentialKind::FederatedToken(secret()),
        CredentialKind::AzureCli(secret()),
        CredentialKind::ManagedIdentity(place),
        CredentialKind::DeviceCode(Arc::new(|_| {})),
    ]
}

#[test]
fn no_type_that_holds_a_secret_prints_it() {
    let secrets = Secrets::default();
    secrets.keep(CANARY);
    check("the registry", &secrets);
    let body = Ok(format!("{{\"access_token\":\"{CANARY}\"}}").into_bytes());
    let header = || Some(CANARY.to_owned());
    let (content_type, retry_after, date) = (header(), header(), header());
    let answer = HttpAnswer {
        status: 200,
        content_type,
        retry_after,
        date,
        redirect_host: None,
        body,
        secrets,
    };
    check("an outcome", &HttpOutcome::Answered(answer.clone()));
    check("an answer", &answer);
    for kind in kinds() {
        let name = format!("{kind:?}");
        check(&name, &kind);
        let proxy = Some(format!("http://user:{CANARY}@proxy.example:8080"));
        let settings = Settings { credential: kind, proxy, ..settings("http://127.0.0.1:9") };
        check(&name, &settings);
        if let Ok(defender) = Defender::new(settings) {
            check(&name, &defender);
        }
    }
}
