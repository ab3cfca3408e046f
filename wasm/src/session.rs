//! What all verdicts of one run have in common, and the judging of one bundle.

use crate::refusal::thrown;
use crate::trust::Trust;
use ct_core::evidence::Equivocation;
use ct_core::state::State;
use ct_core::verify::Document;
use ct_core::{AtSource, Code, Error, Hash, Mode, Report, Request, Timestamp};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Trust root, state, evidence, mode and time: loaded once, held against many bundles.
#[wasm_bindgen]
#[derive(Clone, Debug)]
pub struct Session {
    trust: Trust,
    state: Option<State>,
    evidence: Vec<Equivocation>,
    mode: Mode,
    at: Timestamp,
    at_source: AtSource,
}

#[wasm_bindgen]
impl Session {
    /// A session with a copy of `trust`. `mode` is `strict`, `grace` or `archival`, `at` a time like
    /// `2026-11-20T08:00:00Z`, `at_source` is `given` or `clock`, `state` what earlier runs remembered.
    ///
    /// # Errors
    /// Thrown as [`Session::open`].
    #[wasm_bindgen(constructor)]
    pub fn new(
        trust: &Trust,
        mode: &str,
        at: &str,
        at_source: &str,
        state: Option<Vec<u8>>,
    ) -> Result<Session, JsValue> {
        Self::open(trust, mode, at, at_source, state.as_deref()).map_err(thrown)
    }

    /// Holds every bundle against evidence that a log has shown two histories.
    ///
    /// # Errors
    /// Thrown as [`Session::add_evidence`].
    pub fn evidence(&mut self, bytes: &[u8]) -> Result<(), JsValue> {
        self.add_evidence(bytes).map_err(thrown)
    }

    /// Verifies one bundle and gives the report's text. `digest` is the SHA-256 of the document beside the bundle in
    /// lower-case hexadecimal; without it the document must be in the bundle.
    ///
    /// # Errors
    /// Thrown as [`Session::report`].
    pub fn verify(&self, bundle: &[u8], digest: Option<String>) -> Result<String, JsValue> {
        self.report(bundle, digest.as_deref()).map_err(thrown)
    }

    /// As [`Session::verify`] when only the hash is asked about: whoever reads the report compares it with a document.
    #[must_use]
    #[wasm_bindgen(js_name = verifyHash)]
    pub fn verify_hash(&self, bundle: &[u8]) -> String {
        self.judge(bundle, Document::HashOnly)
    }

    /// The report about a bundle whose bytes could not be had, for example with `io.read`.
    ///
    /// # Errors
    /// Thrown: `usage.arguments` for a text that is no code.
    pub fn unread(&self, code: &str) -> Result<String, JsValue> {
        self.unread_report(code).map_err(thrown)
    }
}

impl Session {
    /// A session with a copy of `trust`; for the arguments see [`Session::new`].
    ///
    /// # Errors
    /// `usage.time` and `usage.arguments` for arguments that are none; those of [`State::parse`].
    pub fn open(trust: &Trust, mode: &str, at: &str, at_source: &str, state: Option<&[u8]>) -> Result<Self, Error> {
        let at = Timestamp::parse(at).map_err(|_| Error::new(Code::UsageTime, "at"))?;
        let mode = Mode::from_text(mode).ok_or(Error::new(Code::UsageArguments, "mode"))?;
        let mut sources = [AtSource::Given, AtSource::Clock].into_iter();
        let at_source = sources.find(|source| source.as_str() == at_source);
        let at_source = at_source.ok_or(Error::new(Code::UsageArguments, "at_source"))?;
        let state = state.map(State::parse).transpose()?;
        Ok(Self { trust: trust.clone(), state, evidence: Vec::new(), mode, at, at_source })
    }

    /// Holds every bundle against evidence. Without a usable trust root nothing can be told of it, and the verdicts say
    /// why there is none.
    ///
    /// # Errors
    /// Those of [`Equivocation::load`]: evidence that does not hold is refused, because whoever gives it expects it to
    /// count.
    pub fn add_evidence(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if let Ok(root) = self.trust.newest() {
            self.evidence.push(Equivocation::load(bytes, root)?);
        }
        Ok(())
    }

    /// The report about one bundle; for the arguments see [`Session::verify`].
    ///
    /// # Errors
    /// `usage.arguments` for a digest that is none; whatever is wrong with the bundle or the trust root stands in the
    /// report.
    pub fn report(&self, bundle: &[u8], digest: Option<&str>) -> Result<String, Error> {
        let digest = digest.map(Hash::from_hex).transpose();
        let digest = digest.map_err(|_| Error::new(Code::UsageArguments, "digest"))?;
        Ok(self.judge(bundle, digest.map_or(Document::InBundle, Document::Digest)))
    }

    /// The report about a bundle whose bytes could not be had.
    ///
    /// # Errors
    /// `usage.arguments` for a text that is no code, or that says that all is well.
    pub fn unread_report(&self, code: &str) -> Result<String, Error> {
        let code = Code::from_text(code).filter(|code| *code != Code::Ok);
        let why = Error::new(code.ok_or(Error::new(Code::UsageArguments, "code"))?, "");
        Ok(Report::unread(why, self.mode, self.at, self.at_source).to_json())
    }

    fn judge(&self, bundle: &[u8], document: Document) -> String {
        let request = Request {
            bundle,
            document,
            trust: self.trust.newest(),
            mode: self.mode,
            at: self.at,
            at_source: self.at_source,
            state: self.state.as_ref(),
            evidence: &self.evidence,
        };
        ct_core::verify(&request).to_json()
    }
}
