//! How single values are written in stored JSON. Times are microseconds.
//!
//! For the shapes of facts and of a runner's sign of life, as `#[serde(with = "...")]`.

use std::time::Duration;

use crate::domain::Timestamp;

/// How one value is stored: as what, and both ways.
macro_rules! stored {
    ($shape:ident: $value:ty as $stored:ty, $write:expr, $read:expr) => {
        pub(in crate::journal) enum $shape {}

        impl $shape {
            pub(in crate::journal) fn serialize<S: serde::Serializer>(
                value: &$value,
                to: S,
            ) -> Result<S::Ok, S::Error> {
                let write: fn(&$value) -> $stored = $write;
                serde::Serialize::serialize(&write(value), to)
            }

            pub(in crate::journal) fn deserialize<'de, D: serde::Deserializer<'de>>(
                from: D,
            ) -> Result<$value, D::Error> {
                let read: fn($stored) -> Option<$value> = $read;
                let value = read(serde::Deserialize::deserialize(from)?);
                value.ok_or_else(|| serde::de::Error::custom("it cannot be understood"))
            }
        }
    };
}

pub(in crate::journal) use stored;

stored!(TimeShape: Timestamp as i64, |time| time.as_micros(), |micros| {
    Some(Timestamp::from_micros(micros))
});
stored!(
    MaybeTimeShape: Option<Timestamp> as Option<i64>,
    |time| time.map(Timestamp::as_micros),
    |micros| Some(micros.map(Timestamp::from_micros))
);
stored!(
    DurationShape: Duration as u64,
    |time| u64::try_from(time.as_micros()).unwrap_or(u64::MAX),
    |micros| Some(Duration::from_micros(micros))
);
