//! Three hundred names and words that would be markup, or drive a browser: on a page they are text.

use std::collections::BTreeSet;

use maud::html;
use mde_offboard::domain::text::in_line;
use mde_offboard::domain::{BatchFact, Comment, Detail, End, Fact, Realm, Reason, Tenant};
use mde_offboard::journal::{Filter, Journal, NewBatch, NewMachine};
use mde_offboard::report::{LivePage, live_page};

use crate::support::batches::CreatePlanned as _;
use crate::support::batches::new_batch;
use crate::support::dice::Dice;
use crate::support::page::{Page, text as text_of};

use super::pages::{view, written};
use super::{Book, commands, machine, start, zone};

const TEXTS: u32 = 300;

const PIECES: [&str; 24] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onclick='alert(1)",
    "</td></tr></table>",
    "</style><style>*{display:none}</style>",
    "<!--hole-->",
    "<!--",
    "-->",
    "]]>",
    "<svg onload=alert(1)>",
    "</svg>",
    "&lt;b&gt;",
    "&#60;b&#62;",
    "javascript:alert(1)",
    "<a href=//evil.example>",
    "{{7*7}}",
    "`",
    "\u{1b}[2J",
    "\u{202e}",
    "\u{200b}",
    "\0",
    "\r\n",
    "\u{2028}",
    "=cmd()",
];

fn text(number: u32) -> String {
    let mut dice = Dice::new(u64::from(number));
    let mut text = String::new();
    for _ in 0..=dice.below(4) {
        text.push_str(dice.one_of(&["pc", "Ärger", "名", "a b", "x.y"]));
        text.push_str(dice.one_of(&PIECES));
    }
    text
}

/// A comment takes no character that cannot be seen.
fn comment(number: u32) -> Option<Comment> {
    Comment::parse(&text(number)).ok()
}

/// Texts wherever a stranger can put one.
fn hostile() -> Book {
    let mut journal = Journal::in_memory().unwrap();
    for number in 1..=TEXTS {
        let name = Some(text(number));
        journal.stage(&NewMachine { name, comment: comment(number), ..machine(number) }).unwrap();
    }
    let batch = NewBatch {
        tenant: Tenant { id: text(1), realm: Realm::Public },
        comment: (1..).find_map(comment),
        sources: vec![text(2)],
        ..new_batch(0)
    };
    let batch = journal.create_planned(&batch, start()).unwrap();
    let mut book = Book { journal, batch };
    book.batch_fact(
        0,
        BatchFact::RunBy {
            command: text(3),
            user: text(4),
            host: text(5),
            version: text(6),
            app: Some(text(7)),
            options: None,
        },
    );
    book.batch_fact(0, BatchFact::Started { command: text(8) });
    for number in 1..=TEXTS {
        book.fact(number, 1, Fact::Sending);
        let detail = Detail::new(Some(400), Some(&text(number)), &text(number + 1));
        book.fact(number, 2, Fact::Rejected { reason: Reason::Refused, detail });
    }
    book.batch_fact(3, BatchFact::OptionChanged { name: text(9), value: text(10) });
    book.batch_fact(3, BatchFact::ListsDistrusted { why: text(11) });
    book.batch_fact(4, BatchFact::Ended { end: End::Unreachable, why: Some(text(12)) });
    book
}

fn joined(text: &str) -> String {
    in_line(text).split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

fn set(names: &str) -> BTreeSet<String> {
    names.split_whitespace().map(str::to_owned).collect()
}

const ELEMENTS: &str = "html head meta title style body a header h1 h2 p dl dt dd div time code \
    main article section b br progress ul li figure figcaption svg rect line text polyline polygon \
    details summary table caption colgroup col thead tbody tr th td span strong";

const ATTRIBUTES: &str = "lang charset name content http-equiv class id href datetime max value \
    aria-label aria-hidden role viewBox preserveAspectRatio x x1 x2 y y1 y2 width height points \
    text-anchor scope tabindex";

#[test]
fn three_hundred_hostile_texts_are_text_in_the_report() {
    let book = hostile();
    let (machines, report) = written(&book, &Filter::default(), Some(&text(13)));
    assert_eq!(machines, u64::from(TEXTS));
    let page = Page::parse(&report);
    let (elements, attributes) = page.names();
    let more: Vec<_> = elements.difference(&set(ELEMENTS)).cloned().collect();
    assert!(more.is_empty(), "{more:?}");
    let more: Vec<_> = attributes.difference(&set(ATTRIBUTES)).cloned().collect();
    assert!(more.is_empty(), "{more:?}");
    assert_eq!(page.all("style").len(), 1);
    assert_eq!(page.all("main > article > section.machines > table > tbody > tr").len(), 300);

    let names = page.texts("table.machines .name");
    let codes = page.texts("table.machines td b");
    assert_eq!((names.len(), codes.len()), (300, 300));
    for (number, (name, code)) in (1..).zip(names.iter().zip(&codes)) {
        assert_eq!(*name, joined(&text(number)));
        let said = Detail::new(None, Some(&text(number)), "");
        assert_eq!(*code, joined(said.code()));
    }
    let comments = page.texts("table.machines .comment");
    assert!(comments.len() > 100, "{}", comments.len());
    assert!(comments.iter().any(|comment| comment.contains("<script>")), "they were there");
    assert_eq!(page.says("Tenant"), joined(&text(1)));
    assert!(page.says("List").starts_with(&joined(&text(2))));
    let operator = page.says("Run by");
    for number in 4..=7 {
        assert!(operator.contains(&joined(&text(number))), "{operator}");
    }
    let timeline = page.rows("table.timeline").concat().join("\n");
    for number in [3, 8, 9, 10, 11, 12] {
        assert!(timeline.contains(&joined(&text(number))), "{number}: {timeline}");
    }
    assert!(page.text("section.machines p").contains(&joined(&text(13))));
    let unseen = report.chars().find(|c| *c != '\n' && mde_offboard::domain::text::is_unseen(*c));
    assert_eq!(unseen, None);
}

#[test]
fn a_page_that_is_open_has_texts_as_text_and_nothing_inline() {
    let book = hostile();
    let view = view(&book, 8_000);
    let sections = view.sections(&zone(), &commands());
    for number in 1..=TEXTS {
        let title = text(number).replace(|c: char| c.is_control(), " ");
        let page = live_page(&LivePage {
            title: &title,
            root: "../../",
            events: Some("events"),
            navigation: html! { nav { a href="../../" { (title) } } },
            sections: if number == 1 { &sections } else { &[] },
            rest: html! { p class="rest" { (title) } },
        });
        let page = Page::parse(&page.into_string());
        let shown = title.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(page.text("h1"), shown);
        assert_eq!(page.text("p.rest"), shown);
        assert_eq!(page.text("nav a"), shown);
        assert!(page.text("title").starts_with(&shown));
        assert_eq!(page.all("[style], style, svg script, img").len(), 0);
        let scripts = page.all("script");
        assert_eq!(scripts.len(), 1);
        assert_eq!(scripts[0].attr("src"), Some("../../live.js"));
        assert_eq!(text_of(scripts[0]), "");
        assert!(
            page.all("*").iter().all(|element| {
                element.value().attrs().all(|(name, _)| !name.starts_with("on"))
            })
        );
    }
}
