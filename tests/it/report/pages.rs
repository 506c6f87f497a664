//! The report as a page: what it says is what the journal says.

use std::sync::Arc;

use mde_offboard::domain::{
    ActionStatus, BatchFact, End, Fact, Realm, Reason, State, StoppedBy, hex,
};
use mde_offboard::engine::RunOptions;
use mde_offboard::guard::{ProtectList, Treatments};
use mde_offboard::journal::{Filter, Journal};
use mde_offboard::report::{
    BatchView, Format, ReportNotes, Summarized, ViewedBatch, closing, is_html_report, write_html,
};
use rusqlite::Connection;

use crate::support::desk::Desk;
use crate::support::page::{Page, text};

use super::{Book, after, commands, defender, id, now, runner, zone};

pub(super) fn view(book: &Book, seconds: u64) -> BatchView {
    let options = RunOptions::default().words();
    let viewed = ViewedBatch { batch: book.batch, budget: defender(), options };
    BatchView::read(&book.journal, &viewed, now(seconds), None).unwrap()
}

pub(super) fn written(book: &Book, filter: &Filter, selection: Option<&str>) -> (u64, String) {
    let (zone, commands) = (zone(), commands());
    let notes = ReportNotes { made_at: after(8_000), selection, zone: &zone, commands: &commands };
    let mut out = Vec::new();
    let views = [view(book, 8_000)];
    let machines = write_html(&book.journal, &views, filter, &notes, &mut out).unwrap();
    (machines, String::from_utf8(out).unwrap())
}

pub(super) fn page(book: &Book) -> Page {
    Page::parse(&written(book, &Filter::default(), None).1)
}

pub(super) fn operator(command: &str) -> BatchFact {
    BatchFact::RunBy {
        command: command.to_owned(),
        user: "anna".to_owned(),
        host: "LT-0042".to_owned(),
        version: "0.1.0".to_owned(),
        app: Some("a1b2".to_owned()),
        options: None,
    }
}

fn some(mut book: Book) -> Book {
    book.ended(0, End::Interrupted);
    book.batch_fact(0, operator("resume"));
    book.batch_fact(0, BatchFact::Started { command: "resume".to_owned() });
    book.batch_fact(0, BatchFact::Forecast { last_send_at: after(30) });
    book.action_ended(1, 0, ActionStatus::Succeeded);
    book.accepted(2, 10);
    book.action_ended(3, 20, ActionStatus::Failed);
    book.rejected(4, 30, Reason::Refused, "ClientVersionNotSupported");
    book.batch_fact(40, BatchFact::CanaryPassed);
    book.ended(200, End::Pending);
    book
}

/// What is read, a line a block; the chain's hash and the numbers of charts are left out.
fn outline(page: &Page) -> String {
    let blocks = "h1, h2, p, dt, dd, figcaption, ul.legend li, ul.counts li, caption, tr";
    let is_in_details = |element: &scraper::ElementRef<'_>| {
        let mut above = element.ancestors().filter_map(scraper::ElementRef::wrap);
        above.any(|element| element.value().name() == "details")
    };
    let cell = scraper::Selector::parse("th, td").unwrap();
    let line = |element: scraper::ElementRef<'_>| match element.value().name() {
        "h1" | "h2" => format!("\n# {}", text(element)),
        "tr" => element.select(&cell).map(text).collect::<Vec<_>>().join(" | "),
        "dt" => format!("{}:", text(element)),
        "dd" | "li" => format!("    {}", text(element)),
        _ => text(element),
    };
    let shown = page.all(blocks).into_iter().filter(|element| !is_in_details(element));
    let lines: Vec<String> = shown.map(line).map(|line| line.trim_end().to_owned()).collect();
    let mut told = lines.join("\n");
    for hash in [page.text(".evidence code"), page.says("Hash of the list")] {
        told = told.replace(&hash, "[64 digits]");
    }
    told.replace(env!("CARGO_PKG_VERSION"), "[version]")
}

#[test]
fn a_small_report_is_read_from_top_to_bottom() {
    insta::assert_snapshot!(outline(&page(&some(Book::new(5)))));
}

