//! One page of a browser: what it shows, what is typed and pressed in it, and what it did wrong.

use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::chromium::Browser;
use super::waiting::wait_until;

/// Longest wait for what a page is to show.
const SHOWN_MAX: Duration = Duration::from_mins(1);

pub(crate) struct Page<'b> {
    browser: &'b Browser,
    session: String,
    /// The first event of this page.
    first: usize,
    /// Requests to addresses that begin like this are the page's own.
    origin: String,
}

/// Which colours the reader prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Light,
    Dark,
}

impl Scheme {
    pub(crate) const BOTH: [Self; 2] = [Self::Light, Self::Dark];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// How large a window is, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Size {
    pub(crate) const DESK: Self = Self { width: 1280, height: 900 };
    pub(crate) const PHONE: Self = Self { width: 400, height: 800 };
}

impl<'b> Page<'b> {
    /// Opens an address and waits until it is loaded.
    #[track_caller]
    pub(crate) fn open(browser: &'b Browser, url: &str) -> Self {
        let first = browser.events();
        let target = browser.call(None, "Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = browser.call(None, "Target.attachToTarget", attach);
        let session = session["sessionId"].as_str().expect("a session").to_owned();
        let page = Self { browser, session, first, origin: origin(url) };
        for domain in ["Page", "Runtime", "Network", "Log", "Audits"] {
            page.call(&format!("{domain}.enable"), json!({}));
        }
        page.resize(Size::DESK);
        page.go(url);
        page
    }

    #[track_caller]
    pub(crate) fn call(&self, method: &str, parameters: Value) -> Value {
        self.browser.call(Some(&self.session), method, parameters)
    }

    /// Goes to another address and waits until it is loaded; returns how long that took.
    #[track_caller]
    pub(crate) fn go(&self, url: &str) -> Duration {
        let first = self.browser.events();
        let start = Instant::now();
        let answer = self.call("Page.navigate", json!({ "url": url }));
        assert!(answer["errorText"].is_null(), "{url}: {}", answer["errorText"]);
        self.browser.wait_for_event(first, &self.session, "Page.loadEventFired");
        start.elapsed()
    }

    pub(crate) fn resize(&self, size: Size) {
        let Size { width, height } = size;
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", metrics);
    }

    pub(crate) fn prefer(&self, scheme: Scheme) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme.word() }]);
        self.call("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// What an expression is worth in the page; a promise is waited for.
    #[track_caller]
    pub(crate) fn value(&self, expression: &str) -> Value {
        let parameters =
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut answer = self.call("Runtime.evaluate", parameters);
        let wrong = &answer["exceptionDetails"];
        assert!(wrong.is_null(), "{expression}: {wrong}");
        answer["result"]["value"].take()
    }

    /// The text of the first element of a selector, each gap one space; empty where there is none.
    #[track_caller]
    pub(crate) fn text(&self, selector: &str) -> String {
        let found = format!("document.querySelector({})?.textContent ?? ''", quoted(selector));
        let text = self.value(&found);
        let words = text.as_str().expect("a text").split_whitespace();
        words.collect::<Vec<_>>().join(" ")
    }

    /// The texts of all elements of a selector, in order.
    #[track_caller]
    pub(crate) fn texts(&self, selector: &str) -> Vec<String> {
        let all = format!(
            "Array.from(document.querySelectorAll({}), (it) => it.textContent.trim())",
            quoted(selector)
        );
        let all = self.value(&all);
        let all = all.as_array().expect("a list").iter();
        all.map(|text| text.as_str().expect("a text").to_owned()).collect()
    }

    /// Waits until an expression is true.
    #[track_caller]
    pub(crate) fn wait_for(&self, what: &str, expression: &str) -> Duration {
        let start = Instant::now();
        wait_until(what, SHOWN_MAX, || self.value(expression) == true);
        start.elapsed()
    }

    /// Waits until an element shows these words.
    #[track_caller]
    pub(crate) fn wait_for_words(&self, selector: &str, words: &str) {
        let mut shown = String::new();
        let has = || {
            shown = self.text(selector);
            shown.contains(words)
        };
        let what = format!("`{words}` in {selector}");
        wait_until(&what, SHOWN_MAX, has);
    }

    /// Presses and lets go of a key: `Tab`, `Enter`, `Space`, `ArrowDown`, or a letter.
    pub(crate) fn press(&self, key: &str) {
        let (code, number, text) = match key {
            "Tab" => ("Tab", 9, ""),
            "Enter" => ("Enter", 13, "\r"),
            "Space" => ("Space", 32, " "),
            "Escape" => ("Escape", 27, ""),
            other => (other, 0, other),
        };
        let named = if key == "Space" { " " } else { key };
        let mut down = json!({
            "type": if text.is_empty() { "rawKeyDown" } else { "keyDown" },
            "key": named, "code": code, "windowsVirtualKeyCode": number,
        });
        if !text.is_empty() {
            down["text"] = text.into();
        }
        self.call("Input.dispatchKeyEvent", down);
        let up = json!({
            "type": "keyUp", "key": named, "code": code, "windowsVirtualKeyCode": number,
        });
        self.call("Input.dispatchKeyEvent", up);
    }

    /// Types a text into what has the focus.
    pub(crate) fn write(&self, text: &str) {
        self.call("Input.insertText", json!({ "text": text }));
    }

    /// Presses Tab until the focus is on an element of this selector.
    #[track_caller]
    pub(crate) fn tab_to(&self, selector: &str) {
        const STEPS_MAX: u32 = 200;
        let there = format!("document.activeElement.matches({})", quoted(selector));
        for _ in 0..STEPS_MAX {
            self.press("Tab");
            if self.value(&there) == true {
                return;
            }
        }
        panic!("{selector} is not reached in {STEPS_MAX} steps with Tab");
    }

    /// A picture of the window, as PNG.
    pub(crate) fn picture(&self) -> Vec<u8> {
        let answer = self.call("Page.captureScreenshot", json!({ "format": "png" }));
        STANDARD.decode(answer["data"].as_str().expect("a picture")).expect("base64")
    }

    /// What axe finds that is serious or worse.
    #[track_caller]
    pub(crate) fn serious_faults(&self) -> Vec<String> {
        let axe = concat!(env!("CARGO_MANIFEST_DIR"), "/node_modules/axe-core/axe.min.js");
        let source = std::fs::read_to_string(Path::new(axe));
        let source = source.expect("axe-core is there: run `npm ci` in tests/browser");
        self.value(&format!("{source}; true"));
        let found = self.value(
            "axe.run(document, { preload: false, resultTypes: ['violations'] }).then((found) =>
               found.violations.filter((it) => ['serious', 'critical'].includes(it.impact)).map(
                 (it) => it.id + ': ' + it.help + ' at ' +
                   it.nodes.slice(0, 3).map((node) => node.html.slice(0, 200) + ' (' +
                     node.failureSummary.replace(/\\s+/g, ' ') + ')').join(' and ')))",
        );
        let found = found.as_array().expect("a list").iter();
        found.map(|fault| fault.as_str().expect("a text").to_owned()).collect()
    }

    /// Fails where the page did what no page of ours does: an error in the console, something that
    /// its policy forbids, or a request to somewhere else.
    #[track_caller]
    pub(crate) fn check_quiet(&self) {
        let wrong = self.browser.events_from(self.first, &self.session, |event| {
            let what = &event["params"];
            match event["method"].as_str()? {
                "Runtime.exceptionThrown" | "Network.webSocketCreated" => Some(what.to_string()),
                "Runtime.consoleAPICalled" if what["type"] == "error" => Some(what.to_string()),
                "Log.entryAdded" if what["entry"]["level"] == "error" => Some(what.to_string()),
                "Audits.issueAdded" if is_policy(what) => Some(what.to_string()),
                "Network.requestWillBeSent" => {
                    let url = what["request"]["url"].as_str()?;
                    let own = ["data:", "about:"].iter().any(|own| url.starts_with(own));
                    (!own && !url.starts_with(&self.origin)).then(|| format!("asks for {url}"))
                }
                _ => None,
            }
        });
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

fn is_policy(issue: &Value) -> bool {
    issue["issue"]["code"] == "ContentSecurityPolicyIssue"
}

/// `http://127.0.0.1:1234/`, or the file itself.
fn origin(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    if scheme == "file" {
        return url.to_owned();
    }
    let host = rest.split('/').next().unwrap_or_default();
    format!("{scheme}://{host}/")
}

/// A text as JavaScript writes it.
pub(crate) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
