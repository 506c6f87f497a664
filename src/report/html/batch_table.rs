//! The batches of a journal as a table of links.

use maud::{Markup, html};

use crate::report::batches::{BatchList, Unanswered, head, row};
use crate::reporter::Zone;

impl BatchList {
    /// Newest first. `to_batch` is the way from the page to where the batches are.
    pub fn to_html(&self, zone: &Zone, to_batch: &str) -> Markup {
        let Some(last) = self.0.last() else {
            return html! { p { "This journal has no batches." } };
        };
        let open = Unanswered::of(&self.0);
        html! {
            div .wide role="region" aria-labelledby="batches-caption" tabindex="0" {
                table #batches {
                    caption #batches-caption {
                        "Batches, times in " (zone.name(last.batch.created_at))
                    }
                    thead { tr { @for title in head(open) { th scope="col" { (title) } } } }
                    tbody { @for listed in self.0.iter().rev() {
                        @let batch = &listed.batch;
                        @let cells = row(batch, open, zone);
                        tr {
                            th scope="row" {
                                a href=(format!("{to_batch}batch/{}/", batch.id)) { (cells[0]) }
                            }
                            @for cell in &cells[1..] { td { bdi { (cell) } } }
                        }
                    } }
                }
            }
        }
    }
}