#[test]
fn a_report_needs_nothing_from_elsewhere_and_no_script() {
    let (_, report) = written(&some(Book::simulated(5)), &Filter::default(), None);
    let page = Page::parse(&report);
    for none in
        ["script", "link", "img", "iframe", "object", "form", "[style]", "[onclick]", "[src]"]
    {
        assert!(page.all(none).is_empty(), "{none}");
    }
    let hrefs: Vec<_> = page.all("[href]").iter().map(|it| it.attr("href").unwrap()).collect();
    assert_eq!(hrefs, ["#main"]);
    let styles = page.texts("style").join(" ");
    assert!(!styles.contains("url(") && !styles.contains("@import"), "{styles}");
    assert!(page.text(".simulation").starts_with("SIMULATION"));
    assert!(styles.contains("content: \"SIMULATION\""), "on paper, too");
    assert!(is_html_report(&report) && Format::of_report(&report).is_none());
    assert!(!is_html_report("<!DOCTYPE html><html><head><title>x</title>"));
}

#[test]
fn a_report_on_a_tenant_says_nothing_of_a_simulation() {
    let (_, report) = written(&some(Book::new(5)), &Filter::default(), None);
    assert!(!report.contains("SIMULATION"));
}

#[test]
fn a_selection_is_honoured_and_said() {
    let book = some(Book::new(5));
    let failed = Filter { states: vec![State::Failed], ..Filter::default() };
    let (machines, report) = written(&book, &failed, Some("--only failed"));
    let page = Page::parse(&report);
    assert_eq!(machines, 1);
    assert_eq!(page.rows("table.machines").len(), 1);
    assert!(page.text("section.machines p").contains("--only failed"));
    assert_eq!(page.text("p.listed"), "1 machine is listed.");
    // The rest is about the whole batch all the same.
    assert!(page.text("section.states figcaption").starts_with("5 machines: "));

    let none = Filter { code: Some("NoSuchCode".to_owned()), ..Filter::default() };
    let (machines, report) = written(&book, &none, Some("--code NoSuchCode"));
    let page = Page::parse(&report);
    assert_eq!(machines, 0);
    assert!(page.rows("table.machines").is_empty());
    assert_eq!(page.text("p.listed"), "No machine is listed.");
}

#[test]
fn the_summary_is_the_closing_summarys() {
    let check = |book: &Book| {
        let said = closing(&book.journal, book.batch, Summarized::Batch, &zone(), &commands());
        let said = said.unwrap();
        let headline = said.lines().next().unwrap().trim_end_matches('.').to_owned();
        let page = page(book);
        let shown = page.text("p.headline");
        assert!(shown.starts_with(&headline), "{shown}\n{headline}");
        assert_eq!(
            shown.contains("Every action succeeded."),
            said.contains("Every action succeeded."),
            "{shown}"
        );
    };
    check(&some(Book::new(5)));
    check(&some(Book::new(4)));
    let mut well = Book::new(1);
    well.action_ended(1, 0, ActionStatus::Succeeded);
    well.ended(200, End::Settled);
    check(&well);
}

#[test]
fn while_a_run_goes_on_its_forecast_is_drawn_and_the_summary_says_that_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = Book::run(&folder.path().join("a.db"), 300);
    for number in 1..=100 {
        book.accepted(number, 0);
    }
    let running = page(&book);
    assert!(running.text("p.headline").starts_with("Batch 1 is running: 100 accepted"));
    assert_eq!(running.all("polygon.band, polyline.expected").len(), 2);
    assert!(running.texts("ul.legend li").iter().any(|it| it.starts_with("forecast: all sent")));
    book.ended(60, End::Interrupted);
    let batch = book.batch;
    drop(book);
    let journal = Journal::open_reader(&folder.path().join("a.db")).unwrap();
    let stopped = page(&Book { journal, batch });
    assert!(stopped.text("p.headline").starts_with("Stopped at 100 of 300."));
    assert!(stopped.all("polygon.band, polyline.expected").is_empty());
}

#[test]
fn each_batch_of_several_has_a_chapter() {
    let book = some(Book::new(5));
    let (zone, commands) = (zone(), commands());
    let notes =
        ReportNotes { made_at: after(8_000), selection: None, zone: &zone, commands: &commands };
    let views = [view(&book, 8_000), view(&book, 8_000)];
    let mut out = Vec::new();
    let all = Filter::default();
    assert_eq!(write_html(&book.journal, &views, &all, &notes, &mut out).unwrap(), 10);
    let page = Page::parse(&String::from_utf8(out).unwrap());
    assert_eq!(page.text("h1"), "Report on 2 batches");
    assert_eq!(page.all("main > article").len(), 2);
    assert_eq!(page.all("main > article > section.machines > table").len(), 2);
    let ids: Vec<_> = page.all("[id]").iter().map(|it| it.attr("id").unwrap().to_owned()).collect();
    assert_eq!(ids, ["main"], "an ID stands once");
}

