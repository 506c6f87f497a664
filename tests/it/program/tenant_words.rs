//! What only the tenant says of a machine, and what a plan makes of it: who is protected, and what
//! a person should know though it is no reason to skip.

use serde_json::{Value, json};

use crate::support::desk::Desk;
use crate::support::machines::{list, machine_id};
use crate::support::server::{response, serve};

use super::scripted::Reply;

/// A desk with this many machines, beside a tenant whose records of them say this, too.
fn desk(records: &[Value]) -> Desk {
    let records: Vec<Value> = (1..)
        .zip(records)
        .map(|(number, more)| {
            let mut record = json!({"id": machine_id(number).to_string(),
                "osPlatform": "Windows11", "onboardingStatus": "Onboarded"});
            let more = more.as_object().expect("an object").clone();
            record.as_object_mut().expect("an object").extend(more);
            record
        })
        .collect();
    let machines = u32::try_from(records.len()).expect("few");
    let inventory = json!({ "value": records }).to_string();
    let url = serve(move |request| {
        let line = request.lines().next().unwrap_or_default();
        let Reply(status, headers, body) = if line.contains("/oauth2/") {
            let token = r#""token_type":"Bearer","expires_in":3599,"access_token":"t0ken""#;
            Reply::json(200, format!("{{{token}}}"))
        } else if line.starts_with("GET /api/machines?") {
            Reply::json(200, inventory.as_str())
        } else {
            Reply::json(200, r#"{"value":[]}"#)
        };
        response(status, headers, &body)
    });
    Desk::with_file("fleet.csv", list(machines)).leading_to(&url)
}

#[test]
fn what_the_tenant_says_of_a_machine_protects_it() {
    let desk = desk(&[
        json!({"computerDnsName": "dc-01.corp.example"}),
        json!({"machineTags": ["Berlin", "keep"]}),
        json!({"machineTags": ["keep it"]}),
        json!({"rbacGroupName": "Tier 0"}),
        json!({"rbacGroupName": "Tier 1"}),
    ]);
    desk.file("protect.toml", "names = [\"dc-*\"]\ntags = [\"keep\"]\ngroups = [\"tier 0\"]\n");
    let plan = "plan fleet.csv --comment x --protect protect.toml";
    let planned = desk.run(&format!("{plan} --json")).ends_with(0).json();
    let of = |class: &str| planned["classes"][class].as_u64().expect("a number");
    assert_eq!((of("protected"), of("ready")), (3, 2), "{planned}");
    assert_eq!(planned["would_send"], 2);
}

#[test]
fn remarks_are_about_machines_that_would_be_sent_and_count_whole_words() {
    let desk = desk(&[
        json!({"isExcluded": true, "managedBy": "Intune"}),
        json!({"machineTags": ["Restricted security operations"], "managedBy": "Unknown"}),
        json!({"machineTags": ["Restricted security operations (old)"], "managedBy": ""}),
        json!({"osPlatform": null, "managedBy": "ConfigMgr"}),
        // It is left alone.
        json!({"osPlatform": "Linux", "isExcluded": true, "managedBy": "Intune",
            "machineTags": ["Restricted security operations"]}),
    ]);
    let said = desk.run("plan fleet.csv --comment x").ends_with(0);
    said.says_all(&[
        "would send 4",
        "2 machines managed (1 ConfigMgr, 1 Intune)",
        "1 machine excluded from vulnerability management",
        "1 machine with restricted response actions",
        "1 machine of an unknown system",
    ]);
}
