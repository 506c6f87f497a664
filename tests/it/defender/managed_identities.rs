//! The service for managed identities, as Microsoft's page says that it fails.

use mde_offboard::defender::{CredentialKind, Defender, ManagedIdentityPlace, Settings};

use super::server::{Act, Server, answer, json, settings};

fn client(identity: &Server) -> Defender {
    let place = ManagedIdentityPlace::Metadata { base: identity.url() };
    let credential = CredentialKind::ManagedIdentity(place);
    Defender::new(Settings { credential, ..settings("http://127.0.0.1:9") }).unwrap()
}

#[tokio::test]
async fn a_service_that_is_busy_or_being_updated_is_asked_again() {
    for status in [404, 410, 429, 500, 503] {
        for body in ["", "<html>Gone</html>", r#"{"error":"invalid_request"}"#] {
            let identity = Server::start(move |number, _| {
                Act::Answer(match number {
                    0 => answer(status, &[("Content-Type", "application/json")], body.as_bytes()),
                    _ => json(200, r#"{"expires_in":"86399","access_token":"token-1"}"#),
                })
            })
            .await;
            let defender = client(&identity);
            let error = defender.sign_in().await.unwrap_err();
            assert!(!error.refused && error.detail.changes_by_waiting(), "{status}: {error:?}");
            let said = error.detail.to_string();
            assert!(said.contains(&format!("answers {status}: it is busy")), "{said}");
            defender.sign_in().await.unwrap();
        }
    }
}

#[tokio::test]
async fn an_identity_that_is_not_there_is_refused_at_once() {
    let body = r#"{"error":"invalid_request","error_description":"Identity not found"}"#;
    let identity = Server::always(Act::Answer(json(400, body))).await;
    let error = client(&identity).sign_in().await.unwrap_err();
    assert!(error.refused && error.detail.to_string().contains("Identity not found"), "{error:?}");
}
