//! Several journals in one command: which commands take them, and what each makes of them.

use std::time::Duration;

use mde_offboard::engine::Clock;
use scraper::{ElementRef, Html, Selector};

use crate::documents::fits::check;
use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::{Said, native};

/// Offboards these machines in a rehearsal, in a journal of its own.
pub(super) fn rehearsed(desk: &Desk, name: &str, machines: u32) {
    desk.file(&format!("{name}.csv"), list(machines));
    let run = "--comment x --simulate --fleet ordinary --yes --progress none --track-timeout 0";
    let said = desk.run(&format!("run {name}.csv {run} --journal all/{name}.db"));
    assert!(matches!(said.code, Some(0 | 9)), "{said}");
}

/// Two journals in a folder, with 3 and 5 machines.
pub(super) fn two() -> Desk {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("all")).unwrap();
    rehearsed(&desk, "one", 3);
    rehearsed(&desk, "two", 5);
    desk
}

const EVERYTHING_ELSE: [&str; 19] = [
    "plan one.csv --comment x",
    "run one.csv --comment x --yes",
    "run one.csv --comment x --yes --simulate",
    "resume",
    "stop",
    "cancel",
    "retry",
    "resolve --only held --skip",
    "track",
    "verify",
    "show pc-1",
    "check",
    "audit verify",
    "audit export",
    "journal copy other.db",
    "forecast 10",
    "config show",
    "config init",
    "simulator --sample 3",
];

#[test]
fn every_other_command_refuses_several_journals_and_a_folder_and_names_those_that_take_them() {
    let desk = two();
    let before = desk.files();
    let (folder, several) =
        ("--journal all".to_owned(), "--journal all/one.db --journal all/two.db".to_owned());
    for words in EVERYTHING_ELSE {
        for (journals, said) in [(&folder, "all is a folder"), (&several, "2 journals are named")] {
            let refused = desk.run_briefly(&format!("{words} {journals}")).ends_with(2);
            let refused = refused.says(said).says("`status`, `report`, `serve` and `batches`");
            assert!(refused.err.contains("hint: "), "{words}: {refused}");
        }
    }
    assert!(desk.files() == before, "something was written");
}

#[test]
fn the_variable_may_name_a_folder_and_commands_that_need_no_journal_do_not_mind() {
    let desk = two().with("MDE_OFFBOARD_JOURNAL", "all");
    let overview = desk.run("status --json").ends_with(0).json();
    assert_eq!(overview["totals"]["journals"], 2, "{overview:#}");
    let said = desk.run("batches").ends_with(0);
    said.says(&native("all/one.db")).says(&native("all/two.db"));
    desk.run("resume").ends_with(2).says("all is a folder");
    desk.run("config show").ends_with(0).says("MDE_OFFBOARD_JOURNAL");
    desk.run("forecast 10").ends_with(0);
}

#[test]
fn what_is_about_one_journal_is_refused_where_several_are_named_and_says_what_to_do() {
    let desk = two();
    for (words, said) in [
        ("status 1", "a batch is one of one journal"),
        ("status --watch", "--watch shows one journal"),
        ("report 1", "a batch is one of one journal"),
        ("report --machines one.csv", "--machines is about one journal"),
    ] {
        let said = desk.run_briefly(&format!("{words} --journal all")).ends_with(2).says(said);
        said.says("--journal FILE");
    }
    std::fs::create_dir(desk.path("none")).unwrap();
    desk.file("none/notes.txt", "mine");
    for words in ["status", "report", "batches"] {
        let said = desk.run(&format!("{words} --journal none")).ends_with(2);
        said.says("there is no journal in none").says("1 other file in none is no journal");
    }
}