#[test]
fn charts_of_odd_batches_have_sizes() {
    let mut one = Book::new(1);
    one.action_ended(1, 0, ActionStatus::Succeeded);
    let mut years = Book::new(2);
    years.accepted(1, 0);
    years.accepted(2, 400_000_000);
    let mut backwards = Book::new(2);
    backwards.accepted(1, 5_000);
    backwards.accepted(2, 10);
    let often = || {
        let mut book = Book::new(20);
        (1..=20).for_each(|number| book.accepted(number, u64::from(number) * 86_400));
        book
    };
    let mut skipped = Book::new(1);
    skipped.fact(1, 0, Fact::Skipped { reason: Reason::Withdrawn });
    let odd = [one, years, backwards, skipped, Book::new(3), some(Book::new(5)), often()];
    for book in odd {
        let page = page(&book);
        for element in page.all("svg *") {
            for (name, value) in element.value().attrs() {
                let is_number = !matches!(name, "class" | "text-anchor");
                let fits = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ');
                assert!(!is_number || value.chars().all(fits), "{name}={value}");
            }
        }
        for svg in page.all("svg[role=img]") {
            assert!(!svg.attr("aria-label").unwrap().is_empty());
        }
        assert_eq!(page.all("figure").len(), page.all("figure > figcaption").len());
    }
}

/// A journal in a file, for the program.
struct Filed(Desk);

impl Filed {
    fn new(machines: u32, happens: impl FnOnce(&mut Book)) -> Self {
        let desk = Desk::new();
        let path = desk.path("a.db");
        let journal = Journal::open_runner(&path, runner()).unwrap();
        let mut book = Book::of(journal, machines, Realm::Public);
        let options = RunOptions::default().to_json();
        book.journal.set_options(book.batch, &options, after(0)).unwrap();
        happens(&mut book);
        Self(desk)
    }

    fn number(&self, sql: &str) -> u64 {
        let db = Connection::open(self.0.path("a.db")).unwrap();
        let number: i64 = db.query_row(sql, [], |row| row.get(0)).unwrap();
        u64::try_from(number).unwrap()
    }

    /// The numbers of the page are those of the rows.
    #[track_caller]
    fn check(&self) -> Page {
        let words = "report --journal a.db --format html --output a.html";
        self.0.run(words).ends_with(0);
        let page = Page::parse(&self.0.text("a.html"));
        let total = self.number("SELECT COUNT(*) FROM machines");
        assert_eq!(page.rows("table.machines").len() as u64, total);
        let states = page.rows("section.states table");
        for state in State::ALL {
            let word = state.word();
            let sql = format!("SELECT COUNT(*) FROM machines WHERE state = '{word}'");
            let found = states.iter().find(|row| row[0] == word.replace('_', " "));
            let shown = found.map_or("0", |row| row[1].as_str());
            assert_eq!(shown, self.number(&sql).to_string(), "{word}");
            let rows = page.rows("table.machines").into_iter();
            let rows = rows.filter(|row| row[1].starts_with(&word.replace('_', " ")));
            assert_eq!(rows.count() as u64, self.number(&sql), "rows of {word}");
        }
        let count = |states: &str| {
            let sql = format!("SELECT COUNT(*) FROM machines WHERE state IN ({states})");
            self.number(&sql).to_string()
        };
        let accepted = "'pending', 'succeeded', 'failed', 'timed_out', 'cancelled'";
        let bad = "'failed', 'timed_out', 'cancelled', 'rejected'";
        let progress = page.rows("section.progress table").pop().unwrap();
        let ended = count("'succeeded', 'failed', 'timed_out', 'cancelled', 'rejected'");
        assert_eq!(progress[2..], [count(accepted), ended, count(bad)]);
        let not_sent = count("'queued', 'skipped'").parse::<u64>().unwrap();
        assert_eq!(progress[1], (total - not_sent).to_string());
        let requests = page.rows("section.requests table");
        let requests: u64 = requests.iter().map(|row| row[1].parse::<u64>().unwrap()).sum();
        assert_eq!(requests, self.number("SELECT COUNT(*) FROM facts WHERE kind = 'sending'"));
        for row in page.rows("section.errors table") {
            let (state, code) = (row[1].replace(' ', "_"), &row[2]);
            let sql = format!(
                "SELECT COUNT(*) FROM machines WHERE state = '{state}'
                     AND (code = '{code}' OR code IS NULL)"
            );
            assert_eq!(row[0], self.number(&sql).to_string(), "{row:?}");
        }
        let db = Connection::open(self.0.path("a.db")).unwrap();
        let sql = "SELECT lower(hex(hash)) FROM facts ORDER BY id DESC LIMIT 1";
        let head: String = db.query_row(sql, [], |row| row.get(0)).unwrap();
        assert_eq!(page.text(".evidence code"), head);
        self.0.run(&format!("audit verify --journal a.db --head {head}")).ends_with(0);
        page
    }
}

