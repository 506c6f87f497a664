//! The simulator's other ways to sign in: device codes and managed identities.

use std::time::Duration;

use mde_offboard::simulator::{
    DevicePerson, IdentityQuery, IdentityShape, SimulatedTenant, TenantOptions, TokenForm,
};
use serde_json::Value;

use super::setup::{SCOPE, at, json};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

fn tenant(person: DevicePerson) -> (SimulatedTenant, TokenForm) {
    let options = TenantOptions {
        device_person: person,
        device_interval: Duration::from_secs(5),
        ..TenantOptions::default()
    };
    let form = TokenForm {
        grant_type: GRANT.to_owned(),
        client_id: options.client_id.clone(),
        scope: format!("{SCOPE} offline_access"),
        ..TokenForm::default()
    };
    let id = options.tenant_id.clone();
    let mut tenant = SimulatedTenant::new(options);
    let opened = json(&tenant.open_device_code(at(0), &id, &form));
    let device_code = opened["device_code"].as_str().unwrap().to_owned();
    assert_eq!((&opened["interval"], &opened["expires_in"]), (&5.into(), &900.into()));
    (tenant, TokenForm { device_code, ..form })
}

fn ask(tenant: &mut SimulatedTenant, form: &TokenForm, millis: u64) -> Value {
    let id = TenantOptions::default().tenant_id;
    json(&tenant.sign_in(at(millis), &id, form))
}

#[test]
fn a_code_is_pending_until_the_person_signs_in_and_gives_a_persons_token() {
    let (mut tenant, form) = tenant(DevicePerson::SignsInAfter(2));
    assert_eq!(ask(&mut tenant, &form, 5_000)["error"], "authorization_pending");
    assert_eq!(ask(&mut tenant, &form, 10_000)["error"], "authorization_pending");
    let token = ask(&mut tenant, &form, 15_000);
    let refresh_token = token["refresh_token"].as_str().unwrap().to_owned();
    let again = TokenForm { grant_type: "refresh_token".to_owned(), refresh_token, ..form };
    assert!(ask(&mut tenant, &again, 20_000)["access_token"].is_string());
    assert_eq!(ask(&mut tenant, &again, 25_000)["error"], "invalid_grant", "each is good once");
}

#[test]
fn who_asks_too_soon_is_told_to_slow_down_by_five_seconds() {
    let (mut tenant, form) = tenant(DevicePerson::Never);
    assert_eq!(ask(&mut tenant, &form, 4_999)["error"], "slow_down");
    assert_eq!(ask(&mut tenant, &form, 14_000)["error"], "slow_down");
    assert_eq!(ask(&mut tenant, &form, 29_000)["error"], "authorization_pending");
    assert_eq!(ask(&mut tenant, &form, 900_000)["error"], "expired_token");
}

#[test]
fn a_managed_identity_needs_its_header_and_its_version() {
    let options = TenantOptions::default();
    let right = IdentityQuery {
        api_version: "2019-08-01".to_owned(),
        resource: SCOPE.trim_end_matches("/.default").to_owned(),
        client_id: None,
        header: Some(options.identity_header.clone()),
    };
    let mut tenant = SimulatedTenant::new(options);
    let mut ask = |shape, query: &IdentityQuery| tenant.identity_token(at(0), shape, query);
    let given = ask(IdentityShape::AppService, &right);
    assert_eq!(given.status, 200);
    assert!(json(&given)["expires_on"].is_string() && json(&given).get("expires_in").is_none());
    let bare = IdentityQuery { header: None, ..right.clone() };
    assert_eq!(ask(IdentityShape::AppService, &bare).status, 401);
    assert_eq!(ask(IdentityShape::Metadata, &right).status, 401);
    let metadata = IdentityQuery { header: Some("true".to_owned()), ..right };
    assert_eq!(ask(IdentityShape::Metadata, &metadata).status, 400, "another version");
    let metadata = IdentityQuery { api_version: "2018-02-01".to_owned(), ..metadata };
    assert_eq!(json(&ask(IdentityShape::Metadata, &metadata))["expires_in"], "3599");
}