#[test]
fn batches_of_several_journals_are_told_with_their_journal() {
    let desk = two();
    rehearsed(&desk, "one", 4);
    let said = desk.run("batches --journal all").ends_with(0);
    let rows: Vec<&str> = said.out.lines().collect();
    assert!(rows[0].starts_with("journal") && rows.len() == 4, "{said}");
    let document = desk.run("batches --json --journal all").ends_with(0).json();
    check("batches", &document);
    let journals: Vec<_> = (0..3).map(|at| document[at]["journal"].as_str().unwrap()).collect();
    assert_eq!(journals, ["all/one.db", "all/one.db", "all/two.db"].map(native));
    let single = desk.run("batches --json --journal all/one.db").ends_with(0).json();
    assert!(single[0].get("journal").is_none(), "{single:#}");
    std::fs::write(
        desk.path("all/two.db"),
        &std::fs::read(desk.path("all/two.db")).unwrap()[..900],
    )
    .unwrap();
    let said = desk.run("batches --journal all").ends_with(8);
    said.says_all(&[&native("all/one.db"), "1 journal of 2 cannot be read", "not all"]);
}

#[test]
fn a_report_of_several_journals_has_every_machine_of_all_in_each_form() {
    let desk = two();
    let csv = desk.run("report --journal all").ends_with(0);
    assert_eq!(csv.out.lines().count(), 1 + 3 + 5, "{csv}");
    let single = desk.run("report --journal all/one.db").ends_with(0);
    assert_eq!(csv.out.lines().next(), single.out.lines().next(), "other columns");
    for line in single.out.lines() {
        assert!(csv.out.contains(line), "{line}");
    }
    let document = desk.run("report --json --journal all").ends_with(0).json();
    check("report", &document);
    assert_eq!(document["machines"].as_array().unwrap().len(), 8);
    let journals = document["journals"].as_array().unwrap();
    for (at, name) in ["one", "two"].into_iter().enumerate() {
        let path = native(&format!("all/{name}.db"));
        assert_eq!(journals[at]["journal"], path.as_str());
        let own = desk.run(&format!("audit verify --json --journal {path}")).ends_with(0).json();
        assert_eq!(journals[at]["audit"]["head"], own["audit"]["head"], "{own:#}");
    }
    desk.run("report --output all.ndjson --journal all/two.db --journal all/one.db").ends_with(0);
    let lines = desk.text("all.ndjson");
    assert_eq!(lines.lines().count(), 8);
    assert!(lines.lines().next().unwrap().contains("two.csv"), "in the order of the names");
    let only = desk.run("report --only skipped --journal all").ends_with(0);
    assert_eq!(only.out.lines().count(), 1, "{only}");
    let document = desk.run("report --json --journal all/one.db").ends_with(0).json();
    assert!(document.get("journals").is_none() && document["audit"].is_object());
    // A file of ours is replaced, so it has to be known for one.
    desk.run("report --output all.json --journal all").ends_with(0);
    desk.run("report --output all.json --journal all").ends_with(0);
}

