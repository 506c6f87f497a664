//! What the network does to a request, and whether it may have had an effect.

use mde_offboard::defender::{Defender, Settings};
use mde_offboard::domain::{Answer, Detail, Doubt, ReadAnswer, Reply, Trouble, Unreachable};
use mde_offboard::remote::Remote;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::server::{
    Act, IMPATIENCE, IMPATIENCE_TO_CONNECT, Server, action, answer, defender, json, machine,
    settings,
};

async fn submit(settings: Settings) -> Reply<Answer> {
    Defender::new(settings).unwrap().submit(machine(), "Q4".to_owned()).await
}

fn impatient(server: &Server) -> Settings {
    Settings { timeout: IMPATIENCE, ..settings(&server.url()) }
}

fn no_answer(reply: &Reply<Answer>) -> &Detail {
    match &reply.what {
        Answer::Doubtful { doubt: Doubt::NoAnswer, detail } => detail,
        other => panic!("{other:?}"),
    }
}

fn unreachable(reply: &Reply<Answer>) -> (Unreachable, &str) {
    match &reply.what {
        Answer::Trouble(Trouble::Unreachable { kind, detail }) => {
            assert!(!reply.heard && detail.http_status.is_none());
            (*kind, detail.code())
        }
        other => panic!("{other:?}"),
    }
}

