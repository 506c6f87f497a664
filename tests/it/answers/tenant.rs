//! Defender by script: a POST is answered as a row says, and lists tell what took effect.

use std::sync::{Arc, Mutex, MutexGuard};

use mde_offboard::domain::Timestamp;

use crate::defender::server::{Act, Server, json};

/// One POST as the server heard it.
#[derive(Clone, Debug)]
pub(super) struct Post {
    /// How many there were for its machine by now, itself included.
    pub(super) nth: usize,
    /// Which machine of the batch, from 0.
    pub(super) index: u32,
    pub(super) machine: String,
    pub(super) comment: String,
    pub(super) token: String,
}

/// One request for a list.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// How many there were of its kind (of one machine, or of all) by now, itself included.
    pub(super) nth: usize,
    /// The machine, for a look-up.
    pub(super) machine: Option<String>,
    pub(super) since: Option<Timestamp>,
    pub(super) skip: usize,
}

/// An action that Defender has.
#[derive(Clone, Debug)]
pub(super) struct Effect {
    pub(super) id: String,
    pub(super) machine: String,
    pub(super) comment: String,
    pub(super) created: Timestamp,
}

impl Effect {
    /// What a POST comes to when it is taken.
    pub(super) fn of(post: &Post) -> Self {
        let Post { nth, index, machine, comment, .. } = post.clone();
        let id = format!("{nth:08x}-0000-4000-8000-{index:012x}");
        Self { id, machine, comment, created: time("2026-11-23T17:40:01Z") }
    }

    /// The action as Defender shows it.
    pub(super) fn shown(&self, status: &str) -> String {
        let Self { id, machine, comment, created } = self;
        format!(
            r#"{{"id":"{id}","type":"Offboard","status":"{status}","machineId":"{machine}",
            "requestorComment":"{comment}","creationDateTimeUtc":"{created}","errorHResult":0}}"#
        )
    }
}

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// What the server does about a POST, and whether Defender has an action for it from then on.
pub(super) struct Play {
    pub(super) effect: Option<Effect>,
    pub(super) act: Act,
}

/// It took effect, whatever comes back.
pub(super) fn taken(post: &Post, act: Act) -> Play {
    Play { effect: Some(Effect::of(post)), act }
}

/// It did nothing.
pub(super) const fn lost(act: Act) -> Play {
    Play { effect: None, act }
}

/// The first machine's answer is lost.
pub(super) fn unanswered(post: &Post) -> Play {
    match post.nth {
        1 => taken(post, Act::AnswerAndClose(Vec::new())),
        _ => accepted(post),
    }
}

/// It took effect, and the answer says so.
pub(super) fn accepted(post: &Post) -> Play {
    let shown = Effect::of(post).shown("Pending");
    taken(post, Act::Answer(json(201, &shown)))
}

/// A refusal in Defender's shape.
pub(super) fn refusal(status: u16, code: &str) -> Act {
    let body = format!(r#"{{"error":{{"code":"{code}","message":"Words.","target":"|7f0c."}}}}"#);
    Act::Answer(json(status, &body))
}

/// A page of a list.
pub(super) fn page(rows: &[String]) -> Act {
    Act::Answer(json(200, &format!(r#"{{"value":[{}]}}"#, rows.join(","))))
}

/// The page that an honest server shows: every action that fits, ended well.
pub(super) fn honest(asked: &Asked, effects: &[Effect]) -> Act {
    page(&fitting(asked, effects).map(|effect| effect.shown("Succeeded")).collect::<Vec<_>>())
}

/// The actions that a request asks for.
pub(super) fn fitting<'a>(
    asked: &'a Asked,
    effects: &'a [Effect],
) -> impl Iterator<Item = &'a Effect> {
    let fits = |effect: &&Effect| {
        asked.machine.as_ref().is_none_or(|machine| *machine == effect.machine)
            && asked.since.is_none_or(|since| effect.created >= since)
    };
    effects.iter().filter(fits).skip(asked.skip)
}

pub(super) type Posts = Arc<dyn Fn(&Post) -> Play + Send + Sync>;
pub(super) type Lists = Arc<dyn Fn(&Asked, &[Effect]) -> Act + Send + Sync>;

/// What the server heard and did.
#[derive(Default)]
pub(super) struct Truth {
    pub(super) posts: Vec<Post>,
    pub(super) lists: Vec<Asked>,
    pub(super) effects: Vec<Effect>,
}

/// A tenant on loopback; gone when it is dropped.
pub(super) struct Tenant {
    pub(super) server: Server,
    truth: Arc<Mutex<Truth>>,
}

impl Tenant {
    pub(super) async fn start(posts: Posts, lists: Lists) -> Self {
        let truth = Arc::new(Mutex::new(Truth::default()));
        let shared = Arc::clone(&truth);
        let server = Server::start(move |_, request| {
            let mut truth = shared.lock().unwrap();
            if request.starts_with("POST ") {
                let post = read_post(request, &truth);
                let Play { effect, act } = posts(&post);
                truth.posts.push(post);
                truth.effects.extend(effect);
                act
            } else {
                let asked = read_list(request, &truth);
                let act = lists(&asked, &truth.effects);
                truth.lists.push(asked);
                act
            }
        });
        Self { server: server.await, truth }
    }

    pub(super) fn truth(&self) -> MutexGuard<'_, Truth> {
        self.truth.lock().unwrap()
    }
}

fn read_post(request: &str, truth: &Truth) -> Post {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let machine = head.split('/').nth(3).unwrap().to_owned();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let token = head.lines().find_map(|line| line.strip_prefix("authorization: Bearer "));
    Post {
        nth: 1 + truth.posts.iter().filter(|post| post.machine == machine).count(),
        index: u32::from_str_radix(&machine[32..], 16).unwrap(),
        comment: body["Comment"].as_str().unwrap().to_owned(),
        token: token.unwrap().to_owned(),
        machine,
    }
}

fn read_list(request: &str, truth: &Truth) -> Asked {
    let line = request.lines().next().unwrap().replace("%20", " ").replace("%27", "'");
    let line = line.replace("%3A", ":");
    let after = |mark: &str| line.split_once(mark).map(|(_, rest)| rest);
    let until = |rest: &str, ends: &[char]| rest.split(ends).next().unwrap().to_owned();
    let machine = after("machineId eq '").map(|rest| until(rest, &['\'']));
    let same = |asked: &&Asked| asked.machine == machine;
    Asked {
        nth: 1 + truth.lists.iter().filter(same).count(),
        since: after("creationDateTimeUtc ge ").map(|rest| time(&until(rest, &['&', ' ']))),
        skip: after("$skip=").map_or(0, |rest| until(rest, &['&', ' ']).parse().unwrap()),
        machine,
    }
}
