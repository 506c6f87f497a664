//! Spoils a seed in a way that its number repeats.
//!
//! The pieces come from the dictionary that libFuzzer gets too. Deliberately absent: coverage, and
//! keeping what was interesting, which are libFuzzer's.

use crate::support::dice::Dice;

/// Changes that are made to one seed, at most: more of them leave nothing to recognise.
const CHANGES_MAX: u64 = 6;

/// Longest run of bytes that one change takes out or writes again.
const RUN_MAX: u64 = 48;

/// Longest mutation: changes double parts of it.
const BYTES_MAX: usize = 8_192;

/// One seed, being spoilt.
pub(super) struct Mutator<'a> {
    dice: Dice,
    bytes: Vec<u8>,
    seeds: &'a [&'a [u8]],
    words: &'a [Vec<u8>],
}

impl<'a> Mutator<'a> {
    pub(super) fn new(round: u64, seeds: &'a [&'a [u8]], words: &'a [Vec<u8>]) -> Self {
        let mut dice = Dice::new(round);
        let bytes = dice.one_of(seeds).to_vec();
        Self { dice, bytes, seeds, words }
    }

    pub(super) fn mutated(mut self) -> Vec<u8> {
        for _ in 0..self.dice.within(1, CHANGES_MAX) {
            self.change();
            self.bytes.truncate(BYTES_MAX);
        }
        self.bytes
    }

    fn change(&mut self) {
        let at = self.place();
        let run = at..self.end(at);
        match self.dice.below(10) {
            0 => self.flip(at),
            1 => self.bytes.truncate(at),
            2 => drop(self.bytes.drain(run)),
            3 => {
                let again = self.bytes[run].to_vec();
                self.insert(at, &again);
            }
            4 => {
                let moved = self.bytes[run].to_vec();
                let to = self.place();
                self.insert(to, &moved);
            }
            5 => self.splice(at),
            6 => {
                let any = self.any();
                self.insert(at, &[any]);
            }
            7 => self.choose(),
            8 => {
                let word = self.word();
                let end = (at + word.len()).min(self.bytes.len());
                drop(self.bytes.splice(at..end, word));
            }
            _ => {
                let word = self.word();
                self.insert(at, &word);
            }
        }
    }

    /// One bit of one byte.
    fn flip(&mut self, at: usize) {
        let bit = 1 << self.dice.below(8);
        if let Some(byte) = self.bytes.get_mut(at) {
            *byte ^= bit;
        }
    }

    /// The beginning of this one, the end of another.
    fn splice(&mut self, at: usize) {
        let other = self.dice.one_of(self.seeds);
        let from = self.index(other.len());
        self.bytes.truncate(at);
        self.bytes.extend_from_slice(&other[from..]);
    }

    /// Another option: the first bytes choose among tables.
    fn choose(&mut self) {
        let at = self.index(3);
        let choice = b'0' + u8::try_from(self.dice.below(24)).expect("below 24");
        if let Some(byte) = self.bytes.get_mut(at) {
            *byte = choice;
        }
    }

    /// Any byte; every second time a letter or a digit.
    fn any(&mut self) -> u8 {
        if self.dice.once_in(2) {
            return self.dice.one_of(b"0189afgxzAFGXZ");
        }
        u8::try_from(self.dice.below(256)).expect("below 256")
    }

    fn word(&mut self) -> Vec<u8> {
        let at = self.index(self.words.len().saturating_sub(1));
        self.words.get(at).cloned().unwrap_or_default()
    }

    fn insert(&mut self, at: usize, piece: &[u8]) {
        drop(self.bytes.splice(at..at, piece.iter().copied()));
    }

    /// From the beginning to the end, both included; every second time where a word begins or ends,
    /// since it matters most what stands beside an ID.
    fn place(&mut self) -> usize {
        let at = self.index(self.bytes.len());
        if !self.dice.once_in(2) {
            return at;
        }
        let is_edge = |two: &[u8]| two[0].is_ascii_alphanumeric() != two[1].is_ascii_alphanumeric();
        let edge = self.bytes[at..].windows(2).position(is_edge);
        edge.map_or(at, |offset| at + offset + 1)
    }

    fn end(&mut self, at: usize) -> usize {
        let longest = u64::try_from(self.bytes.len() - at).expect("short").min(RUN_MAX);
        at + usize::try_from(self.dice.within(0, longest)).expect("short")
    }

    fn index(&mut self, most: usize) -> usize {
        let most = u64::try_from(most).expect("short");
        usize::try_from(self.dice.within(0, most)).expect("short")
    }
}

/// The words of a libFuzzer dictionary: one a line in quotes, with `\"`, `\\` and `\x0A` inside.
pub(super) fn dictionary(text: &str) -> Vec<Vec<u8>> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(word_of).collect()
}

fn word_of(line: &str) -> Vec<u8> {
    let inside = line.split_once('"').and_then(|(_, rest)| rest.strip_suffix('"'));
    let mut rest = inside.unwrap_or_else(|| panic!("no word in quotes: {line}")).as_bytes();
    let mut word = Vec::new();
    loop {
        rest = match rest {
            [] => return word,
            [b'\\', b'x', high, low, rest @ ..] => {
                let digits = [*high, *low];
                let digits = std::str::from_utf8(&digits).expect("two digits");
                word.push(u8::from_str_radix(digits, 16).expect("two digits"));
                rest
            }
            [b'\\', byte, rest @ ..] | [byte, rest @ ..] => {
                word.push(*byte);
                rest
            }
        };
    }
}

#[test]
fn the_words_of_a_dictionary_are_unescaped() {
    let text = "# words\n\nquote=\"\\\"\"\n\"\\x0D\\x0A\"\n\"a\\\\b\"\n";
    assert_eq!(dictionary(text), [b"\"".to_vec(), b"\r\n".to_vec(), b"a\\b".to_vec()]);
}

#[test]
fn the_same_number_spoils_a_seed_in_the_same_way() {
    let (seeds, words) = ([&b"00Device ID\n"[..], b"{}"], [b",".to_vec()]);
    let mutated = |round| Mutator::new(round, &seeds, &words).mutated();
    let different = (0..50).filter(|round| mutated(*round) != mutated(round + 1)).count();
    assert!((0..50).all(|round| mutated(round) == mutated(round)) && different > 40);
}
