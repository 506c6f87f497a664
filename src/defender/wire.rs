//! Defender's JSON, and its way into the words of `domain`.
//!
//! Lenient towards what this program does not need: unknown fields, unknown words and nulls pass.
//! Strict towards what it decides by: an action without an ID, a type or a status is no action.
//! Field names are those of real answers, which differ from the documentation's tables in places.
//! Deliberately absent: what an answer means (`classify`).

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::secrets::Secrets;
use crate::domain::text::{escaped, word};
use crate::domain::{
    Action, ActionId, ActionStatus, ActionType, InventoryMachine, MachineId, Timestamp,
};

/// A JSON object. serde's own structs take an array of their fields too, so that `[[]]` would pass
/// for an empty list, which is evidence that nothing was found.
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(fields)).map(Object)
    }
}

/// Body of both POSTs. The name is case-sensitive at the server.
#[derive(Serialize)]
pub(super) struct CommentBody<'a> {
    #[serde(rename = "Comment")]
    pub(super) comment: &'a str,
}

#[derive(Deserialize)]
pub(super) struct ErrorBody {
    pub(super) error: Object<ErrorWords>,
}

#[derive(Deserialize)]
pub(super) struct ErrorWords {
    code: Code,
    #[serde(default)]
    message: Option<String>,
}

/// A text everywhere that was seen, `"429"` included; a number would be the same word.
#[derive(Deserialize)]
#[serde(untagged)]
enum Code {
    Text(String),
    Number(i64),
}

impl ErrorWords {
    pub(super) fn into_words(self) -> (String, String) {
        let code = match self.code {
            Code::Text(text) => text,
            Code::Number(number) => number.to_string(),
        };
        (code, self.message.unwrap_or_default())
    }
}

#[derive(Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
pub(super) struct List<T> {
    #[serde(deserialize_with = "rows")]
    pub(super) value: Vec<Object<T>>,
    /// Never followed: with a filter it is broken, and it may name another host. That it is there
    /// says that the page is not the last one.
    #[serde(rename = "@odata.nextLink", default)]
    pub(super) next: Option<IgnoredAny>,
}

/// Most rows of a page: ten times as many as the server sends. An empty one has three bytes on the
/// wire and some hundred in memory, so a page within its bytes could take gigabytes.
const PAGE_ROWS_MAX: usize = 100_000;

fn rows<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<Object<T>>, D::Error> {
    deserializer.deserialize_seq(RowsVisitor(PhantomData))
}