#[test]
fn a_page_of_several_journals_has_the_table_and_every_machine_of_all() {
    let desk = two();
    rehearsed(&desk, "one", 4);
    desk.run("report all --journal all --output all.html --simulate").ends_with(0).says("12 mach");
    let text = desk.text("all.html");
    assert!(!text.contains("<script") && !text.contains("http://"), "{text}");
    let page = Html::parse_document(&text);
    let all = |css: &str| page.select(&Selector::parse(css).unwrap()).collect::<Vec<_>>();
    let words = |it: ElementRef<'_>| it.text().collect::<String>();
    let chapters: Vec<String> = all("h2.chapter").into_iter().map(words).collect();
    assert_eq!(chapters, ["one.db: batch 1", "one.db: batch 2", "two.db: batch 1"]);
    assert_eq!(all("table.machines tbody tr").len(), 3 + 4 + 5);
    // A row leads to its chapters, which say how their journal is checked.
    for (at, name) in ["one", "two"].into_iter().enumerate() {
        let links = all(&format!("table.tenants a[href='#journal-{at}']"));
        let chapter = all(&format!("article#journal-{at}"));
        assert_eq!((links.len(), chapter.len()), (1, 1), "{text}");
        let own = format!("audit verify --simulate --journal all/{name}.db --json");
        let head = desk.run(&own).ends_with(0).json()["audit"]["head"].as_str().unwrap().to_owned();
        let said = words(chapter[0]);
        assert!(said.contains(&format!("audit verify --head {head}")), "{said}");
        assert!(said.contains(&native(&format!("--journal all/{name}.db"))), "{said}");
    }
    // The numbers of the table are those of `status`.
    let status = desk.run("status --json --journal all").ends_with(0).json();
    for row in status["journals"].as_array().unwrap() {
        let numbers = format!("{}/{} ", row["sent"], row["of"]);
        let file = row["journal"].as_str().unwrap();
        let rows = all("table.tenants tbody tr").into_iter().map(words);
        let found: Vec<String> = rows.filter(|row| row.contains(file)).collect();
        assert!(matches!(&*found, [row] if row.contains(&numbers)), "{numbers}: {found:?}");
    }
    // A file of ours is replaced.
    desk.run("report --journal all --output all.html --only skipped --simulate").ends_with(0);
    assert!(desk.text("all.html").contains("No machine is listed."));
    desk.run("report --journal all --output all.xlsx").ends_with(2).says("a workbook is about one");
}

#[test]
fn a_report_with_a_tenant_missing_is_not_written() {
    let desk = two();
    desk.run("report --output all.csv --journal all").ends_with(0);
    let before = desk.text("all.csv");
    let bytes = std::fs::read(desk.path("all/two.db")).unwrap();
    std::fs::write(desk.path("all/two.db"), &bytes[..900]).unwrap();
    for words in ["report --output all.csv", "report"] {
        let said = desk.run(&format!("{words} --journal all")).ends_with(8);
        let said = said.says_all(&["1 journal of 2 cannot be read", "nothing was written"]);
        assert!(said.out.is_empty(), "{said}");
    }
    assert_eq!(desk.text("all.csv"), before);
}

#[test]
fn two_hundred_journals_are_in_one_table_soon() {
    /// 2 s are promised of a release; this one is not optimized, on a computer that is busy.
    const SOON: Duration = Duration::from_secs(30);
    let desk = Desk::new();
    std::fs::create_dir(desk.path("all")).unwrap();
    rehearsed(&desk, "one", 60);
    for number in 2..=200 {
        std::fs::copy(desk.path("all/one.db"), desk.path(&format!("all/{number}.db"))).unwrap();
    }
    let clock = Clock::new();
    let begun = clock.now().steady;
    let said = desk.run("status --journal all").ends_with(0).says("200 journals");
    let took = clock.now().steady.since(begun);
    assert!(took < SOON, "{took:?}: {said}");
    assert!(said.out.contains(" of 12,000 machines sent"), "{said}");
    assert!(said.out.lines().count() > 200);
}

#[test]
fn an_overview_again_and_again_leaves_a_run_as_it_is() {
    let desk = Desk::with_fleet(60, "--limit 1000/1s");
    std::fs::create_dir(desk.path("all")).unwrap();
    let run = "run fleet.csv --comment x --yes --progress none --pace steady --limit 30/1s \
               --settle 2s --poll-interval 200ms --track-timeout 1m --journal all/live.db";
    let run = desk.start(run);
    let is_running = |overview: &serde_json::Value| overview["totals"]["running"] == 1;
    let overview = desk.wait_for("status --json --journal all", is_running);
    check("overview", &overview);
    assert_eq!(overview["journals"][0]["needs"].as_array().unwrap().len(), 0, "{overview:#}");
    let seen = desk.wait_for("status --json --journal all", |overview| !is_running(overview));
    assert_eq!(seen["totals"]["counts"]["succeeded"], 60, "{seen:#}");
    let said = Said::by(run).ends_with(0);
    assert!(!said.err.contains("locked"), "{said}");
}
