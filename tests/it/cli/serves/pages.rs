//! What pages are made of: nothing from elsewhere, nothing that the browser is told to refuse.

use super::visit::Dashboard;
use crate::support::desk::Desk;
use crate::support::machines::{list, ordinary};
use crate::support::page::Page;

#[test]
fn pages_load_nothing_from_elsewhere_and_nothing_that_their_own_policy_refuses() {
    let desk = Desk::with_fleet(60, "--limit 1000/1s --limit 5000/1m");
    desk.run(
        "run fleet.csv --comment x --yes --progress none --settle 1s --poll-interval 200ms \
              --track-timeout 1m",
    )
    .ends_with(0);
    let dashboard = Dashboard::start(&desk, "");
    let id = ordinary(1, 1)[0];
    let story = format!("batch/1/machine/{id}/");
    for path in ["", "batch/1/", "batches/", &story, &format!("machine/{id}/")] {
        let page = dashboard.page(path);
        for place in ["src=\"", "href=\"", "action=\""] {
            for target in page.split(place).skip(1).filter_map(|rest| rest.split('"').next()) {
                let is_own = ["./", "../", "?", "#", "machine/", "batch/", "data:,"];
                let is_own = is_own.iter().any(|own| target.starts_with(own));
                assert!(is_own && !target.contains("//"), "{path}: {place}{target}");
            }
        }
        assert!(!page.contains(" style=") && !page.contains("<style"), "{path}");
        for script in page.split("<script").skip(1) {
            assert!(script.starts_with(" src=\""), "{path}: inline");
        }
        // The title is of the page, and a page says in which language it is.
        assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"), "{page}");
        assert_eq!(page.matches("<h1>").count(), 1, "{path}");
    }
    for path in ["style.css", "live.js", "machines.js"] {
        let text = dashboard.page(path);
        for word in ["http:", "https:", "url(//", "@import", "eval("] {
            assert!(!text.contains(word), "{path}: {word}");
        }
    }
}

#[test]
fn a_rehearsal_says_on_its_first_screen_that_it_is_one() {
    let said = "SIMULATION: no tenant is touched.";
    let desk = Desk::new();
    desk.file("a.csv", list(2));
    desk.run("run a.csv --comment x --yes --simulate --progress none --track-timeout 0s");
    let page = Dashboard::start(&desk, "--simulate").page("");
    assert!(page.find(said).is_some_and(|at| at < page.find("Summary").unwrap()), "{page}");

    let real = Desk::with_fleet(2, "--limit 1000/1s --limit 5000/1m");
    real.run("run fleet.csv --comment x --yes --progress none --track-timeout 0s");
    assert!(!Dashboard::start(&real, "").page("").contains("SIMULATION"));
}

#[test]
fn a_story_is_what_show_says() {
    let desk = Desk::with_fleet(3, "--limit 1000/1s --limit 5000/1m");
    desk.run(
        "run fleet.csv --comment Retired --yes --progress none --settle 1s \
              --poll-interval 200ms --track-timeout 1m",
    )
    .ends_with(0);
    let dashboard = Dashboard::start(&desk, "");
    for id in ordinary(3, 1) {
        let story = dashboard.page(&format!("batch/1/machine/{id}/"));
        let shown = desk.run(&format!("show {id} --json")).ends_with(0).json();
        let machine = &shown["machines"][0];
        let facts = machine["facts"].as_array().unwrap();
        assert_eq!(story.matches("<tr>").count(), facts.len() + 1, "{story}");
        for fact in facts {
            let at = format!("datetime=\"{}\"", fact["at"].as_str().unwrap());
            assert!(story.contains(&at), "no {at}: {story}");
            let word = fact["fact"].as_str().unwrap().replace('_', " ");
            assert!(story.contains(&format!("<th scope=\"row\">{word}</th>")), "{word}: {story}");
        }
        assert!(story.contains(machine["action_id"].as_str().unwrap()), "{story}");
    }
    let unknown = "f".repeat(40);
    assert_eq!(dashboard.get(&format!("batch/1/machine/{unknown}/")).status, 404);
    assert_eq!(dashboard.get(&format!("batch/2/machine/{}/", ordinary(1, 1)[0])).status, 404);
}

#[test]
fn the_options_of_a_batch_are_those_of_its_report() {
    let desk = Desk::new();
    desk.file("a.csv", list(2));
    desk.run(
        "run a.csv --comment x --yes --simulate --progress none --track-timeout 0s --canary 1 \
              --max-failures 7",
    );
    desk.run("report --simulate --output r.html").ends_with(0);
    let report = Page::parse(&desk.text("r.html"));
    let live = Page::parse(&Dashboard::start(&desk, "--simulate").page(""));
    let options = |page: &Page| (page.texts("dl.options dt"), page.texts("dl.options dd"));
    assert_eq!(options(&live), options(&report));
    assert_eq!((live.says("--canary"), live.says("--max-failures")), ("1".into(), "7".into()));
}
