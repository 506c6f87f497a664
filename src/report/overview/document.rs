//! The overview for programs.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::Counts;
use crate::journal::PlaceAmongCopies;
use crate::report::next_command::{NextCommand, next};
use crate::report::shapes::BatchShape;
use crate::report::status::{Status, StatusForecast};
use crate::reporter::{CountsShape, Sent, WaitShape, Zone, ascii_json};

use super::need::NeedKind;
use super::row::{Overview, TenantRow, TenantState};
use super::totals::OverviewTotals;

/// Several journals at a glance, what needs a person first.
#[derive(JsonSchema, Serialize)]
pub(in crate::report) struct OverviewShape<'a> {
    #[schemars(extend("const" = "mde-offboard.overview/1"))]
    schema: &'static str,
    at: String,
    journals: Vec<RowShape<'a>>,
    totals: TotalsShape,
}

#[derive(JsonSchema, Serialize)]
struct RowShape<'a> {
    /// The path of its file.
    journal: &'a str,
    /// The tenant's name in the settings.
    profile: Option<&'a str>,
    tenant_id: Option<&'a str>,
    #[schemars(extend("enum" = STATES))]
    state: &'static str,
    /// Why it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    /// The other journal, where this one is a copy or was handed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    other: Option<&'a str>,
    /// The batch that the rest is about; null where there is none.
    batch: Option<BatchShape<'a>>,
    sent: u64,
    of: u64,
    counts: CountsShape,
    running: bool,
    waiting: Option<WaitShape>,
    forecast: Option<StatusForecast>,
    needs: Vec<NeedShape>,
    next: Option<NextCommand>,
}

/// What a row can be.
const STATES: [&str; 9] = [
    "running",
    "unfinished",
    "held",
    "pending",
    "settled",
    "empty",
    "copy",
    "handed_over",
    "unreadable",
];

#[derive(JsonSchema, Serialize)]
struct NeedShape {
    #[schemars(extend("enum" = NeedKind::ALL.map(NeedKind::word)))]
    kind: &'static str,
    words: String,
    /// The command that helps.
    command: Option<String>,
}

#[derive(JsonSchema, Serialize)]
struct TotalsShape {
    journals: u64,
    /// Journals with something in `needs`, or that cannot be read.
    need_a_person: u64,
    running: u64,
    unreadable: u64,
    sent: u64,
    of: u64,
    counts: CountsShape,
}

impl Overview {
    /// `mde-offboard.overview/1`, on one line. Times in words are those of the zone.
    pub fn to_json(&self, zone: &Zone) -> String {
        let OverviewTotals { journals, need_a_person, running, unreadable, sent, of, counts } =
            self.totals();
        let counts = CountsShape(counts);
        ascii_json(&OverviewShape {
            schema: "mde-offboard.overview/1",
            at: self.at.to_string(),
            journals: self.rows.iter().map(|row| RowShape::of(row, zone)).collect(),
            totals: TotalsShape { journals, need_a_person, running, unreadable, sent, of, counts },
        })
    }
}

impl<'a> RowShape<'a> {
    fn of(row: &'a TenantRow, zone: &Zone) -> Self {
        let status = row.batch().map(|batch| &batch.status);
        let Sent { sent, of } = status.map_or(Sent { sent: 0, of: 0 }, Status::sent);
        let needs = row.batch().map(|batch| batch.needs.as_slice()).unwrap_or_default();
        let need = |need: &super::Need| NeedShape {
            kind: need.kind.word(),
            words: need.words(status, zone),
            command: need.command.as_ref().map(|words| row.commands.of(words)),
        };
        let (error, other) = match &row.state {
            TenantState::Unreadable { why, .. } => (Some(why.as_str()), None),
            TenantState::Aside {
                place: PlaceAmongCopies::CopyOf(path) | PlaceAmongCopies::ContinuedIn(path),
                ..
            } => (None, Some(path.as_str())),
            TenantState::Batch(_) | TenantState::Empty => (None, None),
        };
        Self {
            journal: &row.journal,
            profile: row.profile.as_deref(),
            tenant_id: row.tenant().map(|tenant| tenant.id.as_str()),
            state: state(row),
            error,
            other,
            batch: status.map(|status| BatchShape::from(&status.batch)),
            sent,
            of,
            counts: CountsShape(status.map_or_else(Counts::default, |status| status.batch.counts)),
            running: status.is_some_and(|status| status.running),
            waiting: status.and_then(|status| status.waiting.as_ref()).map(WaitShape::from),
            forecast: status.and_then(|status| status.forecast).map(StatusForecast::from),
            needs: needs.iter().map(need).collect(),
            next: status
                .filter(|status| !status.running)
                .and_then(|status| next(&status.batch, &row.commands)),
        }
    }
}

fn state(row: &TenantRow) -> &'static str {
    use crate::domain::State::{Held, Pending};
    match &row.state {
        TenantState::Batch(batch) if batch.status.running => "running",
        TenantState::Batch(batch) => {
            let counts = &batch.status.batch.counts;
            match (counts.to_send_or_look_up(), counts.of(Held), counts.of(Pending)) {
                (1.., _, _) => "unfinished",
                (0, 1.., _) => "held",
                (0, 0, 1..) => "pending",
                (0, 0, 0) => "settled",
            }
        }
        TenantState::Empty => "empty",
        TenantState::Aside { place: PlaceAmongCopies::CopyOf(_), .. } => "copy",
        TenantState::Aside { place: PlaceAmongCopies::ContinuedIn(_), .. } => "handed_over",
        TenantState::Unreadable { .. } => "unreadable",
    }
}
