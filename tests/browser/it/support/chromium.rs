//! A browser of a test's own, told what to do over a pipe.
//!
//! Messages are JSON, each ended by a zero byte, on the descriptors 3 and 4 of the browser, which
//! are our ends of its standard input and output. It ends when that pipe closes: so also when the
//! test is killed. Deliberately absent: what a page is (`page`).

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Longest wait for an answer. The computer may have much else to do.
pub(crate) const ANSWER_MAX: Duration = Duration::from_mins(1);

/// Gives the browser its pipe, and becomes it.
const START: &str = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#;

const OPTIONS: [&str; 14] = [
    "--headless",
    // The pages are our own, and the sandbox cannot be had in a container.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-extensions",
    "--disable-sync",
    "--disable-component-update",
    "--disable-background-networking",
    "--disable-default-apps",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--lang=en-US",
    "--remote-debugging-pipe",
];

pub(crate) struct Browser {
    process: Child,
    to: Mutex<Option<ChildStdin>>,
    said: Arc<Said>,
    next: AtomicU64,
    /// Is removed after the browser has ended.
    _profile: tempfile::TempDir,
}

/// All that the browser has said.
#[derive(Default)]
struct Said {
    heard: Mutex<Heard>,
    more: Condvar,
}

#[derive(Default)]
struct Heard {
    answers: HashMap<u64, Value>,
    events: Vec<Value>,
    ended: bool,
}

impl Browser {
    /// `MDE_OFFBOARD_CHROMIUM`, or `chromium` in the path.
    pub(crate) fn start() -> Self {
        let name = std::env::var("MDE_OFFBOARD_CHROMIUM").unwrap_or("chromium".to_owned());
        let profile = tempfile::tempdir().expect("a folder for the profile");
        let mut process = Command::new("sh")
            .args(["-c", START, &name])
            .args(OPTIONS)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let to = process.stdin.take();
        let from = process.stdout.take().expect("it is piped");
        let said = Arc::new(Said::default());
        let heard = Arc::clone(&said);
        std::thread::spawn(move || listen(from, &heard));
        let browser =
            Self { process, to: Mutex::new(to), said, next: AtomicU64::new(1), _profile: profile };
        let version = browser.call(None, "Browser.getVersion", json!({}));
        assert!(version["product"].is_string(), "{version}");
        browser
    }

    /// Calls a method of the protocol, of a page if its session is given, and waits for the answer.
    #[track_caller]
    pub(crate) fn call(&self, session: Option<&str>, method: &str, parameters: Value) -> Value {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        let mut to = self.to.lock().unwrap();
        let sent = to.as_mut().expect("it is open").write_all(&bytes);
        drop(to);
        sent.unwrap_or_else(|error| panic!("{method}: {error}: is chromium installed?"));
        let mut answer = None;
        self.wait(&format!("the answer to {method}"), ANSWER_MAX, |heard| {
            answer = heard.answers.remove(&id);
            answer.is_some()
        });
        let mut answer = answer.expect("it was waited for");
        assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
        answer["result"].take()
    }

    /// How many events there were so far, of all pages.
    pub(crate) fn events(&self) -> usize {
        self.said.heard.lock().unwrap().events.len()
    }

    /// What `read` makes of the events of a page from this one on.
    pub(crate) fn events_from<T>(
        &self,
        first: usize,
        session: &str,
        read: impl FnMut(&Value) -> Option<T>,
    ) -> Vec<T> {
        let heard = self.said.heard.lock().unwrap();
        let of_page = heard.events[first..].iter().filter(|event| event["sessionId"] == session);
        of_page.filter_map(read).collect()
    }

    /// Waits until a page has said this, from that event on.
    #[track_caller]
    pub(crate) fn wait_for_event(&self, first: usize, session: &str, method: &str) {
        let is_it = |event: &Value| event["sessionId"] == session && event["method"] == method;
        self.wait(method, ANSWER_MAX, |heard| heard.events[first..].iter().any(is_it));
    }

    #[track_caller]
    fn wait(&self, what: &str, longest: Duration, mut enough: impl FnMut(&mut Heard) -> bool) {
        let end = Instant::now() + longest;
        let mut heard = self.said.heard.lock().unwrap();
        while !enough(&mut heard) {
            assert!(!heard.ended, "{what}: the browser ended; is chromium installed?");
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{what}: it does not come");
            heard = self.said.more.wait_timeout(heard, left).unwrap().0;
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It ends with its pipe; what does not is ended by its own number.
        drop(self.to.lock().map(|mut to| to.take()));
        let end = Instant::now() + Duration::from_secs(10);
        let mut heard = match self.said.heard.lock() {
            Ok(heard) => heard,
            Err(poisoned) => poisoned.into_inner(),
        };
        while !heard.ended && Instant::now() < end {
            let left = end.saturating_duration_since(Instant::now());
            let Ok((next, _)) = self.said.more.wait_timeout(heard, left) else { return };
            heard = next;
        }
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn listen(from: ChildStdout, said: &Said) {
    let mut from = BufReader::new(from);
    let mut bytes = Vec::new();
    while from.read_until(0, &mut bytes).is_ok_and(|read| read > 0) {
        bytes.pop();
        if let Ok(message) = serde_json::from_slice::<Value>(&bytes) {
            let mut heard = said.heard.lock().unwrap();
            match message["id"].as_u64() {
                Some(id) => drop(heard.answers.insert(id, message)),
                None => heard.events.push(message),
            }
            said.more.notify_all();
        }
        bytes.clear();
    }
    said.heard.lock().unwrap().ended = true;
    said.more.notify_all();
}
