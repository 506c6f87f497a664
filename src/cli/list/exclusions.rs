//! What came of the conditions of `!=`, over all files: what they left out, and what they may have
//! looked past.

use crate::intake::{Exclusion, Position, RowFilter};

use crate::cli::plurals::counted;
use crate::cli::{Exit, Failure};

/// A value that no row may have, and where it was found.
#[derive(Debug)]
struct Value {
    filter: usize,
    words: Exclusion,
    /// Cells that hold it and are taken, in words.
    apart: Vec<String>,
    inside: Vec<String>,
}

/// All conditions of `!=`, in the order in which they were given.
#[derive(Debug, Default)]
pub(crate) struct Exclusions(Vec<Value>);

impl Exclusions {
    /// Adds what a file has of each; `file` is named where there are several.
    pub(crate) fn add(&mut self, file: Option<&str>, found: &[(usize, Exclusion)]) {
        for (filter, exclusion) in found {
            let Exclusion { left_out, apart, inside, .. } = exclusion;
            let (cells_apart, cells_inside) =
                (cells(file, &apart.examples), cells(file, &inside.examples));
            match self.0.iter_mut().find(|value| value.filter == *filter) {
                Some(value) => {
                    value.words.left_out += left_out;
                    value.words.apart.rows += apart.rows;
                    value.words.inside.rows += inside.rows;
                    value.apart.extend(cells_apart);
                    value.inside.extend(cells_inside);
                }
                None => self.0.push(Value {
                    filter: *filter,
                    words: exclusion.clone(),
                    apart: cells_apart,
                    inside: cells_inside,
                }),
            }
        }
    }

    /// How many rows each filter left out; none for those that say what is wanted.
    pub(crate) fn left_out(&self, filters: &[RowFilter]) -> Vec<Option<u64>> {
        let of = |filter| self.0.iter().find(|value| value.filter == filter);
        (0..filters.len()).map(|filter| of(filter).map(|value| value.words.left_out)).collect()
    }

    /// A condition that may have looked past what it must leave out ends the command.
    pub(crate) fn refuse(&self) -> Result<(), Failure> {
        let looked_past = |value: &&Value| {
            let Exclusion { left_out, apart, inside, .. } = &value.words;
            apart.rows > 0 || (*left_out == 0 && inside.rows > 0)
        };
        self.0.iter().find(looked_past).map_or(Ok(()), |value| Err(value.refused()))
    }

    /// What a person should know: values that are inside cells of rows that are included.
    pub(crate) fn notes(&self) -> impl Iterator<Item = String> {
        self.0.iter().filter(|value| value.words.inside.rows > 0).map(|value| {
            let Exclusion { column, value: words, inside, .. } = &value.words;
            let rows = counted(inside.rows, "row");
            format!(
                "{rows} included with `{words}` inside a longer `{column}`: {}",
                value.inside[0]
            )
        })
    }
}

impl Value {
    fn refused(&self) -> Failure {
        let Exclusion { column, value, left_out, apart, inside } = &self.words;
        let but = match left_out {
            0 => "is not a whole cell or entry",
            _ => "is also part of longer cells",
        };
        let (found, cells) =
            if apart.rows > 0 { (apart.rows, &self.apart) } else { (inside.rows, &self.inside) };
        let rows = counted(found, "row");
        let said = format!(
            "--where \"{column}!={value}\": `{value}` {but}: {rows} with it inside `{column}` \
             would be included; nothing was queued"
        );
        let mut failure = Failure::new(Exit::Guard, said).hint(
            "to leave out such rows, add a condition with the whole cell; to include them, remove \
             this condition, or say with = which rows you want",
        );
        failure.causes.extend(cells.iter().take(Exclusion::EXAMPLES_MAX).cloned());
        failure
    }
}

fn cells(file: Option<&str>, examples: &[(Position, String)]) -> Vec<String> {
    let named = |(place, cell): &(Position, String)| match file {
        Some(file) => format!("{file}, {place}: `{cell}`"),
        None => format!("{place}: `{cell}`"),
    };
    examples.iter().map(named).collect()
}
