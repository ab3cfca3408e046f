//! What must hold of the state after every command (R32). Checked on every apply in debug and simulation builds.

use super::Meta;
use super::meta::damaged;
use crate::command::Seal;
use crate::error::Result;

/// The counts and places that the invariants speak of, besides the summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counts {
    /// Statements whose (iss, cti) is remembered.
    pub(super) identities: u64,
    /// Entries that stand in no tile yet.
    pub(super) entries: u64,
    /// The first and the last of these.
    pub(super) pending: Option<(u64, u64)>,
}

/// Every invariant, by its name.
///
/// # Errors
/// `tampered.state` names the first that does not hold.
pub(super) fn check(before: Option<&Meta>, after: &Meta, counts: Counts) -> Result<()> {
    let invariants: [(&str, bool); 8] = [
        ("OneIndexPerStatement", one_index_per_statement(after, counts)),
        ("LogOnlyGrows", before.is_none_or(|before| log_only_grows(before, after))),
        ("SealedIsWithinTheLog", sealed_is_within_the_log(after)),
        ("SealsOnlyAdvance", before.is_none_or(|before| seals_only_advance(before, after))),
        ("AnchoredIsSealed", anchored_is_sealed(after)),
        ("FinalStaysFinal", before.is_none_or(|before| final_stays_final(before, after))),
        ("OneSealIsOpen", before.is_none_or(|before| one_seal_is_open(before, after))),
        ("PendingHasNoGap", pending_has_no_gap(after, counts)),
    ];
    match invariants.iter().find(|(_, holds)| !holds) {
        Some((name, _)) => Err(damaged(&format!("the invariant {name} does not hold"))),
        None => Ok(()),
    }
}

/// Each entry has its own (iss, cti), and none was forgotten.
fn one_index_per_statement(after: &Meta, counts: Counts) -> bool {
    counts.identities == after.tree.size().get()
}

fn log_only_grows(before: &Meta, after: &Meta) -> bool {
    let (old, new) = (before.tree.size(), after.tree.size());
    old < new || (old == new && before.tree == after.tree)
}

/// Only what is there is sealed; and of one size there is one root.
fn sealed_is_within_the_log(after: &Meta) -> bool {
    let (sealed, size) = (after.sealed, after.tree.size());
    sealed.size < size || (sealed.size == size && sealed.root == after.tree.root())
}

fn seals_only_advance(before: &Meta, after: &Meta) -> bool {
    let (old, new) = (before.sealed, after.sealed);
    let fenced = Seal { generation: new.generation, ..old } == new;
    old.generation <= new.generation && (old.size < new.size || fenced)
}

/// Final is at most what is sealed, and of one size there is one root.
fn anchored_is_sealed(after: &Meta) -> bool {
    let (anchored, sealed) = (after.anchored.seal, after.sealed);
    anchored.generation <= sealed.generation
        && (anchored.size < sealed.size || (anchored.size == sealed.size && anchored.root == sealed.root))
}

/// What was final is never taken back (R20.3).
fn final_stays_final(before: &Meta, after: &Meta) -> bool {
    let (old, new) = (before.anchored.seal, after.anchored.seal);
    let renewed = Seal { generation: new.generation, ..old } == new;
    old.generation <= new.generation && (old.size < new.size || renewed)
}

/// Nothing is sealed before what was sealed last is final, and nothing in a new generation before its witnesses have
/// confirmed it (R15.3, R20.5).
fn one_seal_is_open(before: &Meta, after: &Meta) -> bool {
    before.sealed.size == after.sealed.size || !before.has_open_seal()
}

