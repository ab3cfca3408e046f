//! Claims: a document of named values, each of which can be shown or withheld. Format: `specs/bundle.cddl`.
//!
//! The document hash commits to all claims and to how many of them are mandatory. A [`Disclosure`] shows some and proves
//! them with the roots of the maximal subtrees in which nothing is shown, left to right, none unused.

use crate::cbor::{Reader, Writer};
use crate::code::Code;
use crate::distinct::are_distinct;
use crate::error::Error;
use crate::hash::Hash;
use crate::limits::{MAX_CLAIM_BYTES, MAX_CLAIMS, MAX_TEXT_BYTES};
use crate::merkle::{LeafIndex, TreeSize};
use crate::merkle::{Subtree, leaf_hash, node_hash};
use alloc::vec::Vec;

const HEAD_TAG: &str = "civictrust/claims/1";
const CLAIM_TAG: &str = "civictrust/claim/1";

/// One named value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim<'a> {
    /// Position among the document's claims.
    pub index: u64,
    /// Random: keeps a value that can be guessed from being found by its hash.
    pub salt: [u8; 16],
    /// The value.
    pub value: &'a str,
    /// The name, unique in the document.
    pub name: &'a str,
}

/// Some of a document's claims, and what proves them. What parses encodes to the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosure<'a> {
    root: Hash,
    size: u64,
    proof: Vec<Hash>,
    claims: Vec<Claim<'a>>,
    mandatory: u64,
}

impl Claim<'_> {
    /// The claim's leaf in the document's tree.
    #[must_use]
    pub fn leaf_hash(&self) -> Hash {
        let mut w = Writer::new();
        w.array(5).text(CLAIM_TAG).uint(self.index).bytes(&self.salt).text(self.value).text(self.name);
        leaf_hash(&w.finish())
    }
}

impl<'a> Disclosure<'a> {
    /// The disclosure of all claims of a new document; the first `mandatory` of them can never be withheld.
    ///
    /// # Errors
    /// `malformed.field` for no claim, a name twice, indices other than 0, 1, 2, ... or more mandatory claims than
    /// claims; `limit.items` beyond [`MAX_CLAIMS`].
    pub fn whole(claims: Vec<Claim<'a>>, mandatory: u64) -> Result<Self, Error> {
        let size = u64::try_from(claims.len()).map_err(|_| Error::new(Code::LimitItems, "disclosure.claims"))?;
        if !(0..size).eq(claims.iter().map(|claim| claim.index)) {
            return Err(Error::new(Code::MalformedField, "disclosure.claims.index"));
        }
        let mut disclosure = Self { root: Hash::of(b""), size, proof: Vec::new(), claims, mandatory };
        disclosure.check_form()?;
        disclosure.root = disclosure.computed_root()?;
        Ok(disclosure)
    }

