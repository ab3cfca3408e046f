//! Cases: one bundle, one trust root, one expected verdict, one file each in `testdata/cases/`.

use ct_core::ed25519::{SignatureChecker, Strict};
use ct_core::evidence::Equivocation;
use ct_core::state::State;
use ct_core::verify::{Document, examine_with};
use ct_core::{AtSource, Code, Error, Hash, Mode, Report, Request, StepName, Timestamp, TrustRoot};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// A verification and what must come of it. At most one step fails.
#[derive(Clone, Debug)]
pub struct Case {
    /// The name, which says what was changed.
    pub name: String,
    /// The same in a sentence.
    pub description: String,
    /// The bundle's bytes.
    pub bundle: Vec<u8>,
    /// The trust root's bytes.
    pub trust: Vec<u8>,
    /// The trust roots before it, oldest first, from which it is proven to follow.
    pub predecessors: Vec<Vec<u8>>,
    /// What earlier runs remembered.
    pub state: Option<State>,
    /// Evidence that logs have shown two histories.
    pub evidence: Vec<Vec<u8>>,
    /// The document beside the bundle.
    pub document: Option<Vec<u8>>,
    /// Whether only the hash is asked about.
    pub hash_only: bool,
    /// The time of verification.
    pub at: Timestamp,
    /// The time policy.
    pub mode: Mode,
    /// What must come of it.
    pub expected: Expected,
}

/// The verdict of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The overall code.
    pub code: Code,
    /// The one step that fails; none does in a case that verifies.
    pub step: Option<StepName>,
}

/// A case as it stands in its file; sizes are in bytes.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseFile {
    pub(crate) description: String,
    /// In `testdata/cases/`.
    pub(crate) bundle: String,
    /// Zeros are appended until the bundle has this size: nobody wants four megabytes in a repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) bundle_padded_to: Option<usize>,
    /// In `testdata/trust/`.
    pub(crate) trust: String,
    /// In `testdata/trust/`, oldest first: each proven to follow the one before, and `trust` the last of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) predecessors: Vec<String>,
    /// The same for the trust root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) trust_padded_to: Option<usize>,
    /// In `testdata/cases/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) document: Option<String>,
    /// In `testdata/cases/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<String>,
    /// In `testdata/cases/`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) evidence: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) hash_only: bool,
    pub(crate) at: String,
    pub(crate) mode: String,
    pub(crate) expect: ExpectFile,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectFile {
    pub(crate) status: String,
    pub(crate) code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) step: Option<String>,
}

/// Every case, by name.
///
/// # Panics
/// If a file cannot be read or understood, or has a field that nobody knows.
#[must_use]
pub fn cases() -> Vec<Case> {
    let folder = repository().join("testdata/cases");
    let listed = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = listed.map(|entry| entry.expect("the folder can be listed").path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    paths.sort();
    paths.iter().map(|path| Case::load(path)).collect()
}

/// The repository's root folder.
#[must_use]
pub fn repository() -> PathBuf {
    let mut folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    folder.pop();
    folder
}

impl Case {
    fn load(path: &Path) -> Self {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = String::from_utf8(read(path)).unwrap_or_else(|error| panic!("{name}: {error}"));
        Self::parse(&name, &text).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Reads a case file; the files that it names are beside the other cases.
    ///
    /// # Errors
    /// If a field is missing, unknown or not understood.
    ///
    /// # Panics
    /// If a file that it names cannot be read.
    pub fn parse(name: &str, text: &str) -> Result<Self, String> {
        let file: CaseFile = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let folder = repository().join("testdata");
        let in_cases = |name: &String| read(&folder.join("cases").join(name));
        let mut bundle = in_cases(&file.bundle);
        if let Some(size) = file.bundle_padded_to {
            bundle.resize(size, 0);
        }
        let in_trust = |name: &String| read(&folder.join("trust").join(name));
        let mut trust = in_trust(&file.trust);
        if let Some(size) = file.trust_padded_to {
            trust.resize(size, 0);
        }
        let expected = file.expect.resolve()?;
        let state = file.state.as_ref().map(|name| State::parse(&in_cases(name)));
        Ok(Self {
            name: name.to_owned(),
            description: file.description,
            bundle,
            trust,
            predecessors: file.predecessors.iter().map(in_trust).collect(),
            state: state.transpose().map_err(|error| error.to_string())?,
            evidence: file.evidence.iter().map(in_cases).collect(),
            document: file.document.as_ref().map(in_cases),
            hash_only: file.hash_only,
            at: Timestamp::parse(&file.at).map_err(|error| error.to_string())?,
            mode: Mode::from_text(&file.mode).ok_or("mode")?,
            expected,
        })
    }

    /// The verification by core itself.
    ///
    /// # Panics
    /// If the evidence convinces nobody.
    #[must_use]
    pub fn verify(&self) -> Report {
        self.verify_with(&Strict)
    }

    /// The same, by the word of `checker` on signatures.
    ///
    /// # Panics
    /// As [`Case::verify`].
    #[must_use]
    pub fn verify_with(&self, checker: &dyn SignatureChecker) -> Report {
        let trust = self.load_trust();
        let convincing = |bytes: &Vec<u8>| {
            let root = trust.as_ref().map_err(|error| *error)?;
            Equivocation::load(bytes, root)
        };
        let evidence = self.evidence.iter().map(convincing).collect::<Result<Vec<_>, _>>();
        let evidence = evidence.unwrap_or_else(|error| panic!("{}: evidence: {error}", self.name));
        let document = match &self.document {
            _ if self.hash_only => Document::HashOnly,
            Some(document) => Document::Digest(Hash::of(document)),
            None => Document::InBundle,
        };
        let request = Request {
            bundle: &self.bundle,
            document,
            trust: trust.as_ref().map_err(|error| *error),
            mode: self.mode,
            at: self.at,
            at_source: AtSource::Given,
            state: self.state.as_ref(),
            evidence: &evidence,
        };
        examine_with(&request, checker).report
    }

    fn load_trust(&self) -> Result<TrustRoot, Error> {
        let mut files = self.predecessors.iter().chain([&self.trust]);
        let first = files.next().map_or(&self.trust, |first| first);
        files.try_fold(TrustRoot::load(first)?, |before, next| before.load_successor(next))
    }
}

impl ExpectFile {
    fn resolve(&self) -> Result<Expected, String> {
        let code = Code::from_text(&self.code).ok_or("code")?;
        let is_step = |name: &String| StepName::ALL.into_iter().find(|step| step.as_str() == name).ok_or("step");
        let step = self.step.as_ref().map(is_step).transpose()?;
        let status = if code == Code::Ok { "verified" } else { "unverified" };
        if self.status != status || step.is_some() == (code == Code::Ok) {
            return Err("expect: status, code and step do not fit together".to_owned());
        }
        Ok(Expected { code, step })
    }
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