struct RowsVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for RowsVisitor<T> {
    type Value = Vec<Object<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = seq.next_element()? {
            if rows.len() == PAGE_ROWS_MAX {
                return Err(A::Error::custom(format!("a page of more than {PAGE_ROWS_MAX} rows")));
            }
            rows.push(row);
        }
        Ok(rows)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireAction {
    id: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    status: Option<String>,
    pub(super) machine_id: Option<String>,
    requestor_comment: Option<String>,
    creation_date_time_utc: Option<String>,
    last_update_date_time_utc: Option<String>,
    /// The name that the documentation's sample prints.
    last_update_time_utc: Option<String>,
    #[serde(rename = "errorHResult")]
    error_h_result: Option<serde_json::Value>,
}

impl WireAction {
    /// The action, or what is missing.
    ///
    /// A machine ID that is none of ours (not 40 hexadecimal digits) is left out, not refused: one
    /// odd record must not make the tenant's whole list unreadable.
    pub(super) fn into_action(self, secrets: &Secrets) -> Result<Action, String> {
        let id = self.id.ok_or("an action without `id`")?;
        let id = ActionId::parse(&id).map_err(|error| error.to_string())?;
        // It is stored, shown and sent back as it is, so there is nothing to hide in it.
        if secrets.are_in(id.as_str()) {
            return Err("an action whose `id` is one of this program's own secrets".to_owned());
        }
        let kind = self.kind.ok_or_else(|| format!("action {id} without `type`"))?;
        let status = self.status.ok_or_else(|| format!("action {id} without `status`"))?;
        let time = |text: Option<String>| text.and_then(|text| Timestamp::parse(&text).ok());
        Ok(Action {
            kind: known_kind(&kind, secrets),
            status: known_status(&status, secrets),
            machine: self.machine_id.as_deref().and_then(|id| MachineId::parse(id).ok()),
            comment: self.requestor_comment,
            created_at: time(self.creation_date_time_utc),
            updated_at: time(self.last_update_date_time_utc.or(self.last_update_time_utc)),
            device_error: self.error_h_result.and_then(|code| code.as_i64()),
            id,
        })
    }
}

/// A known word is one as it is: it decides, and it cannot be a secret.
fn known_status(word: &str, secrets: &Secrets) -> ActionStatus {
    match ActionStatus::from_word(word) {
        ActionStatus::Other(_) => ActionStatus::from_word(&secrets.hide(word)),
        known => known,
    }
}

fn known_kind(word: &str, secrets: &Secrets) -> ActionType {
    match ActionType::from_word(word) {
        ActionType::Other(_) => ActionType::from_word(&secrets.hide(word)),
        ActionType::Offboard => ActionType::Offboard,
    }
}

/// A record of the inventory.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireMachine {
    id: Option<String>,
    computer_dns_name: Option<String>,
    os_platform: Option<String>,
    version: Option<String>,
    onboarding_status: Option<String>,
    health_status: Option<String>,
    first_seen: Option<String>,
    last_seen: Option<String>,
    merged_into_machine_id: Option<String>,
    machine_tags: Option<Vec<String>>,
    rbac_group_name: Option<String>,
    managed_by: Option<String>,
    is_excluded: Option<bool>,
}

impl WireMachine {
    /// The record; none where its ID is not 40 hexadecimal digits, so that no input can name it.
    pub(super) fn into_machine(
        self,
        secrets: &Secrets,
    ) -> Result<Option<InventoryMachine>, String> {
        /// A full name in the DNS has at most 253 characters.
        const NAME_CHARS_MAX: usize = 253;
        /// The longest documented word has 17.
        const WORD_CHARS_MAX: usize = 64;
        /// Defender takes tags of 200 characters, and shows some dozens for a machine.
        const TAGS_MAX: usize = 64;
        let time = |text: Option<String>| text.and_then(|text| Timestamp::parse(&text).ok());
        let name = |text: Option<String>| {
            let kept = text.map(|text| secrets.hide(&text).chars().take(NAME_CHARS_MAX).collect());
            kept.map(|kept: String| escaped(&kept))
        };
        let said =
            |text: Option<String>| text.map(|text| word(&secrets.hide(&text), WORD_CHARS_MAX));
        let tag = |text: String| name(Some(text)).unwrap_or_default();
        let id = self.id.ok_or("a machine without `id`")?;
        let Ok(id) = MachineId::parse(&id) else { return Ok(None) };
        let merged = self.merged_into_machine_id.filter(|id| !id.trim().is_empty());
        let merged_into = merged.map(|id| MachineId::parse(&id)).transpose();
        let merged_into = merged_into
            .map_err(|error| format!("machine {id} is merged into an unreadable ID: {error}"))?;
        Ok(Some(InventoryMachine {
            id,
            name: name(self.computer_dns_name),
            os_platform: said(self.os_platform),
            os_version: said(self.version),
            onboarding_status: said(self.onboarding_status),
            health_status: said(self.health_status),
            first_seen: time(self.first_seen),
            last_seen: time(self.last_seen),
            merged_into,
            tags: self.machine_tags.into_iter().flatten().take(TAGS_MAX).map(tag).collect(),
            group: name(self.rbac_group_name),
            managed_by: said(self.managed_by),
            is_excluded: self.is_excluded.unwrap_or_default(),
        }))
    }
}
