//! Which proxy Windows names in its settings, where the HTTP client does not read it right.
//!
//! It takes one proxy for everything (`proxy:8080`) and its exceptions. Here is read what it passes
//! over: a list by scheme (`http=a:80;https=b:80`), and what finds a proxy by itself. A PAC file is
//! a program, which is not run here; that it is there is told where Defender cannot be reached.
//! Deliberately absent: the environment, which comes first and is the client's.
#![cfg(any(windows, test))]

/// What stands in `Internet Settings`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct InternetSettings {
    /// `ProxyServer`, where `ProxyEnable` switches it on.
    pub(super) server: Option<String>,
    /// `ProxyOverride`.
    pub(super) exceptions: String,
    /// `AutoConfigURL`, the address of a PAC file.
    pub(super) script: Option<String>,
    /// "Automatically detect settings": a PAC file that the network names, or none.
    pub(super) is_detected: bool,
}

/// A proxy for `https`, and the hosts that it does not stand before, as `NO_PROXY` writes them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ListedProxy {
    pub(super) address: String,
    pub(super) exceptions: String,
}

impl InternetSettings {
    /// The proxy out of a list by scheme. None where one stands for all schemes, which the client
    /// reads itself, or where the list has none for `https`: then Windows asks directly, too.
    pub(super) fn listed(&self) -> Option<ListedProxy> {
        let entries = self.server.as_deref()?.split([';', ' ']).map(str::trim);
        let of_https = |entry: &str| {
            let (scheme, address) = entry.split_once('=')?;
            scheme.trim().eq_ignore_ascii_case("https").then(|| address.trim().to_owned())
        };
        let address = entries.filter_map(of_https).find(|address| !address.is_empty())?;
        Some(ListedProxy { address, exceptions: exceptions(&self.exceptions) })
    }

    /// What finds a proxy by itself, in words; none: nothing does.
    pub(super) fn automatic(&self) -> Option<String> {
        match &self.script {
            Some(script) => Some(format!("the PAC file {script}")),
            None if self.is_detected => Some("a search for a PAC file".to_owned()),
            None => None,
        }
    }
}

/// `<local>` means names without a dot, and Defender has none. Of a host with a scheme or a port
/// the host counts. What has a `*` elsewhere than before its first dot cannot be said there.
fn exceptions(text: &str) -> String {
    let entries = text.split([';', ',', ' ']).map(str::trim).filter_map(|entry| {
        let host = entry.split_once("://").map_or(entry, |(_, host)| host);
        let host = host.split_once(':').map_or(host, |(host, _)| host);
        let host = if host == "*" { host } else { host.strip_prefix("*.").unwrap_or(host) };
        let is_host = !host.is_empty() && !host.starts_with('<');
        (is_host && (host == "*" || !host.contains('*'))).then(|| host.to_owned())
    });
    entries.collect::<Vec<_>>().join(",")
}

#[cfg(windows)]
mod registry {
    use winsafe::{HKEY, RegistryValue, SysResult, co};

    use super::InternetSettings;

    const KEY: &str = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings";

    /// What the dialogs of Windows write, at a fixed place of a block of bytes.
    const FLAGS_AT: usize = 8;
    const DETECT: u8 = 8;

    impl InternetSettings {
        /// This user's. What cannot be read is not set.
        pub(in crate::defender::network) fn read() -> Self {
            Self::of(&HKEY::CURRENT_USER, KEY).unwrap_or_default()
        }

