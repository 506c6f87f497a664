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
