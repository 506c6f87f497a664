//! Time since the computer was started.
//!
//! On Linux: the name of the start is the kernel's `boot_id`, and the time since then its
//! `CLOCK_BOOTTIME`, which nobody sets and which also runs while the computer sleeps.
//!
//! On Windows: `GetTickCount64`, which goes on in sleep and hibernation, in steps of 16 ms at most.
//! No start has a name there. But the key `HARDWARE` of the registry is never on disk: the kernel
//! makes it at each start, and when it did is written nowhere else. A start with Windows' "fast
//! startup" continues the kernel that hibernated, with its count and its registry.
//!
//! Elsewhere this is absent, and wall time does with the server's own clock beside it.

#[cfg(target_os = "linux")]
mod system {
    use std::time::Duration;

    use rustix::time::{ClockId, clock_gettime};

    use crate::domain::{BootId, BootTime};

    /// Which start of the computer this is.
    #[derive(Debug, Clone, Copy)]
    pub(in crate::engine) struct Boot(Option<BootId>);

    impl Boot {
        pub(in crate::engine) fn this() -> Self {
            let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
            let digits = text.unwrap_or_default().trim().replace('-', "");
            let number = (digits.len() == 32).then(|| u128::from_str_radix(&digits, 16).ok());
            Self(number.flatten().map(|number| BootId::from_bytes(number.to_be_bytes())))
        }

        /// How long ago it was.
        pub(in crate::engine) fn time(self) -> Option<BootTime> {
            let boot = self.0?;
            let time = clock_gettime(ClockId::Boottime);
            let seconds = Duration::from_secs(u64::try_from(time.tv_sec).ok()?);
            let rest = Duration::from_nanos(u64::try_from(time.tv_nsec).ok()?);
            Some(BootTime { boot, since: seconds + rest })
        }
    }
}

#[cfg(windows)]
mod system {
    use std::time::Duration;

    use winsafe::{FILETIME, GetTickCount64, HKEY, SysResult, co};

    use crate::domain::{BootId, BootTime};

    /// Nothing is written into it once its one key is made.
    const MADE_AT_START: &str = r"HARDWARE\DESCRIPTION";

    /// Which start of the computer this is.
    #[derive(Debug, Clone, Copy)]
    pub(in crate::engine) struct Boot(Option<BootId>);

    impl Boot {
        pub(in crate::engine) fn this() -> Self {
            Self(last_write().ok().map(|time| {
                // Steps of 100 ns since 1601.
                let steps = u64::from(time);
                BootId::from_bytes(u128::from(steps).to_be_bytes())
            }))
        }

        /// How long ago it was.
        pub(in crate::engine) fn time(self) -> Option<BootTime> {
            let since = Duration::from_millis(GetTickCount64());
            Some(BootTime { boot: self.0?, since })
        }
    }

    fn last_write() -> SysResult<FILETIME> {
        let mut time = FILETIME::default();
        let options = co::REG_OPTION::default();
        let key = HKEY::LOCAL_MACHINE.RegOpenKeyEx(Some(MADE_AT_START), options, co::KEY::READ)?;
        key.RegQueryInfoKey(None, None, None, None, None, None, None, None, Some(&mut time))?;
        Ok(time)
    }
}

#[cfg(not(any(target_os = "linux", windows)))]
mod system {
    use crate::domain::BootTime;

    /// Not known here.
    #[derive(Debug, Clone, Copy)]
    pub(in crate::engine) struct Boot;

    impl Boot {
        pub(in crate::engine) const fn this() -> Self {
            Self
        }

        pub(in crate::engine) const fn time(self) -> Option<BootTime> {
            None
        }
    }
}

pub(super) use system::Boot;
