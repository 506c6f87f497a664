//! Names, comments and files that would be markup, or that nobody could read: text in table and
//! story.

use super::visit::Dashboard;
use crate::support::desk::Desk;
use crate::support::machines::ordinary;
use crate::support::program::{Complete, possible};

const NAMES: [&str; 12] = [
    "<script>alert(1)</script>",
    "</td></tr></table><h1>x</h1>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "<!-- x",
    "]]><svg/onload=alert(1)>",
    "&lt;b&gt;",
    "\u{202e}gnp.exe\u{202c}",
    "a\u{200b}b\u{2060}c",
    "x\u{1b}[2Jy",
    "</title><base href=//evil.example>",
];

/// The tags of a page, without its texts.
fn tags(page: &str) -> Vec<&str> {
    page.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or(rest)).collect()
}

/// What our own pages are made of.
const ELEMENTS: [&str; 66] = [
    "!DOCTYPE",
    "html",
    "head",
    "meta",
    "title",
    "link",
    "script",
    "body",
    "a",
    "header",
    "h1",
    "h2",
    "h3",
    "h4",
    "nav",
    "ul",
    "ol",
    "li",
    "p",
    "main",
    "div",
    "section",
    "form",
    "label",
    "input",
    "button",
    "fieldset",
    "legend",
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "time",
    "bdi",
    "span",
    "dl",
    "dt",
    "dd",
    "code",
    "b",
    "strong",
    "br",
    "progress",
    "figure",
    "figcaption",
    "details",
    "summary",
    "svg",
    "path",
    "rect",
    "line",
    "text",
    "g",
    "circle",
    "polyline",
    "polygon",
    "desc",
    "tspan",
    "col",
    "colgroup",
    "article",
    "em",
    "small",
];

#[track_caller]
fn check(what: &str, page: &str) {
    for tag in tags(page) {
        let name = tag.trim_start_matches('/').split([' ', '\n', '/']).next().unwrap();
        assert!(ELEMENTS.contains(&name), "{what}: <{tag}>");
        // Between its quotes a text of theirs may stand; outside of them nothing of it.
        let outside: String = tag.split('"').step_by(2).collect();
        for word in ["onerror", "onload", "onmouseover", "style=", "alert", "evil"] {
            assert!(!outside.contains(word), "{what}: <{tag}>");
        }
    }
    assert!(!page.contains("<script>") && !page.contains("<img"), "{what}");
    for c in ['\u{202e}', '\u{202c}', '\u{200b}', '\u{2060}', '\u{1b}'] {
        assert!(!page.contains(c), "{what}: {c:?}");
    }
}

#[test]
fn hostile_names_are_text_in_every_page() {
    let ids = ordinary(NAMES.len(), 1);
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let rows = ids.iter().zip(NAMES).map(|(id, name)| format!("{id},{}\n", quoted(name)));
    let list: String = std::iter::once("Device ID,Device Name\n".to_owned()).chain(rows).collect();
    let desk = Desk::holding(&list, "--speed 600 --limit 1000/1s --limit 5000/1m");
    let desk = desk.with("MDE_OFFBOARD_JOURNAL", "journal.db");
    let file = possible("<img src=x>.csv");
    desk.file(&file, &list);
    let mut run = desk.command("run --yes --progress none --settle 1s --poll-interval 200ms");
    run.args(["--comment", "<svg onload=alert(1)> & \"x\"", "--track-timeout", "1m", &file]);
    run.said().ends_with(0);
    let dashboard = Dashboard::start(&desk, "");
    let page = dashboard.page("");
    check("page", &page);
    for name in ["&lt;script&gt;alert(1)&lt;/script&gt;", "\\u{202e}gnp.exe", "a\\u{200b}b"] {
        assert!(page.contains(name), "no `{name}`: {page}");
    }
    for (id, name) in ids.iter().zip(NAMES) {
        let story = dashboard.page(&format!("batch/1/machine/{id}/"));
        check(name, &story);
        assert!(story.contains("What happened, times in UTC"), "{story}");
    }
    // What is searched for is shown in the field.
    for text in ["%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E", "%3Cscript%3E"] {
        check(text, &dashboard.page(&format!("?q={text}&sort={text}&state={text}&page={text}")));
    }
    check("batches", &dashboard.page("batches/"));
    let mut events = dashboard.events("events?batch=1", &[]);
    events.comes_to("the last", |event| event.id.is_some());
    for (id, html) in events.seen.iter().filter_map(super::visit::Event::section) {
        check(&id, &html);
    }
}