    /// Reads a disclosure's form; [`Disclosure::verify`] says whether it holds.
    ///
    /// # Errors
    /// Those of [`Reader`]; `malformed.field` for indices that do not ascend or are not below the size, a name twice
    /// or more mandatory claims than claims; `limit.*`.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut r = Reader::new(bytes);
        let disclosure = Self::read(&mut r)?;
        r.end()?;
        disclosure.check_form()?;
        Ok(disclosure)
    }

    fn read(r: &mut Reader<'a>) -> Result<Self, Error> {
        let mut map = r.map("disclosure")?;
        map.require_text(r, "root")?;
        let root = Hash::new(*r.bytes_exact("disclosure.root")?);
        map.require_text(r, "size")?;
        let size = r.uint("disclosure.size")?;
        map.require_text(r, "proof")?;
        let mut proof = Vec::new();
        for _ in 0..r.array("disclosure.proof", MAX_CLAIMS)? {
            proof.push(Hash::new(*r.bytes_exact("disclosure.proof")?));
        }
        map.require_text(r, "claims")?;
        let mut claims = Vec::new();
        for _ in 0..r.array("disclosure.claims", MAX_CLAIMS)? {
            r.array_exact("disclosure.claims", 4)?;
            claims.push(Claim {
                index: r.uint("disclosure.claims.index")?,
                salt: *r.bytes_exact("disclosure.claims.salt")?,
                value: r.text("disclosure.claims.value", MAX_CLAIM_BYTES)?,
                name: r.text("disclosure.claims.name", MAX_TEXT_BYTES)?,
            });
        }
        map.require_text(r, "mandatory")?;
        let mandatory = r.uint("disclosure.mandatory")?;
        map.finish(r)?;
        Ok(Self { root, size, proof, claims, mandatory })
    }

    /// The disclosure's one encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        let w = &mut writer;
        w.map(5).text("root").bytes(self.root.as_bytes()).text("size").uint(self.size);
        w.text("proof").array(self.proof.len());
        for hash in &self.proof {
            w.bytes(hash.as_bytes());
        }
        w.text("claims").array(self.claims.len());
        for claim in &self.claims {
            w.array(4).uint(claim.index).bytes(&claim.salt).text(claim.value).text(claim.name);
        }
        w.text("mandatory").uint(self.mandatory);
        writer.finish()
    }

    /// The claims that are shown, in their order.
    #[must_use]
    pub fn claims(&self) -> &[Claim<'a>] {
        &self.claims
    }

    /// How many claims the document has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// How many of them, from the first, are always shown.
    #[must_use]
    pub const fn mandatory(&self) -> u64 {
        self.mandatory
    }

    /// What the document's hash must be for this disclosure.
    #[must_use]
    pub fn document_hash(&self) -> Hash {
        let mut w = Writer::new();
        w.array(4).text(HEAD_TAG).uint(self.size).uint(self.mandatory).bytes(self.root.as_bytes());
        Hash::of(&w.finish())
    }

    /// Verifies that the claims are those of the document with this hash, and that no mandatory one is withheld.
    ///
    /// # Errors
    /// `tampered.document_hash` if the disclosure is of another document, `tampered.disclosure` if the proof does not
    /// lead to its root or has a hash too few or too many, `tampered.mandatory_claim` if one is withheld.
    pub fn verify(&self, document_hash: &Hash) -> Result<(), Error> {
        if self.document_hash() != *document_hash {
            return Err(Error::new(Code::TamperedDocumentHash, "disclosure"));
        }
        if self.computed_root()? != self.root {
            return Err(Error::new(Code::TamperedDisclosure, "disclosure"));
        }
        let shown = self.claims.iter().map(|claim| claim.index);
        if !shown.take_while(|index| *index < self.mandatory).eq(0..self.mandatory) {
            return Err(Error::new(Code::TamperedMandatoryClaim, "disclosure.claims"));
        }
        Ok(())
    }

    /// The same document with only the claims that `keep` accepts, beside the mandatory ones.
    ///
    /// # Errors
    /// `tampered.disclosure` if this disclosure's proof is not sound, `incomplete.disclosure` if nothing would be shown.
    pub fn redact(&self, keep: impl Fn(&Claim<'a>) -> bool) -> Result<Self, Error> {
        let kept: Vec<_> =
            self.claims.iter().filter(|claim| claim.index < self.mandatory || keep(claim)).copied().collect();
        if kept.is_empty() {
            return Err(Error::new(Code::IncompleteDisclosure, "disclosure.claims"));
        }
        let mut walk = Walk::of(self);
        let mut proof = Vec::new();
        walk.withhold(self.whole_tree()?, &kept, &mut proof)?;
        walk.end()?;
        Ok(Self { proof, claims: kept, ..self.clone() })
    }

    fn check_form(&self) -> Result<(), Error> {
        let refused = |field| Err(Error::new(Code::MalformedField, field));
        if usize::try_from(self.size).map_or(true, |size| size > MAX_CLAIMS) {
            return Err(Error::new(Code::LimitItems, "disclosure.size"));
        }
        if self.claims.is_empty() || self.mandatory > self.size {
            return refused("disclosure.mandatory");
        }
        let ascending = self.claims.iter().zip(self.claims.iter().skip(1)).all(|(a, b)| a.index < b.index);
        if !ascending || self.claims.last().is_some_and(|last| last.index >= self.size) {
            return refused("disclosure.claims.index");
        }
        if !are_distinct(&mut self.claims.iter().map(|claim| claim.name.as_bytes())) {
            return refused("disclosure.claims.name");
        }
        Ok(())
    }

    fn computed_root(&self) -> Result<Hash, Error> {
        let mut walk = Walk::of(self);
        let root = walk.root(self.whole_tree()?)?;
        walk.end()?;
        Ok(root)
    }

    fn whole_tree(&self) -> Result<Subtree, Error> {
        Subtree::new(LeafIndex::new(0)?, TreeSize::new(self.size)?)
    }
}

/// A walk over the tree from left to right, which uses up claims and proof hashes as it meets them. It descends only
/// towards shown claims, so its depth is that of the tree and its length is bounded by claims times depth.
struct Walk<'d, 'a> {
    claims: &'d [Claim<'a>],
    proof: core::slice::Iter<'d, Hash>,
}

impl<'d, 'a> Walk<'d, 'a> {
    fn of(disclosure: &'d Disclosure<'a>) -> Self {
        Self { claims: &disclosure.claims, proof: disclosure.proof.iter() }
    }

    /// The root of `tree`: a proof hash where nothing in it is shown.
    fn root(&mut self, tree: Subtree) -> Result<Hash, Error> {
        let Some(claim) = shown(self.claims, tree) else { return self.next() };
        match tree.split() {
            Some((left, right)) => Ok(node_hash(&self.root(left)?, &self.root(right)?)),
            None => Ok(claim.leaf_hash()),
        }
    }

