//! Mistakes that can be made on purpose, so that a simulation shows that it would notice them. A program that anybody
//! runs makes none: without the feature `simulation`, [`planted`] is `false` wherever it is asked.

/// A mistake; a specification that speaks of it has a constant of the same name, which makes it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "simulation"), expect(dead_code, reason = "made in simulations only"))]
pub(crate) enum Planted {
    /// Records are acknowledged when they are written, and flushed when there is nothing else to do.
    AcknowledgeBeforeFlush,
    /// The log goes although the state was not made durable.
    PurgeBeforePersist,
    /// A node whose log has lost records goes on as if it had not.
    VoteWithCorruptWal,
    /// A checkpoint is signed before its seal is committed.
    SignBeforeCommit,
    /// A restored log goes on without having asked its witnesses.
    SkipFenceOnRestore,
    /// A snapshot lacks what became of requests.
    SnapshotForgetsDedupe,
    /// A witness answers before it has remembered.
    CosignBeforePersist,
    /// The checkpoint is published before the tiles that it covers are there.
    PublishBeforeTiles,
    /// A connection that its node has given up takes the place of a newer one, if its hand-shake was late.
    SeatTheAbandoned,
    /// A node that cannot be reached is dialled again at once.
    DialWithoutPause,
    /// Whoever answers is taken for the node that was dialled.
    TrustAnyKey,
}

/// Whether this mistake is to be made.
#[cfg(not(feature = "simulation"))]
pub(crate) const fn planted(_: Planted) -> bool {
    false
}

/// Whether this mistake is to be made.
#[cfg(feature = "simulation")]
pub(crate) fn planted(mistake: Planted) -> bool {
    MADE.get() == Some(mistake)
}

/// Makes this mistake, on this thread, from now on; or none.
#[cfg(feature = "simulation")]
pub(crate) fn plant(mistake: Option<Planted>) {
    MADE.set(mistake);
}

#[cfg(feature = "simulation")]
thread_local! {
    static MADE: std::cell::Cell<Option<Planted>> = const { std::cell::Cell::new(None) };
}