/// The entries that stand in no tile yet are the last ones.
fn pending_has_no_gap(after: &Meta, counts: Counts) -> bool {
    match counts.pending {
        None => counts.entries == 0,
        Some((first, last)) => {
            last.checked_sub(first).and_then(|between| between.checked_add(1)) == Some(counts.entries)
                && last.checked_add(1) == Some(after.tree.size().get())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::{Anchored, TrustInForce};
    use ct_core::{Code, CompactRange, Hash, TreeSize};
    use std::sync::{Arc, LazyLock};

    static TRUST: LazyLock<Arc<TrustInForce>> = LazyLock::new(|| {
        let bytes = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../bundles/trust.cbor")).unwrap();
        Arc::new(TrustInForce::load(&bytes).unwrap())
    });

    fn meta(entries: u8, sealed: u8) -> Meta {
        let tree = |count: u8| {
            let mut tree = CompactRange::new();
            (0..count).for_each(|entry| drop(tree.append(Hash::of(&[entry])).unwrap()));
            tree
        };
        let seal = Seal { generation: 1, size: TreeSize::new(sealed.into()).unwrap(), root: tree(sealed).root() };
        Meta {
            origin: "log.example".to_owned(),
            tree: tree(entries),
            sealed: seal,
            anchored: Anchored { seal, signatures: String::new() },
            trust: Arc::clone(&TRUST),
            history: Hash::of(b""),
        }
    }

    const FIVE: Counts = Counts { identities: 5, entries: 2, pending: Some((3, 4)) };

    fn broken(before: Option<&Meta>, after: &Meta, counts: Counts) -> Option<String> {
        let error = check(before, after, counts).err()?;
        assert_eq!(error.code(), Code::TamperedState);
        error.what().split(' ').nth(4).map(str::to_owned)
    }

    // R32: each invariant is broken by something, and by nothing that is right.
    #[test]
    fn each_invariant_notices_what_it_is_for() {
        let good = meta(5, 3);
        assert_eq!(broken(None, &good, FIVE), None);
        assert_eq!(broken(Some(&meta(4, 3)), &good, FIVE), None);
        let name = |text: &str| Some(text.to_owned());
        assert_eq!(broken(None, &good, Counts { identities: 4, ..FIVE }), name("OneIndexPerStatement"));
        assert_eq!(broken(Some(&meta(6, 3)), &good, FIVE), name("LogOnlyGrows"));
        let mut forked = good.clone();
        forked.tree = CompactRange::new();
        (5..10_u8).for_each(|entry| drop(forked.tree.append(Hash::of(&[entry])).unwrap()));
        assert_eq!(broken(Some(&good), &forked, FIVE), name("LogOnlyGrows"));
        assert_eq!(broken(None, &meta(5, 6), FIVE), name("SealedIsWithinTheLog"));
        let mut other_root = meta(5, 5);
        other_root.sealed.root = Hash::of(b"other");
        assert_eq!(broken(None, &other_root, FIVE), name("SealedIsWithinTheLog"));
        assert_eq!(broken(Some(&meta(5, 4)), &good, FIVE), name("SealsOnlyAdvance"));
        let mut taken_back = good.clone();
        taken_back.sealed.generation = 0;
        assert_eq!(broken(Some(&good), &taken_back, FIVE), name("SealsOnlyAdvance"));
        let mut fenced = good.clone();
        fenced.sealed.generation = 2;
        assert_eq!(broken(Some(&good), &fenced, FIVE), None);
        let mut anchored = good.clone();
        anchored.anchored.seal = meta(5, 4).sealed;
        assert_eq!(broken(None, &anchored, FIVE), name("AnchoredIsSealed"));
        anchored.anchored.seal = Seal { root: Hash::of(b"other"), ..good.sealed };
        assert_eq!(broken(None, &anchored, FIVE), name("AnchoredIsSealed"));
        anchored.anchored.seal = meta(5, 2).sealed;
        assert_eq!((broken(None, &anchored, FIVE), broken(Some(&anchored), &good, FIVE)), (None, None));
        assert_eq!(broken(Some(&good), &anchored, FIVE), name("FinalStaysFinal"));
        anchored.sealed = meta(5, 4).sealed;
        anchored.anchored.seal = Seal { root: Hash::of(b"other"), ..good.sealed };
        assert_eq!(broken(Some(&good), &anchored, FIVE), name("FinalStaysFinal"));
        let mut open = good.clone();
        open.anchored.seal = meta(5, 2).sealed;
        assert_eq!(broken(Some(&open), &meta(5, 4), FIVE), name("OneSealIsOpen"));
        let mut unconfirmed = good.clone();
        unconfirmed.sealed.generation = 2;
        let mut next = meta(5, 4);
        next.sealed.generation = 2;
        assert_eq!(broken(Some(&unconfirmed), &next, FIVE), name("OneSealIsOpen"));
        assert_eq!(broken(Some(&meta(5, 0)), &good, FIVE), None);
        for pending in [None, Some((2, 4)), Some((3, 5)), Some((2, 3))] {
            assert_eq!(broken(None, &good, Counts { pending, ..FIVE }), name("PendingHasNoGap"), "{pending:?}");
        }
    }
}
