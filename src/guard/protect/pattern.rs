//! A pattern for names: `*` is any text, `?` any one character, without regard to case.

/// What begins a pattern in other tools, and would never fit here: the machine that it is meant to
/// protect would be sent.
const FOREIGN: [char; 9] = ['[', ']', '{', '}', '^', '$', '\\', '%', '|'];

/// In lower case, without spaces around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NamePattern(Vec<char>);

impl NamePattern {
    /// A pattern; [`is_foreign`] has looked at it.
    pub(super) fn new(text: &str) -> Self {
        Self(text.chars().collect())
    }

    /// Whether a name in lower case fits. The time is at most the product of both lengths: of
    /// several `*` only the last one is ever tried again.
    pub(super) fn fits(&self, name: &str) -> bool {
        let pattern = &self.0;
        let name: Vec<char> = name.chars().collect();
        let (mut at, mut seen) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        while seen < name.len() {
            match pattern.get(at) {
                Some('*') => {
                    at += 1;
                    star = Some((at, seen));
                }
                Some(&c) if c == '?' || c == name[seen] => {
                    at += 1;
                    seen += 1;
                }
                _ => match &mut star {
                    Some((after, from)) => {
                        *from += 1;
                        (at, seen) = (*after, *from);
                    }
                    None => return false,
                },
            }
        }
        pattern[at..].iter().all(|c| *c == '*')
    }
}

/// A character that means something in the patterns of other tools.
pub(super) fn is_foreign(c: char) -> bool {
    FOREIGN.contains(&c)
}

/// Whether a text has `*` or `?`.
pub(super) fn has_wildcards(text: &str) -> bool {
    text.contains(['*', '?'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_a_whole_name() {
        for (pattern, name, fits) in [
            ("dc*", "dc-01", true),
            ("dc*", "dc", true),
            ("dc*", "adc-01", false),
            ("*dc", "adc", true),
            ("*dc", "dc-01", false),
            ("dc-??", "dc-01", true),
            ("dc-??", "dc-1", false),
            ("*-dc-*", "eu-dc-01", true),
            ("*a*b*c", "xaxbxbxc", true),
            ("*a*b*c", "xaxcxb", false),
            ("*", "", true),
            ("?", "", false),
            ("", "", true),
            ("", "a", false),
            ("gerät?", "geräte", true),
        ] {
            assert_eq!(NamePattern::new(pattern).fits(name), fits, "{pattern} {name}");
        }
    }

    #[test]
    fn many_stars_do_not_take_ages() {
        let pattern = NamePattern::new(&format!("{}b", "*a".repeat(60)));
        assert!(!pattern.fits(&"a".repeat(4_000)));
    }
}