        pub(super) fn of(root: &HKEY, key: &str) -> SysResult<Self> {
            let open =
                |key: &str| root.RegOpenKeyEx(Some(key), co::REG_OPTION::default(), co::KEY::READ);
            let settings = open(key)?;
            let text = |name| match settings.RegQueryValueEx(Some(name)) {
                Ok(RegistryValue::Sz(text) | RegistryValue::ExpandSz(text)) => {
                    Some(text).filter(|text| !text.trim().is_empty())
                }
                _ => None,
            };
            let enabled = settings.RegQueryValueEx(Some("ProxyEnable"));
            let is_enabled = matches!(enabled, Ok(RegistryValue::Dword(number)) if number != 0);
            let block = open(&format!(r"{key}\Connections"))
                .and_then(|key| key.RegQueryValueEx(Some("DefaultConnectionSettings")));
            let flags = match block {
                Ok(RegistryValue::Binary(bytes)) => bytes.get(FLAGS_AT).copied(),
                _ => None,
            };
            Ok(Self {
                server: text("ProxyServer").filter(|_| is_enabled),
                exceptions: text("ProxyOverride").unwrap_or_default(),
                script: text("AutoConfigURL"),
                is_detected: flags.is_some_and(|flags| flags & DETECT != 0),
            })
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        /// A key of its own, which ends with the test.
        struct TestKey(String);

        impl Drop for TestKey {
            fn drop(&mut self) {
                let _gone = HKEY::CURRENT_USER.RegDeleteTree(Some(&self.0));
            }
        }

        #[test]
        fn what_the_dialogs_of_windows_write_is_read() {
            let key = TestKey(format!(r"Software\mde-offboard-test-{}", std::process::id()));
            let read = || InternetSettings::of(&HKEY::CURRENT_USER, &key.0);
            assert!(read().is_err(), "there is none");
            let set = |sub: &str, name: &str, value: RegistryValue| {
                let sub = format!("{}{sub}", key.0);
                HKEY::CURRENT_USER.RegSetKeyValue(Some(&sub), Some(name), value).unwrap();
            };
            let text = |text: &str| RegistryValue::Sz(text.to_owned());
            set("", "ProxyServer", text("http=a:80;https=b:8080"));
            set("", "ProxyOverride", text("*.contoso.com;<local>"));
            assert_eq!(read().unwrap().server, None, "it is not switched on");
            set("", "ProxyEnable", RegistryValue::Dword(1));
            let found = read().unwrap();
            assert_eq!(found.listed().unwrap().address, "b:8080");
            assert_eq!(found.listed().unwrap().exceptions, "contoso.com");
            assert_eq!(found.automatic(), None);
            let mut block = vec![0x46, 0, 0, 0, 3, 0, 0, 0, 9, 0, 0, 0];
            set(r"\Connections", "DefaultConnectionSettings", RegistryValue::Binary(block.clone()));
            assert!(read().unwrap().is_detected);
            block[FLAGS_AT] = 1;
            set(r"\Connections", "DefaultConnectionSettings", RegistryValue::Binary(block));
            assert!(!read().unwrap().is_detected);
            set("", "AutoConfigURL", text("http://pac.contoso.com/proxy.pac"));
            let automatic = read().unwrap().automatic();
            assert_eq!(automatic.unwrap(), "the PAC file http://pac.contoso.com/proxy.pac");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(server: &str) -> Option<String> {
        let server = Some(server.to_owned());
        InternetSettings { server, ..InternetSettings::default() }.listed().map(|it| it.address)
    }

    #[test]
    fn of_a_list_by_scheme_the_proxy_for_https_counts() {
        for (server, address) in [
            ("http=a:80;https=b:8080", Some("b:8080")),
            ("HTTPS=b:8080;http=a:80", Some("b:8080")),
            ("ftp=f:21 https=http://b:8080", Some("http://b:8080")),
            ("http=a:80;socks=s:1080", None),
            ("https=;http=a:80", None),
            ("proxy:8080", None),
            ("http://proxy:8080", None),
        ] {
            assert_eq!(listed(server).as_deref(), address, "{server}");
        }
    }

    #[test]
    fn exceptions_are_said_as_the_client_takes_them() {
        for (text, expected) in [
            ("<local>", ""),
            ("*.contoso.com;<local>;10.1.2.3", "contoso.com,10.1.2.3"),
            ("https://api.contoso.com:443; .corp", "api.contoso.com,.corp"),
            ("*", "*"),
            ("10.*;*contoso*", ""),
        ] {
            assert_eq!(exceptions(text), expected, "{text}");
        }
    }
}
