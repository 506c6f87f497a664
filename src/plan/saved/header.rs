//! What a saved plan was made of: tenant, app, list, options.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{ContentHash, Realm, Tenant, Timestamp, hex};
use crate::guard::{Class, Treatment, Treatments};
use crate::reporter::ascii_json;

/// What a plan was made of, and when. Times are kept to the millisecond.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanHeader {
    pub made_at: Timestamp,
    /// When the tenant's inventory was read.
    pub snapshot_at: Timestamp,
    /// Version of the program.
    pub program: String,
    pub tenant: Tenant,
    /// ID of the signed-in app.
    pub app: String,
    /// Names of the list's files.
    pub sources: Vec<String>,
    /// Over the list's IDs and comments.
    pub content: ContentHash,
    /// Machines of the list, each once.
    pub machines: u64,
    /// Whether names stood for machines. Which IDs the list has then depends on the tenant too.
    pub by_name: bool,
    /// The comment of machines that have none of their own.
    pub comment: Option<String>,
    /// What is done with each class, in the order of [`Class::ALL`].
    pub treatments: Vec<(Class, Treatment)>,
    /// All other options that decide what is sent, and how fast: name and value as a person would
    /// give them.
    pub options: BTreeMap<String, String>,
    /// Hash of the protect list.
    pub protect: Option<[u8; 32]>,
    /// Of which day the table of systems is ([`SYSTEMS_AS_OF`](crate::guard::SYSTEMS_AS_OF)).
    pub systems: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenHeader {
    made_at: String,
    snapshot_at: String,
    program: String,
    tenant: WrittenTenant,
    app: String,
    list: WrittenPlanList,
    comment: Option<String>,
    treatments: Vec<(String, String)>,
    options: BTreeMap<String, String>,
    protect: Option<String>,
    systems: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTenant {
    id: String,
    realm: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPlanList {
    sources: Vec<String>,
    content: String,
    machines: u64,
    by_name: bool,
}

impl PlanHeader {
    /// What is done with each class, for [`treatments`](Self::treatments).
    pub fn each_class(treatments: &Treatments) -> Vec<(Class, Treatment)> {
        Class::ALL.into_iter().map(|class| (class, treatments.of(class))).collect()
    }

    /// Its line, without what stands between lines.
    pub(super) fn to_line(&self) -> String {
        let words = |(class, treatment): &(Class, Treatment)| {
            (class.word().to_owned(), treatment.word().to_owned())
        };
        ascii_json(&WrittenHeader {
            made_at: self.made_at.to_string(),
            snapshot_at: self.snapshot_at.to_string(),
            program: self.program.clone(),
            tenant: WrittenTenant {
                id: self.tenant.id.clone(),
                realm: self.tenant.realm.word().to_owned(),
            },
            app: self.app.clone(),
            list: WrittenPlanList {
                sources: self.sources.clone(),
                content: self.content.to_string(),
                machines: self.machines,
                by_name: self.by_name,
            },
            comment: self.comment.clone(),
            treatments: self.treatments.iter().map(words).collect(),
            options: self.options.clone(),
            protect: self.protect.as_ref().map(|hash| hex::encode(hash)),
            systems: self.systems.clone(),
        })
    }

    /// Reads [`to_line`](Self::to_line), or says why not.
    pub(super) fn of_line(text: &str) -> Result<Self, String> {
        let written: WrittenHeader =
            serde_json::from_str(text).map_err(|error| error.to_string())?;
        let time = |text: &str| Timestamp::parse(text).map_err(|error| error.to_string());
        let realm = Realm::from_word(&written.tenant.realm).ok_or("no such realm")?;
        let content = hex::decode(&written.list.content).ok_or("the list's hash is no hash")?;
        let protect = written
            .protect
            .as_deref()
            .map(|hash| hex::decode(hash).ok_or("the protect list's hash is no hash"));
        let pair = |(class, treatment): &(String, String)| {
            Class::from_word(class).zip(Treatment::from_word(treatment))
        };
        let treatments: Option<Vec<_>> = written.treatments.iter().map(pair).collect();
        let header = Self {
            made_at: time(&written.made_at)?,
            snapshot_at: time(&written.snapshot_at)?,
            program: written.program,
            tenant: Tenant { id: written.tenant.id, realm },
            app: written.app,
            sources: written.list.sources,
            content: ContentHash(content),
            machines: written.list.machines,
            by_name: written.list.by_name,
            comment: written.comment,
            treatments: treatments.ok_or("no such class or treatment")?,
            options: written.options,
            protect: protect.transpose()?,
            systems: written.systems,
        };
        if header.to_line() != text {
            return Err("it is not written as this program writes it".to_owned());
        }
        Ok(header)
    }
}
