//! Enums of which each variant has one word, for people, scripts and the journal.

/// Declares such an enum: `ALL` in the order of the variants, `word`, and `from_word`.
macro_rules! words {
    (
        $(#[$about:meta])*
        $vis:vis enum $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }
    ) => {
        $(#[$about])*
        $vis enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            $vis const ALL: [Self; [$($word),+].len()] = [$(Self::$variant),+];

            $vis const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            $vis fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

pub(crate) use words;
