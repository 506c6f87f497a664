//! The tenant's inventory.

use mde_offboard::simulator::{Behaviour, SimulatedMachine, TenantOptions};

use super::setup::{Bench, at, column, id, json, query, refused, unlimited};

#[test]
fn a_machine_has_all_fields_of_a_recorded_answer() {
    let mut bench = Bench::with_machines(unlimited(), 1);
    let response = bench.tenant.machine(at(0), Some(&bench.bearer), &id(0).to_string());
    assert_eq!(response.status, 200);
    insta::assert_json_snapshot!(json(&response), @r##"
    {
      "@odata.context": "https://api.securitycenter.microsoft.com/api/$metadata#Machines/$entity",
      "aadDeviceId": "aa741148-7424-aec2-aca7-0ab958500082",
      "agentVersion": "10.8470.19041.2788",
      "computerDnsName": "pc-0.example.com",
      "defenderAvStatus": "Updated",
      "deviceValue": "Normal",
      "exclusionReason": null,
      "exposureLevel": "Medium",
      "firstSeen": "2024-04-07T23:15:06.0000000Z",
      "healthStatus": "Active",
      "id": "00000000a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5",
      "ipAddresses": [
        {
          "ipAddress": "10.0.0.1",
          "macAddress": "00155D00A5A5",
          "operationalStatus": "Up",
          "type": "Ethernet"
        }
      ],
      "isAadJoined": true,
      "isExcluded": false,
      "isPotentialDuplication": false,
      "lastExternalIpAddress": null,
      "lastIpAddress": "10.0.0.1",
      "lastSeen": "2026-11-22T23:15:06.0000000Z",
      "machineTags": [],
      "managedBy": "Intune",
      "managedByStatus": "Unknown",
      "mergedIntoMachineId": null,
      "onboardingStatus": "Onboarded",
      "osArchitecture": "64-bit",
      "osBuild": 19045,
      "osPlatform": "Windows10",
      "osProcessor": "x64",
      "osVersion": null,
      "rbacGroupId": 0,
      "rbacGroupName": null,
      "riskScore": "None",
      "version": "22H2",
      "vmMetadata": null
    }
    "##);
}

#[test]
fn a_machine_is_found_by_its_name_too() {
    let mut bench = Bench::with_machines(unlimited(), 3);
    let mut find = |text: &str| bench.tenant.machine(at(0), Some(&bench.bearer), text);
    assert_eq!(json(&find("PC-2.example.com"))["id"], id(2).to_string());
    refused(&find("pc-9.example.com"), 404, "ResourceNotFound");
    refused(&find(&id(9).to_string()), 404, "ResourceNotFound");
}

#[test]
fn the_list_is_cut_into_pages() {
    let mut bench = Bench::with_machines(TenantOptions { page_rows: 2, ..unlimited() }, 5);
    let mut page = |top: &str, skip: &str| {
        bench.tenant.machines(at(0), Some(&bench.bearer), &query("", top, skip))
    };
    let mut all = Vec::new();
    for skip in ["0", "2", "4"] {
        all.extend(column(&page("2", skip), "id"));
    }
    assert_eq!(all, [0, 1, 2, 3, 4].map(|number| id(number).to_string()));
    assert!(column(&page("2", "6"), "id").is_empty());
    let link = json(&page("", ""))["@odata.nextLink"].clone();
    assert_eq!(link, "https://api.security.microsoft.com/api/machines?$skip=2");
}

#[test]
fn a_filter_chooses_machines() {
    let mut bench = Bench::with_machines(unlimited(), 2);
    let merged = SimulatedMachine {
        merged_into: Some(id(0)),
        onboarding_status: "CanBeOnboarded".to_owned(),
        ..SimulatedMachine::onboarded(id(7), "pc-7")
    };
    bench.tenant.add(merged);
    let mut list =
        |filter: &str| bench.tenant.machines(at(0), Some(&bench.bearer), &query(filter, "", ""));
    let found = list("onboardingStatus eq 'CanBeOnboarded'");
    assert_eq!(column(&found, "mergedIntoMachineId"), [id(0).to_string()]);
    assert_eq!(column(&list("computerDnsName eq 'pc-7'"), "id"), [id(7).to_string()]);
    refused(&list("osPlatform eq 'Linux'"), 404, "ResourceNotFound");
    refused(&list("colour eq 'red'"), 400, "ODataError");
}

#[test]
fn an_empty_tenant_has_no_list() {
    let mut bench = Bench::new(unlimited());
    let response = bench.tenant.machines(at(0), Some(&bench.bearer), &query("", "", ""));
    refused(&response, 404, "ResourceNotFound");
}

#[test]
fn test_machines_are_a_mix_in_which_most_can_be_offboarded() {
    let mut bench = Bench::new(unlimited());
    bench.tenant.populate(1_000);
    let listed = bench.tenant.machines(at(0), Some(&bench.bearer), &query("", "", ""));
    let platforms = column(&listed, "osPlatform");
    assert!((970..=999).contains(&platforms.len()), "{} are known", platforms.len());
    let count = |name: &str| platforms.iter().filter(|each| *each == name).count();
    assert!(count("Windows10") > 350 && count("Windows11") > 280);
    assert!((5..=30).contains(&count("macOS")) && (8..=35).contains(&count("Linux")));
    assert!((1..=12).contains(&count("iOS")) && (1..=12).contains(&count("Android")));
}

#[test]
fn a_machine_is_made_of_its_id_alone() {
    let made = |seed| SimulatedMachine::from_id(id(5), None, seed);
    assert_eq!(made(1), made(1));
    // What an export shows is the same under every seed.
    assert_eq!(made(1).os_platform, made(2).os_platform);
    assert_eq!(made(1).name, made(2).name);
    assert_eq!(SimulatedMachine::from_id(id(5), Some("pc-5"), 1).name, "pc-5");
}

#[test]
fn a_platform_that_the_input_names_decides_whether_it_is_supported() {
    let windows = SimulatedMachine::onboarded(id(1), "pc-1");
    for platform in ["iOS", "Android", "Windows7", "WindowsServer2008R2"] {
        let machine = windows.clone().with_platform(platform);
        assert_eq!(machine.behaviour, Behaviour::UnsupportedPlatform, "{platform}");
        assert_eq!(machine.with_platform("Windows11").behaviour, Behaviour::Normal);
    }
    let unknown = SimulatedMachine { behaviour: Behaviour::Unknown, ..windows };
    assert_eq!(unknown.with_platform("iOS").behaviour, Behaviour::Unknown);
}

#[test]
fn macos_and_linux_are_accepted_as_defenders_page_has_it_since_august_2026() {
    let mut bench = Bench::new(unlimited());
    for (number, platform) in [(1, "macOS"), (2, "Linux")] {
        let machine = SimulatedMachine::onboarded(id(number), "pc").with_platform(platform);
        bench.tenant.add(machine);
        assert_eq!(bench.offboard(at(0), number).status, 201, "{platform}");
    }
}

#[test]
fn a_silent_machine_was_last_seen_so_many_days_ago() {
    let mut bench = Bench::new(unlimited());
    let active = SimulatedMachine::onboarded(id(1), "pc-1");
    bench.tenant.add(SimulatedMachine { silent_days: 10, ..active.clone() });
    let seen_at = |bench: &mut Bench| {
        let body = bench.tenant.machine(at(0), Some(&bench.bearer), &id(1).to_string());
        json(&body)["lastSeen"].as_str().unwrap().to_owned()
    };
    let silent = seen_at(&mut bench);
    bench.tenant.add(active);
    let active = seen_at(&mut bench);
    assert!(silent.as_str() < "2026-11-13" && silent.as_str() >= "2026-11-12", "{silent}");
    assert!(active.as_str() < "2026-11-23" && active.as_str() >= "2026-11-22", "{active}");
}
