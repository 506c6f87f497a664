//! A page as a browser would read it.

use std::collections::BTreeSet;

use scraper::{ElementRef, Html, Selector};

pub(crate) struct Page(Html);

impl Page {
    pub(crate) fn parse(text: &str) -> Self {
        Self(Html::parse_document(text))
    }

    pub(crate) fn all(&self, selector: &str) -> Vec<ElementRef<'_>> {
        let selector = Selector::parse(selector).expect("a selector");
        self.0.select(&selector).collect()
    }

    /// The texts of all elements that a selector finds.
    pub(crate) fn texts(&self, selector: &str) -> Vec<String> {
        self.all(selector).into_iter().map(text).collect()
    }

    /// The text of the first element that a selector finds.
    #[track_caller]
    pub(crate) fn text(&self, selector: &str) -> String {
        let first = self.texts(selector).into_iter().next();
        first.unwrap_or_else(|| panic!("there is no {selector}"))
    }

    /// The rows of a table's body, as cells.
    pub(crate) fn rows(&self, table: &str) -> Vec<Vec<String>> {
        let cell = Selector::parse("th, td").expect("a selector");
        let rows = self.all(&format!("{table} tbody tr"));
        rows.into_iter().map(|row| row.select(&cell).map(text).collect()).collect()
    }

    /// What a definition list says under a word, the first time.
    #[track_caller]
    pub(crate) fn says(&self, word: &str) -> String {
        let (words, says) = (self.texts("dt"), self.texts("dd"));
        let at = words.iter().position(|known| known == word);
        says[at.unwrap_or_else(|| panic!("it does not say {word}: {words:?}"))].clone()
    }

    /// Names of all elements, and of all their attributes.
    pub(crate) fn names(&self) -> (BTreeSet<String>, BTreeSet<String>) {
        let (mut elements, mut attributes) = (BTreeSet::new(), BTreeSet::new());
        for element in self.all("*") {
            elements.insert(element.value().name().to_owned());
            attributes.extend(element.value().attrs().map(|(name, _)| name.to_owned()));
        }
        (elements, attributes)
    }
}

/// The text of an element, white space joined.
pub(crate) fn text(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}