    /// Collects the roots of the maximal subtrees in which nothing is kept.
    fn withhold(&mut self, tree: Subtree, kept: &[Claim<'a>], proof: &mut Vec<Hash>) -> Result<(), Error> {
        if shown(kept, tree).is_none() {
            proof.push(self.root(tree)?);
            return Ok(());
        }
        match tree.split() {
            Some((left, right)) => {
                self.withhold(left, kept, proof)?;
                self.withhold(right, kept, proof)
            }
            None => Ok(()),
        }
    }

    fn next(&mut self) -> Result<Hash, Error> {
        self.proof.next().copied().ok_or(Error::new(Code::TamperedDisclosure, "disclosure.proof"))
    }

    fn end(mut self) -> Result<(), Error> {
        match self.proof.next() {
            Some(_) => Err(Error::new(Code::TamperedDisclosure, "disclosure.proof")),
            None => Ok(()),
        }
    }
}

/// The first claim shown in `tree`; claims ascend.
fn shown<'c, 'a>(claims: &'c [Claim<'a>], tree: Subtree) -> Option<&'c Claim<'a>> {
    let first = claims.partition_point(|claim| claim.index < tree.start());
    claims.get(first).filter(|claim| claim.index < tree.end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;

    fn names(size: u64) -> Vec<String> {
        (0..size).map(|index| format!("claim-{index}")).collect()
    }

    fn whole(names: &[String], mandatory: u64) -> Disclosure<'_> {
        let claims = (0..).zip(names).map(|(index, name)| Claim { index, salt: [7; 16], value: "value", name });
        Disclosure::whole(claims.collect(), mandatory).unwrap()
    }

    fn code<T>(outcome: Result<T, Error>) -> Result<(), Code> {
        outcome.map(|_| ()).map_err(Error::code)
    }

    // Every document of up to 9 claims, every choice of what to keep, in one step and in two.
    #[test]
    fn every_redaction_verifies_and_every_altered_one_does_not() {
        for size in 1..=9 {
            let names = names(size);
            let document = whole(&names, 0);
            let hash = document.document_hash();
            for chosen in 1_u64..1 << size {
                let keep = |mask: u64| move |claim: &Claim<'_>| mask >> claim.index & 1 == 1;
                let redacted = document.redact(keep(chosen)).unwrap();
                assert_eq!(redacted.verify(&hash), Ok(()));
                assert_eq!(Disclosure::parse(&redacted.encode()).as_ref(), Ok(&redacted));
                let twice = document.redact(keep(chosen | 0b1_0101)).unwrap().redact(keep(chosen)).unwrap();
                assert_eq!(twice, redacted);
                for position in 0..redacted.proof.len() {
                    let mut altered = redacted.clone();
                    altered.proof[position] = Hash::of(altered.proof[position].as_bytes());
                    assert_eq!(code(altered.verify(&hash)), Err(Code::TamperedDisclosure));
                    altered.proof.remove(position);
                    assert_eq!(code(altered.verify(&hash)), Err(Code::TamperedDisclosure));
                }
                let mut longer = redacted.clone();
                longer.proof.push(Hash::of(b""));
                assert_eq!(code(longer.verify(&hash)), Err(Code::TamperedDisclosure));
                for position in 0..redacted.claims.len() {
                    let mut altered = redacted.clone();
                    altered.claims[position].value = "another value";
                    assert_eq!(code(altered.verify(&hash)), Err(Code::TamperedDisclosure));
                }
            }
        }
    }

    #[test]
    fn a_mandatory_claim_cannot_be_withheld() {
        let names = names(5);
        let document = whole(&names, 2);
        let hash = document.document_hash();
        let redacted = document.redact(|_| false).unwrap();
        assert_eq!(redacted.claims().len(), 2);
        assert_eq!(redacted.verify(&hash), Ok(()));
        // Claiming that fewer are mandatory is another document.
        let lenient = Disclosure { mandatory: 0, ..document.clone() };
        assert_eq!(code(lenient.verify(&hash)), Err(Code::TamperedDocumentHash));
        let mut hidden = lenient.redact(|claim| claim.index == 4).unwrap();
        hidden.mandatory = 2;
        assert_eq!(code(hidden.verify(&hash)), Err(Code::TamperedMandatoryClaim));
    }

    #[test]
    fn something_must_be_shown() {
        let names = names(3);
        assert_eq!(code(whole(&names, 0).redact(|_| false)), Err(Code::IncompleteDisclosure));
    }

    #[test]
    fn refuses_what_the_format_does_not_say() {
        let names = names(4);
        let good = whole(&names, 1);
        let parsed = |change: fn(&mut Disclosure<'_>)| {
            let mut changed = good.clone();
            change(&mut changed);
            code(Disclosure::parse(&changed.encode()))
        };
        assert_eq!(parsed(|_| ()), Ok(()));
        assert_eq!(parsed(|d| d.claims.clear()), Err(Code::MalformedField));
        assert_eq!(parsed(|d| d.mandatory = 5), Err(Code::MalformedField));
        assert_eq!(parsed(|d| d.claims.swap(0, 1)), Err(Code::MalformedField));
        assert_eq!(parsed(|d| d.claims[1].index = 0), Err(Code::MalformedField));
        assert_eq!(parsed(|d| d.claims[3].index = 4), Err(Code::MalformedField));
        assert_eq!(parsed(|d| d.claims[3].name = "claim-0"), Err(Code::MalformedField));
        assert_eq!(parsed(|d| d.size = u64::MAX), Err(Code::LimitItems));
        let none = Disclosure::whole(Vec::new(), 0);
        assert_eq!(code(none), Err(Code::MalformedField));
    }
}
