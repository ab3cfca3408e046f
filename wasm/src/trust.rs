//! The trust root, as the newest of a chain.

use ct_core::TrustRoot;
use std::rc::Rc;
use wasm_bindgen::prelude::wasm_bindgen;

/// The newest trust root, proven to follow from those given before it.
///
/// Bytes that are no usable trust root do not throw: why they are none is part of every verdict.
#[wasm_bindgen]
#[derive(Clone, Debug)]
pub struct Trust {
    newest: Result<Rc<TrustRoot>, ct_core::Error>,
}

#[wasm_bindgen]
impl Trust {
    /// The first, or only, trust root: these bytes are trusted because somebody chose them.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: &[u8]) -> Self {
        Self { newest: TrustRoot::load(bytes).map(Rc::new) }
    }

    /// The next one, which must follow from the one before. Once one is refused, so are all after it.
    pub fn follow(&mut self, bytes: &[u8]) {
        self.newest = match &self.newest {
            Ok(before) => before.load_successor(bytes).map(Rc::new),
            Err(error) => Err(*error),
        };
    }

    /// `ok`, or the code for which it cannot be used; dates depend on the mode and are judged with each bundle.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn code(&self) -> String {
        self.newest.as_ref().map_or_else(|error| error.code(), |_| ct_core::Code::Ok).to_string()
    }

    /// What people call it.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn name(&self) -> Option<String> {
        Some(self.root()?.trust().name.clone())
    }

    /// Its number.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn version(&self) -> Option<u32> {
        Some(self.root()?.trust().root_version)
    }

    /// SHA-256 of the file in hexadecimal: what two people compare to know that they trust the same.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn hash(&self) -> Option<String> {
        Some(self.root()?.hash().to_string())
    }

    /// In force from this time.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn issued(&self) -> Option<String> {
        Some(self.root()?.trust().issued.to_string())
    }

    /// In force before this time.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn expires(&self) -> Option<String> {
        Some(self.root()?.trust().expires.to_string())
    }

    /// Whether its keys are public, so that it proves nothing.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn example(&self) -> Option<bool> {
        Some(self.root()?.trust().example)
    }

    /// Whose statements count, by name.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn issuers(&self) -> Vec<String> {
        let issuers = self.root().into_iter().flat_map(|root| &root.trust().issuers);
        issuers.map(|issuer| issuer.name.clone()).collect()
    }
}

impl Trust {
    fn root(&self) -> Option<&TrustRoot> {
        self.newest().ok()
    }

    /// The trust root, or why there is none.
    ///
    /// # Errors
    /// Codes of class `trust`.
    pub fn newest(&self) -> Result<&TrustRoot, ct_core::Error> {
        self.newest.as_deref().map_err(|error| *error)
    }
}
