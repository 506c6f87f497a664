//! `GET /api/machines` and one of them.
//!
//! Deliberately absent: tags and the other ways to search.

use std::time::Duration;

use serde::Serialize;

use crate::domain::{LimitGroup, MachineId, Timestamp};

use super::answer::{Refusal, Response, wire_time};
use super::draw::Draw;
use super::filter::{self, FilterTerm, Test};
use super::listing::ListQuery;
use super::machine::{Behaviour, SimulatedMachine};
use super::tenant::{Denial, SimulatedTenant};

const DAY: Duration = Duration::from_hours(24);

/// `Machine`, with the fields of recorded answers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MachineEntity<'a> {
    id: String,
    merged_into_machine_id: Option<String>,
    is_potential_duplication: bool,
    is_excluded: bool,
    exclusion_reason: Option<&'a str>,
    computer_dns_name: &'a str,
    first_seen: String,
    last_seen: String,
    os_platform: &'a str,
    os_version: Option<&'a str>,
    version: &'a str,
    os_build: Option<u32>,
    os_processor: &'a str,
    os_architecture: &'a str,
    agent_version: &'a str,
    last_ip_address: String,
    last_external_ip_address: Option<&'a str>,
    health_status: &'a str,
    onboarding_status: &'a str,
    device_value: &'a str,
    rbac_group_id: u32,
    rbac_group_name: Option<&'a str>,
    risk_score: &'a str,
    exposure_level: &'a str,
    is_aad_joined: bool,
    aad_device_id: Option<String>,
    machine_tags: [&'a str; 0],
    defender_av_status: &'a str,
    managed_by: &'a str,
    managed_by_status: &'a str,
    ip_addresses: [Adapter; 1],
    vm_metadata: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Adapter {
    ip_address: String,
    mac_address: String,
    #[serde(rename = "type")]
    kind: &'static str,
    operational_status: &'static str,
}

/// What the machine's ID alone decides, for the entity and for the export.
pub(super) struct Traits {
    pub(super) ip: String,
    pub(super) mac: String,
    pub(super) aad_device_id: Option<String>,
    pub(super) managed_by: &'static str,
    pub(super) exposure: &'static str,
    pub(super) risk: &'static str,
    pub(super) known_days: u64,
    pub(super) reported_before: Duration,
    pub(super) version: &'static str,
    pub(super) build: Option<u32>,
}

impl Traits {
    pub(super) fn of(machine: &SimulatedMachine) -> Self {
        let mut draw = Draw::new(0, "traits", machine.id.as_bytes());
        let bytes = machine.id.as_bytes();
        let windows = machine.os_platform.starts_with("Windows");
        let (version, build) = release(&machine.os_platform);
        Self {
            ip: format!("10.{}.{}.{}", bytes[0] & 63, bytes[1], bytes[2].max(1)),
            mac: format!("00155D{:02X}{:02X}{:02X}", bytes[3], bytes[4], bytes[5]),
            aad_device_id: windows.then(|| draw.guid().to_string()),
            managed_by: if windows {
                draw.choice(&["Intune", "MDE", "ConfigMgr"])
            } else {
                "Unknown"
            },
            exposure: draw.choice(&["None", "Low", "Low", "Medium", "Medium", "High"]),
            risk: draw.choice(&["None", "None", "None", "Informational", "Low", "Medium", "High"]),
            known_days: draw.within(90..=1_500),
            reported_before: Duration::from_secs(draw.within(0..=86_399)),
            version,
            build,
        }
    }

    /// The last full report: once a day, at the machine's own hour.
    pub(super) fn last_seen(&self, machine: &SimulatedMachine, now: Timestamp) -> Timestamp {
        let day = i64::try_from(DAY.as_micros()).unwrap_or(i64::MAX);
        let shifted = now.minus(self.reported_before).as_micros();
        let today = Timestamp::from_micros(shifted.div_euclid(day).saturating_mul(day));
        today.plus(self.reported_before).minus(DAY * machine.silent_days)
    }

    pub(super) fn first_seen(&self, last_seen: Timestamp) -> Timestamp {
        last_seen.minus(Duration::from_hours(24 * self.known_days))
    }
}

/// Release and build, by platform.
fn release(platform: &str) -> (&'static str, Option<u32>) {
    match platform {
        "Windows10" => ("22H2", Some(19_045)),
        "Windows11" => ("24H2", Some(26_100)),
        "WindowsServer2012R2" => ("6.3", Some(9_600)),
        "WindowsServer2016" => ("1607", Some(14_393)),
        "WindowsServer2019" => ("1809", Some(17_763)),
        "WindowsServer2022" => ("21H2", Some(20_348)),
        _ => ("Other", None),
    }
}

impl<'a> MachineEntity<'a> {
    fn new(machine: &'a SimulatedMachine, now: Timestamp) -> Self {
        let traits = Traits::of(machine);
        let last_seen = traits.last_seen(machine, now);
        let old = machine.behaviour == Behaviour::OldSensor;
        let adapter = Adapter {
            ip_address: traits.ip.clone(),
            mac_address: traits.mac.clone(),
            kind: "Ethernet",
            operational_status: "Up",
        };
        Self {
            id: machine.id.to_string(),
            merged_into_machine_id: machine.merged_into.map(|id| id.to_string()),
            is_potential_duplication: false,
            is_excluded: false,
            exclusion_reason: None,
            computer_dns_name: &machine.name,
            first_seen: wire_time(traits.first_seen(last_seen)),
            last_seen: wire_time(last_seen),
            os_platform: &machine.os_platform,
            os_version: None,
            version: traits.version,
            os_build: traits.build,
            os_processor: "x64",
            os_architecture: "64-bit",
            agent_version: if old { "10.1250.14393.0" } else { "10.8470.19041.2788" },
            last_ip_address: traits.ip,
            last_external_ip_address: None,
            health_status: &machine.health_status,
            onboarding_status: &machine.onboarding_status,
            device_value: "Normal",
            rbac_group_id: 0,
            rbac_group_name: None,
            risk_score: traits.risk,
            exposure_level: traits.exposure,
            is_aad_joined: traits.aad_device_id.is_some(),
            aad_device_id: traits.aad_device_id,
            machine_tags: [],
            defender_av_status: if old { "NotUpdated" } else { "Updated" },
            managed_by: traits.managed_by,
            managed_by_status: "Unknown",
            ip_addresses: [adapter],
            vm_metadata: None,
        }
    }
}

impl SimulatedTenant {
    /// One page of the machines that fit the filter, in the order in which they were added. As
    /// documented, a list without any machine is a 404; beyond the last one it is empty.
    pub fn machines(
        &mut self,
        now: Timestamp,
        authorization: Option<&str>,
        query: &ListQuery,
    ) -> Response {
        let admitted = self.gate(now, authorization, LimitGroup::Reads);
        let outcome = admitted.and_then(|()| self.list_machines(now, query).map_err(Denial::from));
        self.answer(now, LimitGroup::Reads, None, outcome)
    }

    pub fn machine(&mut self, now: Timestamp, authorization: Option<&str>, id: &str) -> Response {
        let admitted = self.gate(now, authorization, LimitGroup::Reads);
        let parsed = MachineId::parse(id).ok();
        let outcome = admitted.and_then(|()| {
            let index = match parsed {
                Some(id) => self.find_machine(id),
                None => self.machines.iter().position(|each| each.name.eq_ignore_ascii_case(id)),
            };
            let Some(index) = index else {
                let message = format!("Machine {id} was not found");
                return Err(Refusal::new(404, "ResourceNotFound", message).into());
            };
            let entity = MachineEntity::new(&self.machines[index], now);
            Ok(Response::entity(200, "Machines", &entity))
        });
        self.answer(now, LimitGroup::Reads, parsed, outcome)
    }

    fn list_machines(&self, now: Timestamp, query: &ListQuery) -> Result<Response, Refusal> {
        let extent = query.extent(self.options.page_rows)?;
        let text = query.filter.as_deref().unwrap_or_default();
        let conditions = filter::parse(text)?;
        if !conditions.iter().all(is_known) {
            return Err(filter::unreadable(text));
        }
        let fits = |machine: &&SimulatedMachine| conditions.iter().all(|each| fits(machine, each));
        if !self.machines.iter().any(|machine| fits(&machine)) {
            return Err(Refusal::new(404, "ResourceNotFound", "No machine was found"));
        }
        let (rows, next) = extent.cut(self.machines.iter().filter(fits));
        let rows: Vec<_> = rows.into_iter().map(|row| MachineEntity::new(row, now)).collect();
        let link =
            next.map(|skip| format!("{}/api/machines?{}", self.api_url, query.following(skip)));
        Ok(Response::list("Machines", &rows, link))
    }
}

fn is_known(condition: &FilterTerm) -> bool {
    let known = ["id", "computerdnsname", "osplatform", "onboardingstatus", "healthstatus"];
    matches!(condition.test, Test::Equals(_)) && known.contains(&condition.property.as_str())
}

fn fits(machine: &SimulatedMachine, condition: &FilterTerm) -> bool {
    let Test::Equals(value) = &condition.test else { return false };
    match condition.property.as_str() {
        "id" => MachineId::parse(value).is_ok_and(|id| id == machine.id),
        "computerdnsname" => machine.name == *value,
        "osplatform" => machine.os_platform == *value,
        "onboardingstatus" => machine.onboarding_status == *value,
        "healthstatus" => machine.health_status == *value,
        _ => false,
    }
}
