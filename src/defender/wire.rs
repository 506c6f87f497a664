//! Defender's JSON, and its way into the words of `domain`.
//!
//! Lenient towards what this program does not need: unknown fields, unknown words and nulls pass.
//! Strict towards what it decides by: an action without an ID, a type or a status is no action.
//! Field names are those of real answers, which differ from the documentation's tables in places.
//! Deliberately absent: what an answer means (`classify`), and pages of a list
//! (`rows`).

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
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

/// A text, lent by the body where nothing in it is escaped.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// A record of the inventory.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireMachine<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    computer_dns_name: Option<Text<'a>>,
    os_platform: Option<Text<'a>>,
    version: Option<Text<'a>>,
    onboarding_status: Option<Text<'a>>,
    health_status: Option<Text<'a>>,
    first_seen: Option<Text<'a>>,
    last_seen: Option<Text<'a>>,
    merged_into_machine_id: Option<Text<'a>>,
    machine_tags: Option<Vec<Text<'a>>>,
    rbac_group_name: Option<Text<'a>>,
    managed_by: Option<Text<'a>>,
    is_excluded: Option<bool>,
}

impl WireMachine<'_> {
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
        let time = |text: Option<Text>| text.and_then(|text| Timestamp::parse(&text.0).ok());
        let kept = |text: &str| escaped(beginning(&secrets.hide(text), NAME_CHARS_MAX));
        let name = |text: Option<Text>| text.map(|text| kept(&text.0));
        let said =
            |text: Option<Text>| text.map(|text| word(&secrets.hide(&text.0), WORD_CHARS_MAX));
        let id = self.id.ok_or("a machine without `id`")?;
        let Ok(id) = MachineId::parse(&id.0) else { return Ok(None) };
        let merged = self.merged_into_machine_id.filter(|id| !id.0.trim().is_empty());
        let merged_into = merged.map(|id| MachineId::parse(&id.0)).transpose();
        let merged_into = merged_into
            .map_err(|error| format!("machine {id} is merged into an unreadable ID: {error}"))?;
        let tags = self.machine_tags.iter().flatten().take(TAGS_MAX);
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
            tags: tags.map(|tag| kept(&tag.0)).collect(),
            group: name(self.rbac_group_name),
            managed_by: said(self.managed_by),
            is_excluded: self.is_excluded.unwrap_or_default(),
        }))
    }
}

/// At most this many characters of a text.
fn beginning(text: &str, chars_max: usize) -> &str {
    if text.len() <= chars_max {
        return text;
    }
    let end = text.char_indices().nth(chars_max);
    end.map_or(text, |(end, _)| &text[..end])
}
