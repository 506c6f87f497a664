//! Several journals on one page, and the pages of each below it.

use super::visit::{Dashboard, Events};
use crate::cli::many_journals::{rehearsed, two};
use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::{kill, native};

const RUN: &str = "--comment x --simulate --fleet ordinary --yes --progress none";

/// Where the page of a journal is, as the row of its file says.
#[track_caller]
fn link(overview: &str, file: &str) -> String {
    let row = overview.split("<tr").find(|row| row.contains(file));
    let row = row.unwrap_or_else(|| panic!("no row of {file}: {overview}"));
    let (_, rest) = row.split_once("href=\"").unwrap_or_else(|| panic!("no link: {row}"));
    rest.split('"').next().unwrap().to_owned()
}

/// Reads on until the table has these words.
#[track_caller]
fn comes_to_table(events: &mut Events, words: &str) -> String {
    let has = |section: (String, String)| section.0 == "tenants" && section.1.contains(words);
    events.comes_to(words, |event| event.section().is_some_and(has)).data
}

#[test]
fn a_folder_is_one_page_with_a_row_a_journal_and_the_pages_of_each_below_it() {
    let desk = two();
    rehearsed(&desk, "two", 4);
    let dashboard = Dashboard::start(&desk, "--simulate --journal all");
    let overview = dashboard.page("");
    let status = desk.run("status --json --journal all").ends_with(0).json();
    assert_eq!(overview.matches("<tr").count(), 1 + 2, "{overview}");
    for row in status["journals"].as_array().unwrap() {
        let file = row["journal"].as_str().unwrap();
        let numbers = format!("{}/{} ", row["sent"], row["of"]);
        let found = overview.split("<tr").find(|html| html.contains(file)).unwrap();
        assert!(found.contains(&numbers), "{numbers}: {found}");

        let journal = link(&overview, file);
        let page = dashboard.page(&journal);
        let batch = row["batch"]["id"].as_i64().unwrap_or_else(|| panic!("{row:#}"));
        let name = file.strip_prefix(&native("all/")).unwrap();
        let title = format!("<h1>{name}: Batch {batch}: ");
        assert!(page.contains(&title), "{title}: {page}");
        assert!(page.contains("href=\"./../../\">All tenants</a>"), "{page}");
        assert!(page.contains("href=\"./../../style.css\""), "{page}");
        let journal_option = format!("<span>--journal</span> <span>{file}</span>");
        assert!(page.contains(&journal_option), "{journal_option}: {page}");
        let machines = dashboard.page(&format!("{journal}machines"));
        assert_eq!(
            machines.matches("<tr").count(),
            1 + usize::try_from(row["of"].as_u64().unwrap()).unwrap()
        );
    }
    let two = link(&overview, "two.db");
    let batches = dashboard.page(&format!("{two}batches/"));
    assert!(batches.contains("href=\"../batch/1/\"") && batches.contains("../../../style.css"));
    let first = dashboard.page(&format!("{two}batch/1/"));
    assert!(first.contains("two.db: Batch 1: two.csv") && first.contains("../../../../style.css"));
    let story = first.split("href=\"machine/").nth(1).unwrap().split('"').next().unwrap();
    let story = dashboard.page(&format!("{two}batch/1/machine/{story}"));
    assert!(story.contains("Back to the batch") && story.contains("two.db: "), "{story}");
    for nowhere in ["journal/2/", "journal/0", "journal/x/", "batches/", "batch/1/", "machines"] {
        assert_eq!(dashboard.get(nowhere).status, 404, "{nowhere}");
    }
}

#[test]
fn the_table_follows_a_run_and_its_runners_death() {
    let desk = two();
    desk.file("three.csv", list(30));
    let run = format!("run three.csv {RUN} --pace steady --limit 60/1h --journal all/two.db");
    let mut run = desk.start_quietly(&run);
    desk.wait_for("status --json --journal all/two.db", |status| status["running"] == true);
    let dashboard = Dashboard::start(&desk, "--simulate --journal all/one.db --journal all/two.db");
    let mut events = dashboard.events("events", &[]);
    comes_to_table(&mut events, "three.csv (batch 2)");
    kill(&mut run);
    let table = comes_to_table(&mut events, "runner died");
    let command = ["mde-offboard", "resume", "2", "--journal", "all/two.db", "--simulate"];
    let command = command.map(|word| format!("<span>{word}</span>")).join(" ");
    assert!(table.contains(&command), "{table}");
    let resume = "resume 2 --simulate --journal all/two.db --progress none --pace burst \
                  --limit 5000/1s --track-timeout 0";
    let said = desk.run(resume);
    assert!(matches!(said.code, Some(0 | 4 | 9)), "{said}");
    comes_to_table(&mut events, "<td>pending, SIMULATION");
}

#[test]
fn a_journal_that_comes_into_the_folder_joins_and_the_others_keep_their_addresses() {
    let desk = two();
    let dashboard = Dashboard::start(&desk, "--simulate --journal all");
    let before = dashboard.page("");
    let mut events = dashboard.events("events", &[]);
    let places = ["one.db", "two.db"].map(|file| link(&before, file));
    // By its name it is the first one.
    rehearsed(&desk, "eight", 8);
    comes_to_table(&mut events, "eight.db");
    let after = dashboard.page("");
    assert_eq!(["one.db", "two.db"].map(|file| link(&after, file)), places);
    let eight = dashboard.page(&link(&after, "eight.db"));
    assert!(eight.contains("eight.db: Batch 1: eight.csv"), "{eight}");
}

#[test]
fn a_journal_that_cannot_be_read_has_a_row_and_a_page_that_say_why_until_it_can() {
    let desk = two();
    let whole = std::fs::read(desk.path("all/two.db")).unwrap();
    let dashboard = Dashboard::start(&desk, "--simulate --journal all");
    let two = link(&dashboard.page(""), "two.db");
    let mut events = dashboard.events("events", &[]);
    std::fs::write(desk.path("all/two.db"), &whole[..900]).unwrap();
    comes_to_table(&mut events, "cannot be read");
    assert!(dashboard.page("").contains("2 journals: 1 needs a person"));
    let page = dashboard.page(&two);
    assert!(page.contains("The journal cannot be read") && page.contains("All tenants"), "{page}");
    let batches = dashboard.get(&format!("{two}batches/"));
    assert_eq!(batches.status, 503);
    assert!(batches.body.contains("href=\"../../../\">All tenants"), "{batches:?}");
    std::fs::write(desk.path("all/two.db"), &whole).unwrap();
    comes_to_table(&mut events, "5/5 ");
    assert!(dashboard.page(&two).contains("two.db: Batch 1: two.csv"));
}

#[test]
fn a_folder_without_a_journal_is_no_dashboard() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("none")).unwrap();
    desk.run_briefly("serve --journal none").ends_with(2).says("there is no journal in none");
}
