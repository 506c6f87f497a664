//! What a server says over HTTP/2 about a request, and which of it proves that nothing was done.
//! In each case the server counts the POSTs: one call is at most one.

use mde_offboard::defender::{Defender, Settings};
use mde_offboard::domain::{Answer, Doubt, Reply, Trouble, Unreachable};
use mde_offboard::remote::Remote;

use super::http2_server::{
    Act, Http2Server, INTERNAL_ERROR, NO_ERROR, Post, created, go_away, push, reset,
};
use super::server::{action, machine, settings};

/// Settings that know the server's authority.
pub(crate) fn trusting(server: &Http2Server) -> Settings {
    Settings { ca_file: Some(server.ca()), ..settings(&server.url()) }
}

async fn submit(defender: &Defender) -> Reply<Answer> {
    defender.submit(machine(), "Q4".to_owned()).await
}

/// What came of a request, in a word.
fn word(reply: &Reply<Answer>) -> &str {
    match &reply.what {
        Answer::Accepted { .. } => "accepted",
        Answer::Doubtful { doubt: Doubt::NoAnswer, .. } => "doubt",
        Answer::Trouble(Trouble::Unreachable { kind: Unreachable::Connect, detail }) => {
            assert!(!reply.heard && detail.http_status.is_none());
            detail.code()
        }
        other => panic!("{other:?}"),
    }
}

fn accept(post: Post) -> Act {
    Act::Send(created(post.stream, &action("Q4")))
}

/// Streams of the POSTs, all of which came on the first connection.
fn streams(server: &Http2Server) -> Vec<u32> {
    let posts = server.posts();
    assert!(posts.iter().all(|post| post.connection == 0), "{posts:?}");
    posts.iter().map(|post| post.stream).collect()
}

/// Three requests on one connection: the first is accepted, the others go out at once. When both
/// are here, the server does `act`: they are streams 3 and 5.
async fn of_two_at_once(act: impl Fn() -> Act + Send + Sync + 'static) -> (String, String) {
    let server = Http2Server::start(move |post| match post.stream {
        1 => accept(post),
        3 => Act::Send(Vec::new()),
        _ => act(),
    })
    .await;
    let defender = Defender::new(trusting(&server)).unwrap();
    assert_eq!(word(&submit(&defender).await), "accepted");
    let (first, second) = tokio::join!(submit(&defender), submit(&defender));
    assert_eq!(streams(&server), [1, 3, 5]);
    (word(&first).to_owned(), word(&second).to_owned())
}

#[tokio::test]
async fn a_server_that_the_ca_file_vouches_for_is_reached_and_no_other() {
    let server = Http2Server::start(accept).await;
    let other = Http2Server::start(accept).await;
    let known = Defender::new(trusting(&server)).unwrap();
    assert_eq!(word(&submit(&known).await), "accepted");
    assert_eq!(streams(&server), [1]);

    for ca_file in [None, Some(other.ca())] {
        let stranger = Defender::new(Settings { ca_file, ..settings(&server.url()) }).unwrap();
        let answer = submit(&stranger).await.what;
        let Answer::Trouble(Trouble::Unreachable { kind, detail }) = answer else {
            panic!("{answer:?}")
        };
        assert_eq!((kind, detail.code()), (Unreachable::Tls, "certificate"), "{detail}");
    }
    assert_eq!(server.posts().len(), 1, "nothing is sent to a stranger");
}

#[tokio::test]
async fn a_stream_that_is_reset_is_no_answer_and_no_library_sends_it_again() {
    // All of RFC 9113, section 7, `REFUSED_STREAM` (7) among them, and one that nobody knows.
    let codes: Vec<u32> = (0..=13).chain([99]).collect();
    let count = codes.len();
    let code_of = move |stream: u32| codes[usize::try_from(stream / 2).unwrap()];
    let resets = move |post: Post| Act::Send(reset(post.stream, code_of(post.stream)));
    let server = Http2Server::start(resets).await;
    let defender = Defender::new(trusting(&server)).unwrap();
    for sent in 1..=count {
        assert_eq!(word(&submit(&defender).await), "doubt", "{:?}", server.posts().last());
        assert_eq!(streams(&server).len(), sent);
    }
}

#[tokio::test]
async fn a_request_beyond_the_last_one_of_a_goaway_has_no_effect() {
    let alone = Http2Server::start(|_| Act::SendAndClose(go_away(0, NO_ERROR))).await;
    let defender = Defender::new(trusting(&alone)).unwrap();
    assert_eq!(word(&submit(&defender).await), "going_away");
    assert_eq!(streams(&alone), [1]);

    let parting = || {
        let warned = [go_away(u32::MAX >> 1, NO_ERROR), go_away(3, NO_ERROR)].concat();
        Act::Send([warned, created(3, &action("Q4"))].concat())
    };
    let (last, beyond) = of_two_at_once(parting).await;
    assert_eq!((last.as_str(), beyond.as_str()), ("accepted", "going_away"));
}

#[tokio::test]
async fn a_goaway_proves_nothing_about_a_request_that_it_includes() {
    let goodbye = || go_away(3, NO_ERROR);
    let ways: [(&str, Vec<u8>); 4] = [
        ("and nothing more", goodbye()),
        ("and then an error", [goodbye(), go_away(3, INTERNAL_ERROR)].concat()),
        ("and the same once more", [goodbye(), goodbye()].concat()),
        // Whatever comes for the abandoned stream must not spill over to the other one.
        ("and a push on the abandoned stream", [goodbye(), push(5, 2)].concat()),
    ];
    for (name, frames) in ways {
        let (last, beyond) = of_two_at_once(move || Act::SendAndClose(frames.clone())).await;
        assert_eq!((last.as_str(), beyond.as_str()), ("doubt", "going_away"), "{name}");
    }
}

#[tokio::test]
async fn a_goaway_because_of_an_error_is_no_answer_whatever_it_includes() {
    for last in [0, 1] {
        let broken = move |_| Act::SendAndClose(go_away(last, INTERNAL_ERROR));
        let server = Http2Server::start(broken).await;
        let defender = Defender::new(trusting(&server)).unwrap();
        assert_eq!(word(&submit(&defender).await), "doubt");
        assert_eq!(streams(&server), [1]);
    }
}

#[tokio::test]
async fn a_connection_that_ends_without_a_goaway_is_no_answer() {
    let (first, second) = of_two_at_once(|| Act::SendAndClose(Vec::new())).await;
    assert_eq!((first.as_str(), second.as_str()), ("doubt", "doubt"));
}

#[tokio::test]
async fn after_a_goaway_the_next_request_goes_out_once_and_on_a_new_connection() {
    // The goodbye comes with the answer: the next request meets it in the pool or on its way.
    let parting = |post: Post| {
        let answer = created(post.stream, &action("Q4"));
        Act::Send([answer, go_away(post.stream, NO_ERROR)].concat())
    };
    let server = Http2Server::start(parting).await;
    let defender = Defender::new(trusting(&server)).unwrap();
    for _ in 0..20 {
        assert_eq!(word(&submit(&defender).await), "accepted");
    }
    let expected: Vec<Post> = (0..20).map(|connection| Post { connection, stream: 1 }).collect();
    assert_eq!(server.posts(), expected);
}
