//! Tokens: who gets one, what it carries, and what happens without.

use std::time::Duration;

use mde_offboard::simulator::{SimulatedTenant, TenantOptions, TokenError, TokenForm};
use serde_json::Value;

use super::setup::{BODY, Bench, SCOPE, at, bearer, id, json, query, refused, unlimited};

fn form() -> TokenForm {
    let app = TenantOptions::default();
    TokenForm {
        grant_type: "client_credentials".to_owned(),
        client_id: app.client_id,
        client_secret: app.client_secret,
        scope: SCOPE.to_owned(),
        ..TokenForm::default()
    }
}

fn claims(token: &str) -> Value {
    let encoded = token.split('.').nth(1).unwrap();
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'-' => 62,
        b'_' => 63,
        other => panic!("{other} is no digit of base64url"),
    };
    let bits: Vec<u8> = encoded
        .bytes()
        .flat_map(|byte| (0..6).rev().map(move |place| digit(byte) >> place & 1))
        .collect();
    let byte = |bits: &[u8]| bits.iter().fold(0, |byte, bit| byte << 1 | bit);
    let bytes: Vec<u8> = bits.chunks_exact(8).map(byte).collect();
    serde_json::from_slice(&bytes).unwrap()
}

#[test]
fn a_token_carries_audience_tenant_app_end_and_roles() {
    let options = TenantOptions::default();
    let (tenant_id, client_id) = (options.tenant_id.clone(), options.client_id.clone());
    let response = SimulatedTenant::new(options).sign_in(at(0), &tenant_id, &form());
    let body = json(&response);
    assert_eq!((response.status, &body["token_type"]), (200, &Value::from("Bearer")));
    assert_eq!(body["expires_in"], 3_599);
    let claims = claims(body["access_token"].as_str().unwrap());
    assert_eq!(claims["aud"], "https://api.securitycenter.microsoft.com");
    assert_eq!((&claims["tid"], &claims["appid"]), (&tenant_id.into(), &client_id.into()));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3_599);
    assert_eq!(claims["roles"], serde_json::json!(["Machine.Offboard", "Machine.Read.All"]));
}

#[test]
fn an_app_without_permissions_gets_a_token_without_roles() {
    let mut tenant = SimulatedTenant::new(TenantOptions { roles: Vec::new(), ..unlimited() });
    let bearer = bearer(&mut tenant, at(0));
    assert!(claims(&bearer).get("roles").is_none());
}

#[test]
fn two_tokens_are_never_the_same() {
    let mut tenant = SimulatedTenant::new(unlimited());
    assert_ne!(bearer(&mut tenant, at(0)), bearer(&mut tenant, at(0)));
}

#[test]
fn sign_in_is_refused_as_entra_refuses_it() {
    let check = |change: fn(&mut TokenForm), status: u16, error: &str, number: u32| {
        let options = TenantOptions::default();
        let tenant_id = options.tenant_id.clone();
        let mut form = form();
        change(&mut form);
        let response = SimulatedTenant::new(options).sign_in(at(0), &tenant_id, &form);
        let body = json(&response);
        assert_eq!((response.status, body["error"].as_str()), (status, Some(error)));
        assert_eq!(body["error_codes"], serde_json::json!([number]));
        let description = body["error_description"].as_str().unwrap();
        assert!(description.starts_with(&format!("AADSTS{number}:")), "{description}");
    };
    check(|form| form.client_secret.push('x'), 401, "invalid_client", 7_000_215);
    check(|form| form.client_id.clear(), 400, "unauthorized_client", 700_016);
    check(|form| form.scope = "Machine.Offboard".to_owned(), 400, "invalid_scope", 70_011);
    check(
        |form| form.scope = "https://graph.microsoft.com/.default".to_owned(),
        400,
        "invalid_resource",
        500_011,
    );
    check(|form| form.grant_type = "password".to_owned(), 400, "unsupported_grant_type", 70_003);
}

#[test]
fn another_tenant_is_not_found() {
    let response =
        SimulatedTenant::new(TenantOptions::default()).sign_in(at(0), "contoso", &form());
    let body = json(&response);
    assert_eq!((response.status, &body["error_codes"][0]), (400, &Value::from(90_002)));
}

#[test]
fn a_wrong_secret_is_an_error_of_its_own() {
    let app = TenantOptions::default();
    let refused = SimulatedTenant::new(app.clone()).token(at(0), &app.client_id, "wrong", SCOPE);
    assert_eq!(refused.err(), Some(TokenError::WrongSecret));
}

#[test]
fn a_missing_unknown_or_expired_token_is_401() {
    let lifetime = Duration::from_mins(1);
    let options = TenantOptions { token_lifetime: lifetime, ..unlimited() };
    let mut bench = Bench::with_machines(options, 1);
    let id = id(0).to_string();
    let bare = bench.bearer.replace("Bearer ", "");
    for header in [None, Some("Bearer nonsense"), Some(bare.as_str()), Some("")] {
        let response = bench.tenant.offboard(at(0), header, &id, BODY);
        refused(&response, 401, "Unauthorized");
    }
    assert_eq!(bench.offboard(at(59_999), 0).status, 201);
    refused(&bench.offboard(at(60_000), 0), 401, "Unauthorized");
    refused(&bench.actions(at(60_000), &query("", "", "")), 401, "Unauthorized");
}

#[test]
fn a_missing_role_is_403_with_the_roles_that_would_do() {
    let roles = vec!["Machine.Read.All".to_owned()];
    let mut bench = Bench::with_machines(TenantOptions { roles, ..unlimited() }, 1);
    let message = refused(&bench.offboard(at(0), 0), 403, "Forbidden");
    assert_eq!(
        message,
        "The application does not have any of the required application permissions \
         (Machine.Offboard) to access the resource."
    );
    refused(&bench.cancel(at(0), "x"), 403, "Forbidden");
    assert_eq!(bench.actions(at(0), &query("", "", "")).status, 200);
}

#[test]
fn the_offboard_role_alone_does_not_read() {
    let roles = vec!["Machine.Offboard".to_owned()];
    let mut bench = Bench::with_machines(TenantOptions { roles, ..unlimited() }, 1);
    let action = bench.action_id(at(0), 0);
    refused(&bench.actions(at(0), &query("", "", "")), 403, "Forbidden");
    refused(&bench.action(at(0), &action), 403, "Forbidden");
}

#[test]
fn roles_that_change_hold_from_the_next_token_on() {
    let mut bench = Bench::with_machines(unlimited(), 1);
    bench.tenant.set_roles(Vec::new());
    let later = bearer(&mut bench.tenant, at(1));
    let id = id(0).to_string();
    refused(&bench.tenant.offboard(at(1), Some(&later), &id, BODY), 403, "Forbidden");
    assert_eq!(bench.offboard(at(1), 0).status, 201);
}
