//! The secret part of an address: who has it may read.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;

/// 256 random bits, as text that fits into an address.
pub(in crate::dashboard) struct PageToken(String);

impl PageToken {
    /// From the system's source of randomness.
    ///
    /// # Errors
    /// Where the system has none.
    pub(in crate::dashboard) fn random() -> Result<Self, getrandom::Error> {
        let mut bits = [0_u8; 32];
        getrandom::fill(&mut bits)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bits)))
    }

    /// For the address that is shown to the person who started the server, and for nothing else.
    pub(in crate::dashboard) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a text is this one. How long that takes does not depend on how much of it is right.
    pub(in crate::dashboard) fn is(&self, text: &str) -> bool {
        self.0.as_bytes().ct_eq(text.as_bytes()).into()
    }
}

impl fmt::Debug for PageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PageToken")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_256_bits_and_is_like_no_other() {
        let (one, other) = (PageToken::random().unwrap(), PageToken::random().unwrap());
        assert_eq!(URL_SAFE_NO_PAD.decode(one.as_str()).unwrap().len(), 32);
        assert_ne!(one.as_str(), other.as_str());
        assert!(one.is(one.as_str()) && !one.is(other.as_str()));
        assert!(!one.is("") && !one.is(&one.as_str()[1..]) && !one.is(&format!("{}x", one.0)));
        assert!(!format!("{one:?}").contains(one.as_str()));
    }
}
