//! Commands on a page are read and copied whole.

use crate::support::chromium::Browser;
use crate::support::desk::Desk;
use crate::support::page::{Page, Size};

/// Of all commands: those that are not copied as they are, and words that are on two lines although
/// they would fit on one.
const TORN: &str = "(() => {
  const torn = [];
  for (const code of document.querySelectorAll('code.command')) {
    const range = document.createRange();
    range.selectNodeContents(code);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    if (selection.toString() !== code.textContent) torn.push(selection.toString());
    selection.removeAllRanges();
    for (const word of code.querySelectorAll('span')) {
      range.selectNodeContents(word);
      const lines = new Set(Array.from(range.getClientRects(), (line) => line.top));
      if (lines.size > 1 && word.textContent.length < 30) torn.push(word.textContent);
    }
  }
  return torn;
})()";

#[test]
fn commands_end_a_line_between_words_and_are_copied_as_they_are() {
    let desk = Desk::with_batch(300);
    let served = desk.serve();
    let browser = Browser::start();
    let page = Page::open(&browser, &served.url);
    let is_whole = |width: u32| {
        page.resize(Size { width, height: 900 });
        assert!(page.texts("code.command").len() > 1, "there are commands");
        let torn = page.value(TORN);
        assert_eq!(torn.as_array().map(Vec::len), Some(0), "{width}: {torn}");
    };
    [1200, 700, 400, 320].into_iter().for_each(is_whole);
    page.check_quiet();
}
