//! Parts of a line that get shorter, and then leave, where there is no room for all of them.

use console::{measure_text_width, truncate_str};

/// A part of a line, in forms from long to short.
#[derive(Debug, Clone)]
pub(super) struct Part {
    forms: Vec<String>,
    /// The part with the lowest number gives way first.
    rank: u8,
    form: usize,
}

impl Part {
    /// A part that is there whole or not at all.
    pub(super) fn new(rank: u8, text: impl Into<String>) -> Self {
        Self::in_forms(rank, vec![text.into()])
    }

    /// A part that is shortened, form by form, before it leaves.
    pub(super) fn in_forms(rank: u8, forms: Vec<String>) -> Self {
        Self { forms, rank, form: 0 }
    }

    fn text(&self) -> &str {
        self.forms.get(self.form).map_or("", String::as_str)
    }

    fn has_left(&self) -> bool {
        self.form >= self.forms.len()
    }
}

/// Parts that stay within `width` columns, `gap` between them. At least one stays, cut where
/// nothing else helps.
pub(super) fn fitted(mut parts: Vec<Part>, gap: &str, width: usize) -> Vec<String> {
    loop {
        let line = shown(&parts);
        if measure_text_width(&line.join(gap)) <= width {
            return line;
        }
        let left = parts.iter().filter(|part| !part.has_left()).count();
        let steps = |part: &Part| part.form + 1 < part.forms.len() || left > 1;
        let next = parts.iter_mut().filter(|part| !part.has_left() && steps(part));
        match next.min_by_key(|part| part.rank) {
            Some(part) => part.form += 1,
            None => return vec![truncate_str(&line.join(gap), width, "").into_owned()],
        }
    }
}

fn shown(parts: &[Part]) -> Vec<String> {
    let texts = parts.iter().map(Part::text).filter(|text| !text.is_empty());
    texts.map(str::to_owned).collect()
}
