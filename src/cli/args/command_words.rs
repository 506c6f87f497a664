//! A command on the command line, which no shell reads.

/// A program and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommandWords {
    pub(crate) program: String,
    pub(crate) arguments: Vec<String>,
}

impl CommandWords {
    /// Words of a command without a shell: split at white space, kept together by double quotes. A
    /// backslash is an ordinary character, since paths of Windows are full of them.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (mut words, mut word, mut quoted) = (Vec::new(), None::<String>, false);
        for letter in text.chars() {
            match letter {
                '"' => {
                    quoted = !quoted;
                    word.get_or_insert_default();
                }
                letter if letter.is_whitespace() && !quoted => words.extend(word.take()),
                letter => word.get_or_insert_default().push(letter),
            }
        }
        if quoted {
            return Err("a double quote is not closed".to_owned());
        }
        let mut words = words.into_iter().chain(word);
        match words.next().filter(|program| !program.is_empty()) {
            Some(program) => Ok(Self { program, arguments: words.collect() }),
            None => Err("it names no program".to_owned()),
        }
    }
}
