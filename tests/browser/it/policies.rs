//! What the browser itself forbids a page: scripts and styles of others, frames, other hosts.

use crate::support::chromium::Browser;
use crate::support::desk::Desk;
use crate::support::page::Page;

#[test]
fn nothing_that_is_put_into_a_page_runs_or_loads() {
    let desk = Desk::with_batch(10);
    let served = desk.serve();
    let browser = Browser::start();
    let page = Page::open(&browser, &served.url);
    page.check_quiet();
    // As if a name of a machine had come through as an element.
    page.value(
        "window.broken = []; window.forbidden = [];
         document.addEventListener('securitypolicyviolation',
           (event) => window.forbidden.push(event.violatedDirective));
         const put = (name, set) => { const it = document.createElement(name);
           Object.assign(it, set); document.body.append(it); };
         put('script', { textContent: 'window.broken.push(1)' });
         put('img', { src: 'http://127.0.0.1:9/x.png' });
         put('style', { textContent: 'body { display: none }' });
         put('iframe', { src: 'http://127.0.0.1:9/' });
         const link = document.createElement('a');
         link.setAttribute('onclick', 'window.broken.push(2)');
         document.body.append(link); link.click();
         true",
    );
    page.wait_for("all is forbidden", "window.forbidden.length >= 5");
    assert_eq!(page.value("window.broken.length"), 0);
    assert_eq!(page.value("getComputedStyle(document.body).display !== 'none'"), true);
    // So the tests see a violation where there is one.
    let quiet = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| page.check_quiet()));
    assert!(quiet.is_err(), "a violation is not seen");
}
