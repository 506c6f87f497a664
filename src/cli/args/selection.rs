//! Which batch, and which of its machines.

use std::path::PathBuf;

use clap::Args;

use crate::domain::{BatchId, State};

/// How a batch is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BatchWord {
    /// By its number.
    Number(BatchId),
    /// The newest.
    Latest,
    /// Every one of the journal; only where a command says so.
    All,
}

impl BatchWord {
    /// A number or `latest`.
    pub(super) fn one(text: &str) -> Result<Self, String> {
        match text {
            "latest" => Ok(Self::Latest),
            number => BatchId::parse(number).map(Self::Number).map_err(|error| error.to_string()),
        }
    }

    /// A number, `latest` or `all`.
    pub(super) fn any(text: &str) -> Result<Self, String> {
        if text == "all" { Ok(Self::All) } else { Self::one(text) }
    }
}

/// Only some of a batch's machines.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SelectionArguments {
    /// Only the machines in this list
    #[arg(long, value_name = "FILE")]
    pub(crate) machines: Option<PathBuf>,
    /// Only machines in these states, such as `failed,timed_out`; `unsuccessful` means `failed`,
    /// `timed_out`, `cancelled` and `rejected`
    #[arg(long, value_name = "STATE", value_delimiter = ',', value_parser = states)]
    pub(crate) only: Vec<States>,
    /// Only machines with this error code
    #[arg(long, value_name = "CODE")]
    pub(crate) code: Option<String>,
}

/// The states that one word of `--only` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct States(pub(crate) Vec<State>);

impl SelectionArguments {
    /// The states that were named, each once.
    pub(crate) fn states(&self) -> Vec<State> {
        let named = |state: &State| self.only.iter().any(|states| states.0.contains(state));
        State::ALL.into_iter().filter(named).collect()
    }
}

fn states(text: &str) -> Result<States, String> {
    if text == "unsuccessful" {
        return Ok(States(State::ALL.into_iter().filter(|s| s.is_unsuccessful()).collect()));
    }
    State::from_word(text).map(|state| States(vec![state])).ok_or_else(|| {
        let words: Vec<&str> = State::ALL.into_iter().map(State::word).collect();
        format!("`{text}` is not a state: {} or unsuccessful", words.join(", "))
    })
}
