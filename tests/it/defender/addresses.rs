//! Which addresses are taken, and which cloud has which.

use mde_offboard::defender::{
    AddressError, ApiUrl, AuthorityUrl, Cloud, Region, audience_of, endpoints,
};

#[test]
fn plain_http_is_taken_only_for_this_machine() {
    for fine in [
        "https://api.security.microsoft.com",
        "http://127.0.0.1:8080",
        "http://127.1.2.3",
        "http://[::1]:8080",
        "http://localhost:8080/base",
    ] {
        assert_eq!(ApiUrl::parse(fine).unwrap().as_str(), fine);
    }
    for plain in [
        "http://api.security.microsoft.com",
        "http://10.0.0.1",
        "http://128.0.0.1",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://0.0.0.0",
    ] {
        assert_eq!(ApiUrl::parse(plain), Err(AddressError::Plain(plain.to_owned())), "{plain}");
        assert!(AuthorityUrl::parse(plain).is_err(), "{plain}");
    }
}

#[test]
fn an_address_is_nothing_but_scheme_host_port_and_path() {
    assert_eq!(ApiUrl::parse(" https://a.example/x/ ").unwrap().as_str(), "https://a.example/x");
    assert!(matches!(ApiUrl::parse("https://a.example/?x=1"), Err(AddressError::Query(_))));
    assert!(matches!(ApiUrl::parse("https://a.example/#x"), Err(AddressError::Query(_))));
    assert!(matches!(ApiUrl::parse("ftp://a.example"), Err(AddressError::Scheme(_))));
    assert!(matches!(ApiUrl::parse("a.example"), Err(AddressError::NotAnAddress(_))));
    let with_password = ApiUrl::parse("https://user:hunter2@a.example").unwrap_err();
    assert_eq!(with_password, AddressError::Credentials);
    assert!(!with_password.to_string().contains("hunter2"));
}

/// What is said of an address that says more than where the service is.
fn more_than_base(error: AddressError) -> String {
    assert!(matches!(error, AddressError::MoreThanBase { .. }), "{error}");
    let hint = error.hint().to_text(str::to_owned);
    format!("{error}; {hint}")
}

#[test]
fn an_address_with_a_part_of_ours_is_refused_with_the_address_that_was_meant() {
    for (given, meant) in [
        ("https://api.security.microsoft.com/api", "https://api.security.microsoft.com"),
        ("https://api.security.microsoft.com/API/machines", "https://api.security.microsoft.com"),
        ("https://gate.example/mde/api/", "https://gate.example/mde"),
    ] {
        let said = more_than_base(ApiUrl::parse(given).unwrap_err());
        assert!(said.ends_with(&format!("give {meant}: /api/... is appended to it")), "{said}");
    }
    for (given, meant) in [
        (
            "https://login.microsoftonline.com/72f988bf-0000-0000-0000-000000000000",
            "https://login.microsoftonline.com",
        ),
        (
            "https://login.microsoftonline.us/contoso.onmicrosoft.us/oauth2/v2.0/token",
            "https://login.microsoftonline.us",
        ),
        ("https://login.microsoftonline.com/common", "https://login.microsoftonline.com"),
        ("https://gate.example/login/Organizations/", "https://gate.example/login"),
    ] {
        let said = more_than_base(AuthorityUrl::parse(given).unwrap_err());
        let hint = format!("give {meant}: /TENANT/oauth2/... is appended to it");
        assert!(said.ends_with(&hint), "{said}");
    }
    assert!(AuthorityUrl::parse("https://gate.example/login").is_ok());
}

/// Cloud, region, sign-in, API, audience.
const PLACES: [(&str, &str, &str, &str, &str); 11] = [
    ("public", "", COMMERCIAL.0, "api.security.microsoft.com", COMMERCIAL.1),
    ("public", "us", COMMERCIAL.0, "us.api.security.microsoft.com", COMMERCIAL.1),
    ("public", "eu", COMMERCIAL.0, "eu.api.security.microsoft.com", COMMERCIAL.1),
    ("public", "uk", COMMERCIAL.0, "uk.api.security.microsoft.com", COMMERCIAL.1),
    ("public", "au", COMMERCIAL.0, "au.api.security.microsoft.com", COMMERCIAL.1),
    ("public", "swa", COMMERCIAL.0, "swa.api.security.microsoft.com", COMMERCIAL.1),
    ("public", "ina", COMMERCIAL.0, "ina.api.security.microsoft.com", COMMERCIAL.1),
    ("public", "aea", COMMERCIAL.0, "aea.api.security.microsoft.com", COMMERCIAL.1),
    ("gcc", "", COMMERCIAL.0, "api-gcc.securitycenter.microsoft.us", "api-gcc"),
    ("gcc-high", "", "login.microsoftonline.us", GOVERNMENT, "api-gov"),
    ("dod", "", "login.microsoftonline.us", GOVERNMENT, "api-gov"),
];

