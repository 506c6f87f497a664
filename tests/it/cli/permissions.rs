//! Tokens that do not fit are refused before the first call, with what an administrator does.

use mde_offboard::simulator::TenantOptions;

use crate::defender::claims::jwt;
use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::Said;

use super::credentials::{run, token_for};

const PLAN: &str = "plan fleet.csv --comment x";

/// A desk beside a simulator whose app has these permissions.
fn desk(permissions: &str) -> Desk {
    Desk::holding(&list(3), permissions)
}

/// Refused with 6, before any call.
#[track_caller]
fn refused(desk: &Desk, said: Said) -> Said {
    let said = said.ends_with(6);
    assert_eq!(desk.truth().number_of_reads(), 0, "{said}");
    said
}

/// An address is not broken, so that it can be copied.
#[track_caller]
fn check_width(said: &Said) {
    let fits = |line: &str| line.chars().count() <= 100 || line.contains("https://graph.");
    assert!(said.err.lines().all(fits), "{said}");
}

const OFFBOARD_ROLE: &str = "594435bf-36dd-4548-83bd-1bdafe157d7a=Role";
const READ_ROLE: &str = "ea8291d3-4b9a-44b5-bc3a-6cea3026dc79=Role";

#[test]
fn each_permission_that_the_app_lacks_is_named_with_the_line_that_adds_it() {
    let app = TenantOptions::default().client_id;
    let add = format!("az ad app permission add --id {app} \\\n          --api fc780465-");
    let consent = format!("az ad app permission admin-consent --id {app}\n");
    for (permissions, may_not, named, unnamed) in [
        ("--permission Machine.Read.All", "may not offboard", vec![OFFBOARD_ROLE], READ_ROLE),
        ("--permission Machine.Offboard", "may not read", vec![READ_ROLE], OFFBOARD_ROLE),
        ("--permission none", "neither offboard", vec![OFFBOARD_ROLE, READ_ROLE], "=Scope"),
        ("--permission Machine.ReadWrite.All", "may not offboard", vec![OFFBOARD_ROLE], READ_ROLE),
    ] {
        let desk = desk(permissions);
        let said = refused(&desk, desk.run(PLAN)).says(may_not).says_all(&named);
        let said = said.says_all(&[&add, &consent, "then: `mde-offboard check`"]);
        let said = said.says("the application permission").never_says(unnamed);
        check_width(&said);
    }
}

#[test]
fn an_app_with_more_than_it_needs_is_taken() {
    let desk = desk("--permission Machine.Offboard --permission Machine.ReadWrite.All");
    desk.run(PLAN).ends_with(0);
}

#[test]
fn a_managed_identity_is_granted_its_roles_by_graph_and_may_wait_for_a_day() {
    let desk = desk("--permission none");
    let metadata = [("AZURE_POD_IDENTITY_AUTHORITY_HOST", desk.url())];
    let said = run(&desk, &format!("{PLAN} --auth managed-identity"), &metadata);
    let said = refused(&desk, said).says("the managed identity may neither offboard").says_all(&[
        "servicePrincipals/5e1f0000-0000-4000-8000-0000000000d1/appRoleAssignments",
        "\"appRoleId\": \"594435bf-36dd-4548-83bd-1bdafe157d7a\"",
        "\"appRoleId\": \"ea8291d3-4b9a-44b5-bc3a-6cea3026dc79\"",
        "az ad sp show --id fc780465-2017-40d4-a0c5-307022471b92 --query id",
        "it can take up to a day",
    ]);
    check_width(&said);
}

#[test]
fn a_persons_missing_scope_is_named_with_what_the_person_needs_too() {
    let desk = desk("--permission Machine.Read");
    let said = run(&desk, &format!("{PLAN} --auth device-code"), &[]);
    let said = refused(&desk, said).says("the signed-in person may not offboard machines");
    said.says("--api-permissions 29d1c73a-07f6-495f-b62b-1554a954d0a3=Scope").says_all(&[
        "the delegated permission `Machine.Offboard`",
        "Core security settings (manage)",
        "Security data basics (read)",
    ]);
}

/// A token with these claims, and a fitting tenant and audience unless they say otherwise.
fn token(claims: &str) -> String {
    let tenant = TenantOptions::default().tenant_id;
    let tid =
        if claims.contains("\"tid\"") { String::new() } else { format!(r#","tid":"{tenant}""#) };
    let aud = if claims.contains("\"aud\"") {
        ""
    } else {
        r#","aud":"https://api.securitycenter.microsoft.com""#
    };
    jwt(&format!(r#"{{{claims}{tid}{aud},"exp":4102444800}}"#))
}

const ROLES: &str = r#""roles":["Machine.Offboard","Machine.Read.All"]"#;

#[test]
fn a_token_of_another_tenant_or_for_another_api_says_how_to_get_the_right_one() {
    let desk = desk("");
    let tenant = TenantOptions::default().tenant_id;
    for (claims, said) in [
        (r#""tid":"11111111-0000-0000-0000-000000000000""#, ["--tenant-id", tenant.as_str()]),
        (
            r#""aud":"https://graph.microsoft.com""#,
            ["az account get-access-token --resource", "--cloud"],
        ),
        (
            r#""aud":"https://api.security.microsoft.com""#,
            ["Defender XDR", "--resource https://api.secur"],
        ),
    ] {
        let token = token(&format!("{claims},{ROLES}"));
        refused(&desk, run(&desk, PLAN, &[("MDE_OFFBOARD_TOKEN", &token)])).says_all(&said);
    }
}

#[test]
fn what_a_token_says_never_gets_into_a_command_that_is_printed() {
    let desk = desk("");
    let token = token(r#""appid":"$(reboot)","oid":"`id`""#);
    let said = refused(&desk, run(&desk, PLAN, &[("MDE_OFFBOARD_TOKEN", &token)]));
    said.says("--id APP_ID").never_says("reboot");
}

#[test]
fn a_token_of_the_azure_cli_is_not_to_be_given_permissions() {
    let desk = desk("");
    let app = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
    let token = token(&format!(r#""appid":"{app}","scp":"user_impersonation""#));
    let said = refused(&desk, run(&desk, PLAN, &[("MDE_OFFBOARD_TOKEN", &token)]));
    said.says("an app registration of your own").never_says("az ad app");
}

#[test]
fn a_name_of_another_clouds_api_is_warned_of_and_tried() {
    let desk = desk("");
    let government = token_for(&desk, "api-gov.securitycenter.microsoft.us");
    let said = run(&desk, PLAN, &[("MDE_OFFBOARD_TOKEN", &government)]).ends_with(0);
    let name = "warning: the token is for `https://api-gov.securitycenter.microsoft.us`";
    said.says_all(&[name, "get one for `https://api.securitycenter.microsoft.com`", "--cloud"]);
    let older = token_for(&desk, "api.securitycenter.windows.com");
    let said = run(&desk, PLAN, &[("MDE_OFFBOARD_TOKEN", &older)]);
    said.ends_with(0).never_says("warning: the token");
}
