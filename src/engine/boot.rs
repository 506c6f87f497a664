//! Time since the computer was started.
//!
//! On Linux: the name of the start is the kernel's `boot_id`, and the time since then its
//! `CLOCK_BOOTTIME`, which nobody sets and which also runs while the computer sleeps. Elsewhere
//! this is absent, and wall time does with the server's own clock beside it.

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

#[cfg(not(target_os = "linux"))]
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
