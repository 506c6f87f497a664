//! The conditions on one column, and what came of them.

use crate::domain::text::excerpt;
use crate::intake::filter::entries::{CellContent, Column, compared, split, written_as_list};
use crate::intake::filter::row_filter::Relation;
use crate::intake::{Exclusion, Position, RowFilter};

/// What all conditions on one column come to: any of the values that are wanted, where some are,
/// and none of the others.
#[derive(Debug)]
pub(in crate::intake) struct Condition {
    pub(in crate::intake) column: usize,
    kind: Column,
    any_of: Vec<Asked>,
    none_of: Vec<Refused>,
}

/// A value that a person named.
#[derive(Debug)]
struct Asked {
    whole: String,
    /// Its own entries, where it is a list; else the whole.
    entries: Vec<String>,
}

/// A value that no row may have.
#[derive(Debug)]
struct Refused {
    asked: Asked,
    /// Index among all filters.
    filter: usize,
    exclusion: Exclusion,
    /// How it stands in the cell that was weighed last.
    last: Nearness,
}

/// How a value stands in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nearness {
    /// Not at all.
    Away,
    /// Inside a longer text.
    Inside,
    /// Between separators, in a column that is not known to hold lists.
    Apart,
    /// It is the cell, or an entry of it.
    Same,
}

/// What the conditions on a column make of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::intake) enum ConditionVerdict {
    Wanted,
    NotWanted,
    /// The cell's content is lost, so that it cannot be told.
    Lost,
}

impl Condition {
    /// Adds the filter of index `filter` on the column of index `column`, which is called `plain`
    /// in the form in which names are compared.
    pub(in crate::intake) fn add(
        conditions: &mut Vec<Self>,
        (column, plain): (usize, &str),
        (index, filter): (usize, &RowFilter),
    ) {
        let known = conditions.iter().position(|condition| condition.column == column);
        let at = known.unwrap_or_else(|| {
            let kind = Column::named(plain);
            conditions.push(Self { column, kind, any_of: Vec::new(), none_of: Vec::new() });
            conditions.len() - 1
        });
        let condition = &mut conditions[at];
        let asked = Asked::of(&filter.value, condition.kind);
        match filter.relation {
            Relation::Is => condition.any_of.push(asked),
            Relation::IsNot => condition.none_of.push(Refused {
                asked,
                filter: index,
                exclusion: Exclusion::new(filter),
                last: Nearness::Away,
            }),
        }
    }

    /// What a row with this cell is. What it says of values that must not be there counts at once
    /// where they are, and by [`keep`](Self::keep) where they only look like it.
    pub(in crate::intake) fn weigh(&mut self, cell: &str) -> ConditionVerdict {
        let held = CellContent::read(cell, self.kind);
        let whole = compared(cell);
        let is = |asked: &Asked| asked.stands_in(&whole, &held);
        for refused in &mut self.none_of {
            refused.last = is(&refused.asked);
            refused.exclusion.left_out += u64::from(refused.last == Nearness::Same);
        }
        let refused = self.none_of.iter().any(|refused| refused.last == Nearness::Same);
        let asked = self.any_of.iter().any(|asked| is(asked) == Nearness::Same);
        match held {
            _ if refused => ConditionVerdict::NotWanted,
            _ if asked => ConditionVerdict::Wanted,
            CellContent::Lost => ConditionVerdict::Lost,
            _ if self.any_of.is_empty() => ConditionVerdict::Wanted,
            _ => ConditionVerdict::NotWanted,
        }
    }

    /// The row whose cell was weighed last is wanted by all conditions.
    pub(in crate::intake) fn keep(&mut self, place: Position, cell: &str) {
        for refused in &mut self.none_of {
            let found = match refused.last {
                Nearness::Apart => &mut refused.exclusion.apart,
                Nearness::Inside => &mut refused.exclusion.inside,
                Nearness::Away | Nearness::Same => continue,
            };
            found.rows += 1;
            if found.rows == 1 || found.examples.len() < Exclusion::EXAMPLES_MAX {
                let cell = excerpt(cell);
                if found.examples.iter().all(|(_, known)| *known != cell) {
                    found.examples.push((place, cell));
                }
            }
        }
    }

    /// What came of each value that no row may have, with the index of its filter.
    pub(in crate::intake) fn exclusions(self) -> impl Iterator<Item = (usize, Exclusion)> {
        self.none_of.into_iter().map(|refused| (refused.filter, refused.exclusion))
    }
}

impl Asked {
    fn of(value: &str, kind: Column) -> Self {
        let whole = compared(value);
        let entries = match (written_as_list(value), kind) {
            (Some(entries), _) => entries,
            (None, Column::OfLists) => {
                split(value).map(compared).filter(|entry| !entry.is_empty()).collect()
            }
            (None, Column::Other) => vec![whole.clone()],
        };
        Self { whole, entries }
    }

    fn stands_in(&self, whole: &str, held: &CellContent) -> Nearness {
        if *whole == *self.whole {
            return Nearness::Same;
        }
        if self.whole.is_empty() {
            return match held {
                CellContent::List(entries) if entries.is_empty() => Nearness::Same,
                _ => Nearness::Away,
            };
        }
        match held {
            CellContent::List(entries) => self.stands_among(entries),
            CellContent::Text(text) => self.stands_in_text(text),
            CellContent::Lost => Nearness::Away,
        }
    }

    /// A value that is a list itself is meant whole, in any order.
    fn stands_among(&self, entries: &[String]) -> Nearness {
        let there = |entry: &String| entries.contains(entry);
        let same = match self.entries.as_slice() {
            [] => entries.is_empty(),
            [only] => there(only),
            some => some.iter().all(there) && entries.iter().all(|entry| some.contains(entry)),
        };
        let near =
            |asked: &String| entries.iter().any(|entry| entry == asked || has_words(entry, asked));
        match same {
            true => Nearness::Same,
            false if self.entries.iter().any(near) => Nearness::Inside,
            false => Nearness::Away,
        }
    }

    fn stands_in_text(&self, text: &str) -> Nearness {
        let any = |is: &dyn Fn(&str) -> bool| self.entries.iter().any(|entry| is(entry));
        let parts: Vec<String> = split(text).map(compared).collect();
        if any(&|entry| parts.iter().any(|part| part == entry)) {
            return Nearness::Apart;
        }
        let text = squeezed(text);
        let inside = |entry: &str| {
            let entry = squeezed(entry);
            !entry.is_empty() && text.contains(&entry)
        };
        if any(&inside) { Nearness::Inside } else { Nearness::Away }
    }
}

/// Whether `words` stand in a text with nothing of the same word beside them: what PowerShell's
/// `"$list"` makes of several tags.
fn has_words(text: &str, words: &str) -> bool {
    let ends = |c: char| !c.is_alphanumeric() && !"-_.".contains(c);
    text.match_indices(words).any(|(at, _)| {
        text[..at].chars().next_back().is_none_or(ends)
            && text[at + words.len()..].chars().next().is_none_or(ends)
    })
}

/// Without what people leave out or put in at will: `Windows 11` and `Windows11`.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !"-_".contains(*c)).collect()
}