const COMMERCIAL: (&str, &str) = ("login.microsoftonline.com", "");

const GOVERNMENT: &str = "api-gov.securitycenter.microsoft.us";

#[test]
fn each_cloud_and_region_has_its_own_hosts_and_audience() {
    for (cloud, region, sign_in, api, audience) in PLACES {
        let found = endpoints(Cloud::from_word(cloud).unwrap(), Region::from_word(region)).unwrap();
        let audience = match audience {
            "" => "https://api.securitycenter.microsoft.com".to_owned(),
            host => format!("https://{host}.securitycenter.microsoft.us"),
        };
        assert_eq!(found.authority.as_str(), format!("https://{sign_in}"), "{cloud} {region}");
        assert_eq!(found.api.as_str(), format!("https://{api}"), "{cloud} {region}");
        assert_eq!(found.scope, format!("{audience}/.default"), "{cloud} {region}");
        assert_eq!(audience_of(found.scope), audience, "{cloud} {region}");
    }
    let regions = PLACES.iter().filter(|(_, region, ..)| !region.is_empty()).count();
    assert_eq!(regions, Region::ALL.len(), "a region is missing here");
    let clouds = PLACES.iter().filter(|(_, region, ..)| region.is_empty()).count();
    assert_eq!(clouds, Cloud::ALL.len(), "a cloud is missing here");
}

#[test]
fn only_the_public_cloud_has_regions() {
    let wrong = endpoints(Cloud::Gcc, Some(Region::Eu)).unwrap_err();
    assert_eq!(wrong.to_string(), "region `eu` exists only in the public cloud, not in `gcc`");
    for (cloud, region) in Cloud::ALL.into_iter().flat_map(|c| Region::ALL.map(|r| (c, r))) {
        let has = endpoints(cloud, Some(region)).is_ok();
        assert_eq!(has, cloud == Cloud::Public, "{} {}", cloud.word(), region.word());
    }
    for cloud in Cloud::ALL {
        assert_eq!(Cloud::from_word(cloud.word()), Some(cloud));
    }
}

#[test]
fn a_cloud_is_known_by_all_its_hosts() {
    let at = |url: &str| Cloud::at(&ApiUrl::parse(url).unwrap());
    for public in [
        "https://api.security.microsoft.com",
        "https://API.security.microsoft.com:443/base",
        "https://api.security.microsoft.com.",
        "https://eu.api.security.microsoft.com",
        "https://api.securitycenter.microsoft.com",
        "https://api-us.securitycenter.microsoft.com",
        "https://api-uk.securitycenter.windows.com",
        "https://api.securitycenter.windows.com",
    ] {
        assert_eq!(at(public), Some(Cloud::Public), "{public}");
    }
    assert_eq!(at("https://api-gcc.securitycenter.microsoft.us"), Some(Cloud::Gcc));
    assert_eq!(at("https://api-gov.securitycenter.microsoft.us"), Some(Cloud::GccHigh));
    for stranger in [
        "https://mde.proxy.example",
        "https://notsecurity.microsoft.com",
        "https://api.security.microsoft.com.example",
        "http://localhost:8080",
    ] {
        assert_eq!(at(stranger), None, "{stranger}");
    }
    for cloud in Cloud::ALL {
        assert_eq!(at(endpoints(cloud, None).unwrap().api.as_str()), Cloud::of(cloud.realm()));
    }
    for region in Region::ALL {
        let regional = endpoints(Cloud::Public, Some(region)).unwrap().api;
        assert_eq!(Cloud::at(&regional), Some(Cloud::Public), "{regional}");
    }
}
