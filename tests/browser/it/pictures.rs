//! Pictures of page and report for the documentation: written where `MDE_OFFBOARD_PICTURES=write`
//! asks for them, else only taken.

use std::path::Path;

use crate::support::chromium::Browser;
use crate::support::desk::{Desk, RUN};
use crate::support::page::{Page, Scheme, Size};

/// A picture that is larger makes the pages slow that show it.
const BYTES_MAX: usize = 150_000;

const WINDOW: Size = Size { width: 1200, height: 1350 };

/// The upper part of its first page: some kilobytes below the bound, since times are in it.
const REPORT: Size = Size { width: 900, height: 1000 };

#[track_caller]
fn keep(page: &Page<'_>, name: &str) {
    let png = page.picture();
    assert!(png.starts_with(b"\x89PNG"), "{name} is a picture");
    assert!(png.len() > 10_000, "{name} shows something: {} bytes", png.len());
    assert!(png.len() <= BYTES_MAX, "{name} has {} bytes, {BYTES_MAX} at most", png.len());
    if std::env::var("MDE_OFFBOARD_PICTURES").is_ok_and(|what| what == "write") {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/pictures");
        std::fs::write(folder.join(format!("{name}.png")), png).expect("it can be written");
    }
}

#[test]
fn the_dashboard_of_a_run_and_its_report_have_their_pictures() {
    let desk = Desk::with_list(1_000);
    let served = desk.serve();
    let browser = Browser::start();
    let page = Page::open(&browser, &served.url);
    let mut run = desk.start(&format!("{RUN} --limit 25/1s --limit 400/30s --track-timeout 0"));
    page.resize(WINDOW);
    page.wait_for_words("#phase", "Batch 1 is running");
    page.wait_for(
        "some requests were sent",
        "document.querySelectorAll('#progress svg path, #progress svg polyline').length > 0
           && Array.from(document.querySelectorAll('#states table tbody tr'))
             .some((row) => row.cells[0].textContent === 'pending'
               && parseInt(row.cells[1].textContent.replace(',', '')) > 350)",
    );
    for scheme in Scheme::BOTH {
        page.prefer(scheme);
        keep(&page, &format!("dashboard-{}", scheme.word()));
    }
    run.kill();
    page.check_quiet();
    let report = Page::open(&browser, &desk.report());
    report.resize(REPORT);
    keep(&report, "report");
    report.check_quiet();
}
