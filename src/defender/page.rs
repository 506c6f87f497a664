//! What a web page says to the person who looks at it: its title and its text, without the markup.
//!
//! A proxy's page is quoted in one line, so that its title and words matter and its styles do not.
//! Deliberately absent: entities, which stay as they are written, and secrets, which the caller
//! hides before and after.

/// Elements whose content is not text for a person, with what ends them.
const SILENT: [(&str, &str); 5] = [
    ("<script", "</script"),
    ("<style", "</style"),
    ("<title", "</title"),
    ("<!--", "--"),
    ("<!doctype", ""),
];

/// Title and text in one line; empty where a page has neither.
pub(super) fn words(page: &str) -> String {
    // Only ASCII letters change, so that places are the same in both.
    let lower = page.to_ascii_lowercase();
    let title = in_one_line(title(page, &lower).unwrap_or_default());
    let text = in_one_line(&text(page, &lower));
    match (title.is_empty(), text.is_empty()) {
        (false, false) if !text.starts_with(&title) => format!("{title}: {text}"),
        (false, true) => title,
        _ => text,
    }
}

/// Whether a body is a page, by what it says it is or by how it begins.
pub(super) fn is_page(content_type: Option<&str>, text: &str) -> bool {
    let says_so = content_type.is_some_and(|kind| kind.to_ascii_lowercase().contains("html"));
    let begins = text.trim_start().get(..5).unwrap_or_default().to_ascii_lowercase();
    says_so || begins == "<html" || begins == "<!doc"
}

fn title<'a>(page: &'a str, lower: &str) -> Option<&'a str> {
    let open = lower.find("<title")?;
    let from = open + lower[open..].find('>')? + 1;
    let until = from + lower[from..].find("</title")?;
    Some(&page[from..until])
}

fn text(page: &str, lower: &str) -> String {
    let mut text = String::new();
    let mut at = 0;
    while let Some(open) = lower[at..].find('<').map(|place| at + place) {
        text.push_str(&page[at..open]);
        text.push(' ');
        at = after_tag(lower, open);
    }
    text.push_str(&page[at..]);
    text
}

/// Where the text goes on after the tag, or the silent element, that begins at `open`.
fn after_tag(lower: &str, open: usize) -> usize {
    let rest = &lower[open..];
    let ends = SILENT.into_iter().find(|(begin, _)| rest.starts_with(begin)).map(|(_, end)| end);
    let end = ends.map_or(Some(0), |end| rest.find(end)).unwrap_or(rest.len());
    let close = rest[end..].find('>').map_or(rest.len(), |place| end + place + 1);
    open + close
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
