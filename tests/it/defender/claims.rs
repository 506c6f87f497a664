//! What a token says of itself before the first POST.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mde_offboard::defender::{Identity, Objection};
use mde_offboard::domain::Timestamp;

const SCOPE: &str = "https://api.securitycenter.microsoft.com/.default";
const TENANT: &str = "72f988bf-0000-0000-0000-000000000000";

pub(crate) fn jwt(claims: &str) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.{}", part(r#"{"alg":"RS256"}"#), part(claims), "c2ln")
}

fn app_token(roles: &str) -> Identity {
    Identity::of_token(&jwt(&format!(
        r#"{{"aud":"https://api.securitycenter.microsoft.com","tid":"{TENANT}","appid":"app-1",
        "exp":1795000000{roles}}}"#
    )))
}

#[test]
fn a_token_names_its_tenant_application_permissions_and_end() {
    let identity = app_token(r#","roles":["Machine.Offboard","Machine.Read.All"]"#);
    assert_eq!(identity.tenant_id.as_deref(), Some(TENANT));
    assert_eq!(identity.app_id.as_deref(), Some("app-1"));
    assert_eq!(identity.expires_at, Some(Timestamp::from_micros(1_795_000_000_000_000)));
    assert_eq!(identity.roles.as_deref().unwrap().len(), 2);
    assert_eq!(identity.objections(Some(TENANT), SCOPE), []);
    assert_eq!(identity.objections(Some("contoso.com"), SCOPE), [], "a domain is not compared");
}

#[test]
fn a_missing_permission_is_named() {
    let missing = |roles: &str| app_token(roles).objections(None, SCOPE);
    let (offboard, read) =
        (Objection::MissingRole("Machine.Offboard"), Objection::MissingRole("Machine.Read.All"));
    assert_eq!(missing(""), [offboard.clone(), read.clone()], "Entra gives tokens without roles");
    assert_eq!(missing(r#","roles":["Machine.ReadWrite.All"]"#), [offboard]);
    assert_eq!(missing(r#","roles":["Machine.Offboard"]"#), [read]);
    assert_eq!(missing(r#","scp":"Machine.Read Machine.Offboard""#), [], "a person's token");
}

#[test]
fn a_token_of_another_tenant_or_for_another_api_is_objected_to() {
    let roles = r#","roles":["Machine.Offboard","Machine.Read.All"]"#;
    let other = app_token(roles).objections(Some("11111111-0000-0000-0000-000000000000"), SCOPE);
    assert!(matches!(other.as_slice(), [Objection::OtherTenant { .. }]), "{other:?}");
    // The last one is another service behind the same host.
    for wrong in [
        "https://graph.microsoft.com",
        "00000003-0000-0000-c000-000000000000",
        "https://notsecuritycenter.microsoft.com",
        "https://securitycenter.microsoft.com.example",
        "https://example/securitycenter.microsoft.com",
        "",
        "https://api.security.microsoft.com",
    ] {
        for scope in [SCOPE, GCC, GOVERNMENT] {
            let objections = of_audience(wrong).objections(None, scope);
            let names = matches!(objections.as_slice(), [Objection::OtherAudience { .. }]);
            assert!(names, "{wrong}, {scope}");
            assert_eq!(of_audience(wrong).doubtful_audience(scope), None, "{wrong}, {scope}");
        }
    }
}

const GCC: &str = "https://api-gcc.securitycenter.microsoft.us/.default";

const GOVERNMENT: &str = "https://api-gov.securitycenter.microsoft.us/.default";

/// A token with both permissions.
fn of_audience(audience: &str) -> Identity {
    let roles = r#""roles":["Machine.Offboard","Machine.Read.All"]"#;
    Identity::of_token(&jwt(&format!(r#"{{"aud":"{audience}",{roles}}}"#)))
}

#[test]
fn a_name_of_defender_is_taken_and_warned_of_where_it_is_not_known_in_this_cloud() {
    const APP: &str = "fc780465-2017-40d4-a0c5-307022471b92";
    // Each name, and the clouds in which it is taken without a word.
    let known: [(&str, &[&str]); 13] = [
        (APP, &[SCOPE, GCC, GOVERNMENT]),
        ("https://api.securitycenter.microsoft.com", &[SCOPE]),
        ("https://api.securitycenter.windows.com", &[SCOPE]),
        ("https://api-us.securitycenter.microsoft.com", &[SCOPE]),
        ("https://api-eu.securitycenter.windows.com", &[SCOPE]),
        ("https://api-uk.securitycenter.microsoft.com", &[SCOPE]),
        ("https://securitycenter.onmicrosoft.com", &[SCOPE, GCC]),
        ("https://securitycenter.onmicrosoft.com/windowsatpservice", &[SCOPE, GCC]),
        ("https://api-gcc.securitycenter.microsoft.us", &[GCC]),
        ("https://api-gov.securitycenter.microsoft.us", &[GOVERNMENT]),
        ("https://securitycenter.onmicrosoft.us", &[GOVERNMENT]),
        ("https://securitycenter.onmicrosoft.us/windowsatpservice", &[GOVERNMENT]),
        ("https://api.securitycenter.windows.us", &[]),
    ];
    for (name, clouds) in known {
        for scope in [SCOPE, GCC, GOVERNMENT] {
            for form in [name.to_owned(), format!("{name}/"), name.to_ascii_uppercase()] {
                let identity = of_audience(&form.replace("HTTPS", "https"));
                assert_eq!(identity.objections(None, scope), [], "{form}, {scope}");
                let warned = identity.doubtful_audience(scope).is_some();
                assert_eq!(warned, !clouds.contains(&scope), "{form}, {scope}");
            }
        }
    }
}

#[test]
fn an_opaque_token_is_let_through() {
    for opaque in ["", "opaque", "a.b", "a.b.c", "a.b.c.d.e", "..", "é.é.é"] {
        let identity = Identity::of_token(opaque);
        assert_eq!(identity, Identity::default(), "{opaque}");
        assert_eq!(identity.objections(Some(TENANT), SCOPE), [], "{opaque}");
    }
}

#[test]
fn a_persons_token_needs_its_scopes_and_an_apps_roles_do_not_count_for_it() {
    let person = |claims: &str| app_token(claims).objections(None, SCOPE);
    let missing = |name| Objection::MissingScope(name);
    assert_eq!(person(r#","scp":"Machine.Offboard Machine.Read""#), []);
    assert_eq!(person(r#","scp":"user_impersonation""#).len(), 2);
    assert_eq!(person(r#","scp":"Machine.Read""#), [missing("Machine.Offboard")]);
    assert_eq!(person(r#","scp":"Machine.Offboard""#), [missing("Machine.Read")]);
    let roles = r#","scp":"","roles":["Machine.Offboard","Machine.Read.All"]"#;
    assert_eq!(person(roles), [missing("Machine.Offboard"), missing("Machine.Read")]);
}

#[test]
fn a_claim_with_characters_that_it_cannot_have_is_objected_to_by_name() {
    let both = r#""roles":["Machine.Offboard","Machine.Read.All"]"#;
    for (claims, name) in [
        (format!(r#""tid":"a\nb",{both}"#), "tid"),
        (format!(r#""tid":"",{both}"#), "tid"),
        (format!(r#""tid":" ",{both}"#), "tid"),
        (format!(r#""appid":"a\u0000b",{both}"#), "appid"),
        (format!(r#""azp":"\u001b[2J",{both}"#), "azp"),
        (format!(r#""aud":"\u202ehttps://x",{both}"#), "aud"),
        (r#""roles":["Machine.Offboard\r","Machine.Read.All"]"#.to_owned(), "roles"),
        (r#""scp":"Machine.Offboard\tMachine.Read""#.to_owned(), "scp"),
    ] {
        let objections = Identity::of_token(&jwt(&format!("{{{claims}}}"))).objections(None, SCOPE);
        assert_eq!(objections.first(), Some(&Objection::OddClaim(name)), "{claims}");
    }
}

#[test]
fn a_token_out_of_its_time_is_objected_to_with_both_times() {
    let now = Timestamp::parse("2026-11-26T12:00:00Z").unwrap();
    let said = |claims: &str| {
        Identity::of_token(&jwt(claims)).out_of_time(now).map(|objection| objection.to_string())
    };
    let at = now.as_micros() / 1_000_000;
    let over = said(&format!(r#"{{"exp":{}}}"#, at - 3_600)).unwrap();
    assert!(
        over.contains("2026-11-26T11:00:00Z") && over.contains("2026-11-26T12:00:00Z"),
        "{over}"
    );
    let early = said(&format!(r#"{{"nbf":{},"exp":{}}}"#, at + 301, at + 900)).unwrap();
    assert!(early.contains("2026-11-26T12:05:01Z"), "{early}");
    assert!(said(&format!(r#"{{"exp":{at}}}"#)).is_some(), "at the very instant it is over");
    assert!(said(r#"{"exp":-99999999999999999}"#).is_some());
    for fine in [
        "{}".to_owned(),
        format!(r#"{{"exp":{}}}"#, at + 1),
        format!(r#"{{"exp":{}.5}}"#, at + 1),
        format!(r#"{{"nbf":{},"exp":{}}}"#, at + 300, at + 900),
        r#"{"exp":9223372036854775807,"nbf":"soon"}"#.to_owned(),
        r#"{"exp":1e300}"#.to_owned(),
        r#"{"exp":"tomorrow"}"#.to_owned(),
    ] {
        assert_eq!(said(&fine), None, "{fine}");
    }
}
