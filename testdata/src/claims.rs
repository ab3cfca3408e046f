//! A document of claims, before it is shown to anybody.

use crate::key;
use ct_core::Hash;
use ct_core::claims::{Claim, Disclosure};

/// Names and values, in their order. The salts are made from the names.
#[derive(Clone, Debug)]
pub struct ClaimsDraft {
    /// How many of them, from the first, are always shown.
    pub mandatory: u64,
    /// Each claim's name and value.
    pub claims: Vec<(String, String)>,
}

impl ClaimsDraft {
    /// What the document's hash is.
    #[must_use]
    pub fn document_hash(&self) -> Hash {
        self.whole().document_hash()
    }

    /// All claims.
    #[must_use]
    pub fn disclosure(&self) -> Vec<u8> {
        self.whole().encode()
    }

    /// The claims of these names, and the mandatory ones.
    ///
    /// # Panics
    /// Never: what was just made is sound.
    #[must_use]
    pub fn showing(&self, names: &[&str]) -> Vec<u8> {
        self.whole().redact(|claim| names.contains(&claim.name)).expect("it is sound").encode()
    }

    /// The claims of these names and no other, however many are mandatory: what a holder would like to show.
    ///
    /// # Panics
    /// If there are more than 23 mandatory ones.
    #[must_use]
    pub fn showing_only(&self, names: &[&str]) -> Vec<u8> {
        let free = Self { mandatory: 0, ..self.clone() };
        let mut encoded = free.showing(names);
        // How many are mandatory is the last item.
        let last = encoded.last_mut().expect("it is not empty");
        *last = u8::try_from(self.mandatory).ok().filter(|number| *number < 24).expect("a small number");
        encoded
    }

    fn whole(&self) -> Disclosure<'_> {
        let salt = |name: &str| key::fixed(&format!("claim/{name}"));
        let claims =
            (0..).zip(&self.claims).map(|(index, (name, value))| Claim { index, salt: salt(name), value, name });
        Disclosure::whole(claims.collect(), self.mandatory).expect("an example's claims keep the rules")
    }
}