#[test]
fn the_numbers_of_a_report_are_the_journals_however_the_batch_ended() {
    let done = Filed::new(2, |book| {
        book.action_ended(1, 0, ActionStatus::Succeeded);
        book.action_ended(2, 10, ActionStatus::Succeeded);
        book.ended(200, End::Settled);
    });
    assert!(done.check().text("p.headline").ends_with("Every action succeeded."));

    let pending = Filed::new(5, |book| {
        let [one, two] = [ActionStatus::Succeeded, ActionStatus::TimedOut];
        book.action_ended(1, 0, one);
        book.action_ended(2, 10, two);
        book.accepted(3, 20);
        book.held(4, 30);
        book.rejected(5, 4_000, Reason::Refused, "InvalidInput");
        book.ended(5_000, End::Pending);
    });
    pending.check();

    let interrupted = Filed::new(9, |book| {
        book.accepted(1, 0);
        book.sent(2, 70);
        book.rejected(3, 140, Reason::NotFound, "ResourceNotFound");
        book.ended(200, End::Interrupted);
    });
    let page = interrupted.check();
    assert!(page.text("p.headline").starts_with("Stopped at 3 of 9."), "{:?}", page.texts("p"));

    let tripped = Filed::new(9, |book| {
        for number in 1..=4 {
            book.rejected(number, u64::from(number), Reason::Refused, "InvalidInput");
        }
        let why = "4 of 4 machines failed, more than --max-failures 3".to_owned();
        book.batch_fact(5, BatchFact::Tripped { guard: StoppedBy::MaxFailures, why: why.clone() });
        book.batch_fact(6, BatchFact::Ended { end: End::Tripped, why: Some(why) });
    });
    let page = tripped.check();
    assert!(page.says("Why it ended").contains("--max-failures 3"));
    let timeline = page.rows("table.timeline");
    assert!(timeline.iter().any(|row| row[1] == "stopped by a guard"), "{timeline:?}");
}

#[test]
fn the_options_say_what_is_protected_by_which_list_and_what_is_done_with_which_class() {
    let list = ProtectList::parse("dc & <co>.toml", "names = [\"dc-*\", \"pki\"]").unwrap();
    let hash = hex::encode(&list.hash());
    let options = RunOptions {
        on: ["inactive=refuse", "not_onboarded=send"]
            .map(|on| Treatments::parse(on).unwrap())
            .into(),
        protect: Some(Arc::new(list)),
        ..RunOptions::default()
    };
    let filed = Filed::new(1, |book| {
        book.journal.set_options(book.batch, &options.to_json(), after(0)).unwrap();
    });
    filed.0.run("report --journal a.db --output r.html").ends_with(0);
    let page = Page::parse(&filed.0.text("r.html"));
    assert_eq!(page.says("--on"), "inactive=refuse not_onboarded=send");
    assert_eq!(page.says("--protect"), format!("dc & <co>.toml: 2 entries, hash {hash}"));
    assert_eq!(page.texts("dl.options div.whole dt"), ["--protect"]);
}

#[test]
fn a_page_is_chosen_by_the_ending_and_replaces_only_a_report() {
    let filed = Filed::new(2, |book| book.action_ended(1, 0, ActionStatus::Succeeded));
    let desk = &filed.0;
    desk.run("report --journal a.db --output r.HTML").ends_with(0).says("2 machines are in r.HTML");
    assert!(is_html_report(&desk.text("r.HTML")));
    desk.run("report --journal a.db --output r.HTML --only succeeded").ends_with(0);
    let page = Page::parse(&desk.text("r.HTML"));
    assert!(page.text("section.machines p").contains("--only succeeded"));
    desk.file("index.html", "<!DOCTYPE html><html lang=\"en\"><title>ours</title>");
    desk.run("report --journal a.db --output index.html").ends_with(2).says("--force");
    desk.run("report --journal a.db --output r.pdf")
        .ends_with(2)
        .says("csv, json, ndjson, xlsx or html");
    let said = desk.run("report --journal a.db --format html");
    assert_eq!(Page::parse(&said.out).rows("table.machines").len(), 2, "{said}");
    let row = Page::parse(&said.out).rows("table.machines").remove(1);
    assert!(row[0].contains(&id(2).to_string()) && row[1] == "queued", "{row:?}");
}
