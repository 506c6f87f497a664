//! The story of one machine: what `show` says, with the facts in a table.

use maud::{Markup, html};

use crate::domain::State;
use crate::domain::text::in_line;
use crate::reporter::Zone;

use crate::report::fact_words::describe;
use crate::report::machine::Story;
use crate::report::{Commands, Shown};

use super::command::command;

impl Shown {
    /// What a story is called; empty where there is no machine.
    pub fn title(&self) -> String {
        let Some(story) = self.0.first() else { return String::new() };
        match &story.machine.name {
            Some(name) => in_line(name).into_owned(),
            None => story.machine.id.to_string(),
        }
    }

    /// The stories, each with a heading of the second level.
    pub fn to_html(&self, zone: &Zone, commands: &Commands) -> Markup {
        html! { @for story in &self.0 { (story.to_html(zone, commands)) } }
    }
}

impl Story {
    fn to_html(&self, zone: &Zone, commands: &Commands) -> Markup {
        let Self { batch, machine, .. } = self;
        let standing = self.standing();
        let said = machine.standing.error().filter(|detail| !detail.message.is_empty());
        html! {
            section #story {
                h2 {
                    @if let Some(name) = &machine.name { bdi { (in_line(name)) } } @else {
                        (machine.id)
                    }
                }
                dl .facts {
                    dt { "Machine ID" } dd .id { (machine.id) }
                    dt { "State" } dd { (standing) }
                    @if let Some(detail) = said {
                        dt { "Error" } dd { bdi { (in_line(&detail.to_string())) } }
                    }
                    dt { "Batch" } dd { (batch.id) ", tenant " bdi { (in_line(&batch.tenant.id)) } }
                    dt { "From" }
                    dd { bdi { (in_line(&machine.source)) } ", line " (machine.line) }
                    dt { "Comment" }
                    dd { bdi { (in_line(&machine.marked_comment(batch.seed))) } }
                    @for (what, part) in self.device.parts() {
                        @if let Some(part) = part {
                            dt { "In the list: " (what.replace('_', " ")) }
                            dd { bdi { (in_line(part)) } }
                        }
                    }
                    @if machine.standing.state == State::Held {
                        dt { "Decide with" }
                        dd { (command(&commands.of(&format!(
                            "resolve {} --batch {}", machine.id, batch.id
                        )))) }
                    }
                }
                (self.facts_table(zone))
            }
        }
    }

    fn facts_table(&self, zone: &Zone) -> Markup {
        let Some((first, _)) = self.facts.first() else {
            return html! { p { "Nothing has happened to it yet." } };
        };
        html! {
            div .wide role="region" aria-labelledby="facts-caption" tabindex="0" {
                table #facts {
                    caption #facts-caption { "What happened, times in " (zone.name(*first)) }
                    thead { tr {
                        th scope="col" { "When" }
                        th scope="col" { "What" }
                        th scope="col" { "Details" }
                    } }
                    tbody { @for (at, fact) in &self.facts {
                        @let told = describe(fact, &|instant| zone.near(instant, *at));
                        tr {
                            td { time datetime=(at.to_string()) { (zone.full(*at)) } }
                            th scope="row" { (told.word.replace('_', " ")) }
                            td { bdi { (in_line(&told.says)) } }
                        }
                    } }
                }
            }
        }
    }
}
