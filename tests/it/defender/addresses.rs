//! Which addresses are taken, and which cloud has which.

use mde_offboard::defender::{AddressError, ApiUrl, AuthorityUrl, Cloud, Region, endpoints};

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
    let hint = error.hint().unwrap().to_text(str::to_owned);
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

#[test]
fn each_cloud_has_its_own_hosts_and_audience() {
    let of = |cloud| {
        let found = endpoints(cloud, None).unwrap();
        format!("{} {} {}", found.authority, found.api, found.scope)
    };
    assert_eq!(
        of(Cloud::Public),
        "https://login.microsoftonline.com https://api.security.microsoft.com \
         https://api.securitycenter.microsoft.com/.default"
    );
    assert_eq!(
        of(Cloud::Gcc),
        "https://login.microsoftonline.com https://api-gcc.securitycenter.microsoft.us \
         https://api-gcc.securitycenter.microsoft.us/.default"
    );
    for cloud in [Cloud::GccHigh, Cloud::Dod] {
        assert_eq!(
            of(cloud),
            "https://login.microsoftonline.us https://api-gov.securitycenter.microsoft.us \
             https://api-gov.securitycenter.microsoft.us/.default"
        );
    }
}

#[test]
fn a_region_changes_the_host_of_the_public_cloud_only() {
    let swiss = endpoints(Cloud::Public, Region::from_word("swa")).unwrap();
    assert_eq!(swiss.api.as_str(), "https://swa.api.security.microsoft.com");
    let wrong = endpoints(Cloud::Gcc, Some(Region::Eu)).unwrap_err();
    assert_eq!(wrong.to_string(), "region `eu` exists only in the public cloud, not in `gcc`");
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
