//! What goes out, and what is kept of a whole answer.

use mde_offboard::defender::{CredentialKind, Defender};
use mde_offboard::domain::{ActionId, ActionScope, Answer, ReadAnswer, Timestamp, Trouble};
use mde_offboard::remote::Remote;

use super::server::{Act, MACHINE, Server, action, answer, defender, json, machine, settings};

fn header<'a>(request: &'a str, name: &str) -> Vec<&'a str> {
    let lines = request.lines().take_while(|line| !line.is_empty());
    let pairs = lines.filter_map(|line| line.split_once(": "));
    pairs.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
}

#[tokio::test]
async fn an_offboarding_is_one_post_with_comment_and_token() {
    let date = [("Content-Type", "application/json"), ("Date", "Mon, 23 Nov 2026 08:15:30 GMT")];
    let server = Server::always(Act::Answer(answer(201, &date, action("Q4").as_bytes()))).await;
    let reply = defender(&server).submit(machine(), "Grüße \"Q4\"".to_owned()).await;
    assert!(matches!(reply.what, Answer::Accepted { adopted: true, http_status: 201, .. }));
    assert!(reply.heard);
    assert_eq!(reply.server_date, Some(Timestamp::parse("2026-11-23T08:15:30Z").unwrap()));

    let requests = server.heard();
    assert_eq!(requests.len(), 1);
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with(&format!("POST /api/machines/{MACHINE}/offboard HTTP/1.1\r\n")));
    assert_eq!(body, r#"{"Comment":"Grüße \"Q4\""}"#);
    assert_eq!(header(head, "authorization"), ["Bearer given-token"]);
    assert_eq!(header(head, "content-type"), ["application/json"]);
    assert_eq!(header(head, "accept"), ["application/json"]);
    let agent = concat!("mde-offboard/", env!("CARGO_PKG_VERSION"));
    assert_eq!(header(head, "user-agent"), [agent]);
}

