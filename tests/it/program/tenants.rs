//! Tenants by profile: two in one journal, and one whose secret is asked for again and again.

use mde_offboard::simulator::{ShellOptions, SimulatedMachine, SimulatedTenant, TenantOptions};
use serde_json::Value;

use crate::support::desk::Desk;
use crate::support::machines::{list, machine_id, table};
use crate::support::program::Said;

use super::foreign::Here;

const MACHINES: u32 = 12;

/// As many requests as the list has machines fill the window.
const OPTIONS: &str = "--comment x --yes --limit 12/30m --track-timeout 0 --progress none";

/// A tenant of this ID on a simulator of its own; both hold the same machines.
fn tenant(id: &str) -> Here {
    serving(TenantOptions { tenant_id: id.to_owned(), ..TenantOptions::default() })
}

fn serving(options: TenantOptions) -> Here {
    let mut tenant = SimulatedTenant::new(options);
    for number in 1..=MACHINES + 1 {
        tenant.add(SimulatedMachine::onboarded(machine_id(number), "pc"));
    }
    Here::serving(tenant, ShellOptions::default())
}

/// A folder whose settings have both, by profile, in one journal.
fn desk(tenants: [(&str, &str, &Here); 2]) -> Desk {
    let app = TenantOptions::default();
    let profiles = tenants.map(|(name, id, here)| {
        let (url, client) = (&here.url, &app.client_id);
        format!(
            "[profile.{name}]\ntenant_id = '{id}'\nclient_id = '{client}'\napi_url = '{url}'\n\
             authority_url = '{url}'\njournal = 'both.db'\n"
        )
    });
    let desk = Desk::with_file("fleet.csv", list(MACHINES));
    desk.file("settings.toml", profiles.concat());
    desk.with("MDE_OFFBOARD_CONFIG", "settings.toml")
        .with("AZURE_CLIENT_SECRET", &app.client_secret)
}

fn counts(said: &Value) -> (u64, u64) {
    let of = |state: &str| said["counts"][state].as_u64().expect("a number");
    (of("pending") + of("succeeded"), of("skipped"))
}

#[test]
fn a_full_window_and_the_machines_of_one_tenant_do_not_hold_the_other() {
    let (a, b) = ("aaaaaaaa-0000-4000-8000-00000000000a", "bbbbbbbb-0000-4000-8000-00000000000b");
    let (here, there) = (tenant(a), tenant(b));
    let desk = desk([("a", a, &here), ("b", b, &there)]);
    for (name, batch) in [("a", 1), ("b", 2)] {
        let run = desk.run(&format!("run fleet.csv {OPTIONS} --profile {name} --json"));
        let said = run.json();
        assert_eq!(said["batch"]["id"], batch, "{run}");
        assert_eq!(counts(&said), (u64::from(MACHINES), 0), "{run}");
        assert!(matches!(run.code, Some(0 | 9)), "{run}");
    }
    // The window of `a` is full, by its own requests.
    desk.file("more.csv", table([machine_id(MACHINES + 1)]));
    let waiting = desk.start_quietly(&format!("run more.csv {OPTIONS} --profile a"));
    let status = desk.wait_for("status --json --profile a", |status| {
        status["batch"]["id"] == 3 && status["waiting"]["reason"] == "window"
    });
    assert_eq!(status["windows"][0]["used"], MACHINES, "{status}");
    desk.run("stop 3 --profile a").ends_with(0);
    Said::by(waiting).ends_with(5);
    // A batch is bound to its tenant.
    desk.run("resume 3 --yes --profile b --track-timeout 0")
        .ends_with(2)
        .says(&format!("the batch belongs to tenant {a} (loopback), not to {b}"))
        .says("these name others: profile b, ")
        .never_says("--tenant-id");
}

/// Others would have to answer for `sh`.
#[cfg(unix)]
#[test]
fn the_secret_is_asked_for_again_at_each_renewal_of_the_token() {
    let app = TenantOptions::default();
    let here = serving(TenantOptions {
        token_lifetime: std::time::Duration::from_secs(2),
        ..TenantOptions::default()
    });
    let url = &here.url;
    let desk = Desk::with_file("fleet.csv", list(MACHINES));
    desk.file(
        "settings.toml",
        format!(
            "[profile.a]\ntenant_id = '{}'\nclient_id = '{}'\napi_url = '{url}'\n\
             authority_url = '{url}'\n\
             secret_command = ['sh', '-c', 'echo x >> calls; echo {}']\n",
            app.tenant_id, app.client_id, app.client_secret
        ),
    );
    let words = "run fleet.csv --comment x --yes --limit 2/1s --track-timeout 0 --progress none";
    desk.run(&format!("{words} --profile a --config settings.toml")).ends_with(9);
    let calls = desk.text("calls").lines().count();
    assert!((3..=12).contains(&calls), "{calls} calls for a run of six seconds");
}