/// A head that promises more than will come.
fn head(length: usize) -> Vec<u8> {
    let text = format!(
        "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    text.into_bytes()
}

#[tokio::test]
async fn silence_after_the_request_is_no_answer() {
    let server = Server::always(Act::Silence).await;
    let reply = submit(impatient(&server)).await;
    assert_eq!(no_answer(&reply).code(), "timeout");
    assert!(!reply.heard);
    assert_eq!(server.heard().len(), 1, "nothing is sent again");
}

#[tokio::test]
async fn a_slow_drip_meets_the_one_deadline() {
    let server = Server::always(Act::Drip(head(1_000_000))).await;
    let reply = submit(impatient(&server)).await;
    let detail = no_answer(&reply);
    assert_eq!((detail.code(), detail.http_status), ("timeout", Some(201)));
    assert!(reply.heard, "a status line came");
}

#[tokio::test]
async fn a_connection_that_ends_without_an_answer_is_no_answer_and_not_tried_again() {
    for last in [Act::AnswerAndClose(Vec::new()), Act::AnswerAndReset(Vec::new())] {
        // The first request is answered, so that the second one goes over a used connection, which
        // libraries like to take as a reason to try again.
        let server = Server::start(move |number, _| match number {
            0 => Act::Answer(json(201, &action("Q4"))),
            _ => last.clone(),
        })
        .await;
        let defender = defender(&server);
        let first = defender.submit(machine(), "Q4".to_owned()).await;
        assert!(matches!(first.what, Answer::Accepted { .. }));
        let reply = defender.submit(machine(), "Q4".to_owned()).await;
        assert_eq!(no_answer(&reply).code(), "connection_reset");
        assert!(!reply.heard);
        assert_eq!(server.heard().len(), 2);
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_no_answer_although_it_said_201() {
    let part = [head(5_000), action("Q4").into_bytes()].concat();
    for act in [Act::AnswerAndClose(part.clone()), Act::AnswerAndReset(part)] {
        let server = Server::always(act).await;
        let reply = submit(settings(&server.url())).await;
        let detail = no_answer(&reply);
        assert_eq!(detail.http_status, Some(201));
        assert!(["unreadable_body", "connection_reset"].contains(&detail.code()), "{detail:?}");
        assert!(reply.heard);
        assert_eq!(server.heard().len(), 1);
    }
}

#[tokio::test]
async fn words_that_are_not_http_are_no_answer() {
    let server = Server::always(Act::AnswerAndClose(b"220 mail.example ESMTP\r\n".to_vec())).await;
    no_answer(&submit(settings(&server.url())).await);
}

#[tokio::test]
async fn a_huge_answer_is_cut_at_a_mebibyte_also_when_it_comes_compressed() {
    let huge = json(201, &format!("{}{}", action("Q4"), " ".repeat(1 << 20)));
    let bomb = answer(
        201,
        &[("Content-Type", "application/json"), ("Content-Encoding", "gzip")],
        include_bytes!("two_mebibytes.gz"),
    );
    assert!(bomb.len() < 10_000);
    for bytes in [huge, bomb] {
        let server = Server::always(Act::AnswerAndClose(bytes)).await;
        let reply = submit(settings(&server.url())).await;
        assert_eq!(no_answer(&reply).code(), "body_too_large");
    }
}

#[tokio::test]
async fn a_list_may_be_larger_than_an_action() {
    let body = format!(r#"{{"value":[]{}}}"#, " ".repeat(2 << 20));
    let server = Server::always(Act::Answer(json(200, &body))).await;
    assert!(matches!(defender(&server).machines(0).await.what, ReadAnswer::Read(_)));
}

#[tokio::test]
async fn a_corrupt_compression_is_an_unreadable_body() {
    let headers = [("Content-Type", "application/json"), ("Content-Encoding", "gzip")];
    let server = Server::always(Act::Answer(answer(201, &headers, b"no gzip at all"))).await;
    let reply = submit(settings(&server.url())).await;
    assert_eq!(no_answer(&reply).code(), "unreadable_body");
}

#[tokio::test]
async fn a_refused_connection_has_no_effect() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let reply = submit(settings(&url)).await;
    assert_eq!(unreachable(&reply), (Unreachable::Connect, "connection_refused"));
}

#[tokio::test]
async fn a_handshake_that_hangs_is_told_apart_from_an_answer_that_does_not_come() {
    let server = Server::always(Act::Silence).await;
    let url = server.url().replace("http:", "https:");
    let reply = submit(Settings { timeout: IMPATIENCE_TO_CONNECT, ..settings(&url) }).await;
    assert_eq!(unreachable(&reply), (Unreachable::Connect, "timeout"));
}

#[tokio::test]
async fn a_name_that_is_not_resolved_has_no_effect() {
    // A label of more than 63 characters is no name: the resolver says so without asking anyone.
    // It is the proxy's here, since a server's name is checked before that.
    let proxy = format!("http://{}.invalid", "a".repeat(64));
    let settings = Settings { proxy: Some(proxy), ..settings("https://defender.example") };
    let reply = submit(settings).await;
    assert_eq!(unreachable(&reply), (Unreachable::Name, "name_unknown"));
}

#[tokio::test]
async fn a_failed_tls_handshake_has_no_effect() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let answer = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        // The greeting is read first: closing over unread bytes would be a reset.
        assert!(socket.read(&mut [0_u8; 4096]).await.unwrap() > 0);
        socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    };
    let (reply, ()) = tokio::join!(submit(settings(&url)), answer);
    assert_eq!(unreachable(&reply), (Unreachable::Tls, "tls"));
}

async fn through_proxy(status_line: &'static str) -> (Reply<Answer>, Vec<String>) {
    let bytes = format!("HTTP/1.1 {status_line}\r\nContent-Length: 0\r\n\r\n").into_bytes();
    let proxy = Server::always(Act::AnswerAndClose(bytes)).await;
    let reply =
        submit(Settings { proxy: Some(proxy.url()), ..settings("https://defender.example") }).await;
    (reply, proxy.heard())
}

#[tokio::test]
async fn a_proxy_that_opens_no_tunnel_has_no_effect_and_never_sees_the_token() {
    for (status, code) in [("403 Forbidden", "proxy_refused"), ("503 Busy", "proxy")] {
        let (reply, heard) = through_proxy(status).await;
        assert_eq!(unreachable(&reply), (Unreachable::Proxy, code));
        // It is asked a second time why it refuses.
        assert_eq!(heard.len(), 2);
        for question in heard {
            assert!(question.starts_with("CONNECT defender.example:443 "));
            assert!(!question.contains("given-token"));
        }
    }
}

#[tokio::test]
async fn a_proxy_that_wants_credentials_is_told_as_that() {
    let (reply, _) = through_proxy("407 Proxy Authentication Required").await;
    let Answer::Trouble(Trouble::ProxyAuthentication(detail)) = reply.what else {
        panic!("{reply:?}")
    };
    assert_eq!(detail.http_status, Some(407));
}

#[tokio::test]
async fn a_loopback_address_is_never_reached_through_a_proxy() {
    let proxy = Server::always(Act::Silence).await;
    let server = Server::always(Act::Answer(json(201, &action("Q4")))).await;
    let reply = submit(Settings { proxy: Some(proxy.url()), ..settings(&server.url()) }).await;
    assert!(matches!(reply.what, Answer::Accepted { .. }));
    assert_eq!(proxy.heard(), Vec::<String>::new());
}