#[tokio::test]
async fn lists_are_asked_for_by_filter_and_skip_in_full_pages() {
    let server = Server::always(Act::Answer(json(200, r#"{"value":[]}"#))).await;
    let defender = defender(&server);
    let since = Timestamp::parse("2026-11-23T08:15:30Z").unwrap();
    assert!(matches!(defender.actions(since, 20_000).await.what, ReadAnswer::Read(_)));
    assert!(matches!(
        defender.find(machine(), ActionScope::Offboard, 0).await.what,
        ReadAnswer::Read(_)
    ));
    assert!(matches!(
        defender.find(machine(), ActionScope::Every, 50).await.what,
        ReadAnswer::Read(_)
    ));
    assert!(matches!(defender.machines(10_000).await.what, ReadAnswer::Read(_)));
    let lines: Vec<String> =
        server.heard().iter().map(|request| request.lines().next().unwrap().to_owned()).collect();
    assert_eq!(
        lines,
        [
            "GET /api/machineactions?$filter=type%20eq%20%27Offboard%27%20and%20\
             creationDateTimeUtc%20ge%202026-11-23T08:15:30Z&$top=10000&$skip=20000 HTTP/1.1",
            &format!(
                "GET /api/machineactions?$filter=machineId%20eq%20%27{MACHINE}%27%20and%20\
                 type%20eq%20%27Offboard%27&$top=10000&$skip=0 HTTP/1.1"
            ),
            &format!(
                "GET /api/machineactions?$filter=machineId%20eq%20%27{MACHINE}%27&$top=10000\
                 &$skip=50 HTTP/1.1"
            ),
            "GET /api/machines?$top=10000&$skip=10000 HTTP/1.1",
        ]
    );
    assert_eq!(defender.page_rows(), 10_000);
}

#[tokio::test]
async fn a_cancel_is_a_post_to_its_action() {
    let done = action("x").replace("Pending", "Cancelled");
    let server = Server::always(Act::Answer(json(200, &done))).await;
    let id = ActionId::parse("11111111-2222-3333-4444-555555555555").unwrap();
    let reply = defender(&server).cancel(id.clone(), "taken back".to_owned()).await;
    assert!(matches!(reply.what, ReadAnswer::Read(action) if action.id == id));
    let heard = server.heard().concat();
    assert!(heard.starts_with(&format!("POST /api/machineactions/{id}/cancel HTTP/1.1")));
    assert!(heard.ends_with(r#"{"Comment":"taken back"}"#));
}

#[tokio::test]
async fn a_base_path_stays_before_the_path_of_the_api() {
    let server = Server::always(Act::Answer(json(201, &action("Q4")))).await;
    let defender = Defender::new(settings(&format!("{}/gateway/", server.url()))).unwrap();
    drop(defender.submit(machine(), "Q4".to_owned()).await);
    assert!(server.heard()[0].starts_with("POST /gateway/api/machines/"));
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_token_goes_nowhere_else() {
    let elsewhere = Server::always(Act::Answer(json(201, &action("Q4")))).await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("{}/api/machines/{MACHINE}/offboard", elsewhere.url());
        let page = answer(status, &[("Location", &location)], b"moved");
        let server = Server::always(Act::Answer(page)).await;
        let client = defender(&server);
        let answer = client.submit(machine(), "Q4".to_owned()).await.what;
        let Answer::Doubtful { doubt, .. } = answer else { panic!("{answer:?}") };
        assert_eq!(doubt, mde_offboard::domain::Doubt::Redirected);
        let reading = client.machines(0).await.what;
        assert!(matches!(reading, ReadAnswer::Trouble(Trouble::Redirected(_))), "{status}");
        assert_eq!(server.heard().len(), 2);
    }
    assert_eq!(elsewhere.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn a_token_that_was_handed_in_is_sent_again_after_a_401() {
    let server = Server::always(Act::Answer(answer(401, &[], b""))).await;
    let defender = defender(&server);
    for _ in 0..2 {
        let answer = defender.submit(machine(), "Q4".to_owned()).await.what;
        assert!(matches!(answer, Answer::Trouble(Trouble::Unauthorized(_))), "{answer:?}");
    }
    let heard = server.heard();
    assert_eq!(heard.len(), 2);
    assert!(heard.iter().all(|request| header(request, "authorization") == ["Bearer given-token"]));
}

#[tokio::test]
async fn a_token_that_a_proxy_quotes_in_its_page_is_not_kept() {
    let page = b"<html>Blocked: POST /api\nAuthorization: Bearer given-token\nHost: x</html>";
    let server = Server::always(Act::Answer(answer(502, &[], page))).await;
    let answer = defender(&server).submit(machine(), "Q4".to_owned()).await.what;
    let Answer::Doubtful { detail, .. } = answer else { panic!("{answer:?}") };
    assert!(detail.message.contains("Bearer [REDACTED] Host: x"), "{detail}");
    assert!(!detail.message.contains("given-token"), "{detail}");
}

#[test]
fn secrets_are_never_in_debug_output() {
    let mut with_secrets = settings("http://127.0.0.1:9");
    with_secrets.proxy = Some("http://user:hunter2@proxy.example:8080".to_owned());
    let shown = format!("{with_secrets:?}");
    assert!(shown.contains("Token([REDACTED])"), "{shown}");
    let defender = Defender::new(with_secrets).unwrap();
    let mut with_secret = settings("http://127.0.0.1:9");
    with_secret.credential = CredentialKind::ClientSecret("s3cret".into());
    let shown_secret = format!("{with_secret:?}");
    with_secret.tenant_id = Some("t".to_owned());
    with_secret.client_id = Some("c".to_owned());
    let client = Defender::new(with_secret).unwrap();
    let all = format!("{shown}{defender:?}{shown_secret}{client:?}");
    for secret in ["given-token", "hunter2", "s3cret"] {
        assert!(!all.contains(secret), "{all}");
    }
}

#[test]
fn settings_that_cannot_work_are_refused_before_anything_is_sent() {
    let refused = |change: fn(&mut mde_offboard::defender::Settings)| {
        let mut settings = settings("http://127.0.0.1:9");
        change(&mut settings);
        let error = Defender::new(settings).unwrap_err();
        format!("{error}: {}", error.hint().to_text(str::to_owned))
    };
    let no_tenant = refused(|s| s.credential = CredentialKind::ClientSecret("s".into()));
    assert!(no_tenant.contains("--tenant-id"), "{no_tenant}");
    let no_client = refused(|s| {
        s.credential = CredentialKind::ClientSecret("s".into());
        s.tenant_id = Some("t".to_owned());
    });
    assert!(no_client.contains("--client-id"), "{no_client}");
    let line_break = refused(|s| s.credential = CredentialKind::Token("bad\ntoken".into()));
    assert!(line_break.contains("token") && !line_break.contains("bad"), "{line_break}");
    assert!(refused(|s| s.ca_file = Some(b"no PEM".to_vec())).contains("CA file"));
    let proxy = refused(|s| {
        s.api = mde_offboard::defender::ApiUrl::parse("https://a.example").unwrap();
        s.proxy = Some("http://".to_owned());
    });
    assert!(proxy.contains("proxy"), "{proxy}");
}
