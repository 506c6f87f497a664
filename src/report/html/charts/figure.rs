//! A chart with its words, its legend and its numbers.

use maud::{Markup, html};

/// One thing that a chart shows, and the class that draws it.
pub(super) struct LegendEntry {
    pub(super) class: &'static str,
    pub(super) words: String,
}

/// The numbers of a chart: heads of columns, and rows of cells of which the first says what it is
/// about.
pub(super) struct Numbers {
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: Vec<Vec<String>>,
}

pub(super) struct Figure {
    pub(super) title: &'static str,
    /// What it shows, in a sentence.
    pub(super) caption: String,
    pub(super) drawing: Markup,
    pub(super) legend: Vec<LegendEntry>,
    pub(super) numbers: Numbers,
}

/// More rows than a reader wants to hear, and fewer than a page has.
const ROWS_MAX: usize = 48;

impl Numbers {
    /// Of more rows than fit every second, third ... one, counted from the last.
    fn thinned(&self) -> Vec<&Vec<String>> {
        let step = self.rows.len().div_ceil(ROWS_MAX).max(1);
        let mut rows: Vec<&Vec<String>> = self.rows.iter().rev().step_by(step).collect();
        rows.reverse();
        rows
    }
}

impl Figure {
    pub(super) fn to_markup(&self) -> Markup {
        html! {
            h2 { (self.title) }
            figure {
                figcaption { (self.caption) }
                div class="wide" { (self.drawing) }
                ul class="legend" {
                    @for entry in &self.legend {
                        li {
                            svg class="swatch" viewBox="0 0 12 12" aria-hidden="true" {
                                rect class=(entry.class) width="12" height="12" {}
                            }
                            (entry.words)
                        }
                    }
                }
                details {
                    summary { "Numbers of this chart" }
                    div class="wide" role="region" aria-label=(self.title) tabindex="0" {
                        (self.table())
                    }
                }
            }
        }
    }

    fn table(&self) -> Markup {
        html! {
            table {
                caption { (self.title) }
                thead {
                    tr { @for column in &self.numbers.columns { th scope="col" { (column) } } }
                }
                tbody {
                    @for row in self.numbers.thinned() {
                        tr {
                            @for (at, cell) in row.iter().enumerate() {
                                @if at == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// In the place of a chart that has nothing to show yet.
pub(super) fn nothing(title: &str, words: &str) -> Markup {
    html! {
        h2 { (title) }
        p class="quiet" { (words) }
    }
}
