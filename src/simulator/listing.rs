//! Pages: `$top`, `$skip` and the link to the next page.
//!
//! Called by the lists of actions and machines. Deliberately absent: what the rows are.

use super::answer::Refusal;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListQuery {
    pub filter: Option<String>,
    pub top: Option<String>,
    pub skip: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    skip: usize,
    rows: usize,
    linked: bool,
}

impl ListQuery {
    /// Which rows are wanted, at most `page_rows` of them.
    ///
    /// # Errors
    /// 400 `ODataError` for what is no whole number, and for a `$top` above `page_rows`.
    pub(super) fn extent(&self, page_rows: usize) -> Result<Extent, Refusal> {
        let skip = number("skip", self.skip.as_deref())?.unwrap_or(0);
        let top = number("top", self.top.as_deref())?;
        match top {
            Some(top) if top > page_rows => {
                let message = format!(
                    "The query specified in the URI is not valid. The limit of '{page_rows}' for \
                     Top query has been exceeded. The value from the incoming request is '{top}'."
                );
                Err(Refusal::new(400, "ODataError", message))
            }
            // `$top` caps the total: no link follows, however many rows are left.
            Some(top) => Ok(Extent { skip, rows: top, linked: false }),
            None => Ok(Extent { skip, rows: page_rows, linked: true }),
        }
    }

    /// The query string of the page that begins at row `skip`.
    pub(super) fn following(&self, skip: usize) -> String {
        let skip = format!("$skip={skip}");
        match &self.filter {
            Some(filter) => format!("$filter={}&{skip}", encoded(filter)),
            None => skip,
        }
    }
}

impl Extent {
    /// How many rows come before the wanted ones.
    pub(super) const fn skip(&self) -> usize {
        self.skip
    }

    /// The wanted rows, and where the next page begins, if there is one to link to.
    pub(super) fn cut<T>(&self, mut rows: impl Iterator<Item = T>) -> (Vec<T>, Option<usize>) {
        let page: Vec<T> = rows.by_ref().skip(self.skip).take(self.rows).collect();
        let more = self.linked && rows.next().is_some();
        let next = more.then_some(self.skip + page.len());
        (page, next)
    }
}

fn number(name: &str, text: Option<&str>) -> Result<Option<usize>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    let wrong = |_| {
        let message = format!("Invalid value '{text}' for ${name} query option found.");
        Refusal::new(400, "ODataError", message)
    };
    text.parse().map(Some).map_err(wrong)
}

/// Percent-encoded, all but what RFC 3986 calls unreserved.
fn encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    text.bytes().map(encode).collect()
}
