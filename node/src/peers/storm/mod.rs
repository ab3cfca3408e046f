//! Three nodes that call one another over a network in a storm (R2, R37): framing, TLS, [`PeerServer`] and [`Dialer`] as
//! they run in a node, on hosts, sockets and a clock that [turmoil](https://docs.rs/turmoil) simulates.
//!
//! A seed decides what goes wrong and when, and what is called. It does not decide in which order tasks run that are
//! ready at once, nor the keys of TLS: tokio seeds the first only in builds with `tokio_unstable`. A run with the same
//! seed is therefore a run like it, and not always the same one.
//!
//! What is not real: TCP never sends again what was lost, so that one loss silences a connection for good; addresses
//! come from the members and not from files, which are read on a thread that turmoil does not know; `bind` refuses
//! nothing; a crash says good-bye (FIN) unless the network is cut first, which a power failure does.

mod history;
mod host;
mod invariants;
mod run;
mod shared;
mod tests;
mod weather;

use crate::peers::PeerLimits;
#[cfg(doc)]
use crate::peers::{Dialer, PeerServer};
use std::ops::RangeInclusive;
use std::time::Duration;

const NODES: RangeInclusive<u64> = 1..=3;
const PORT: u16 = 7000;
const LIMITS: PeerLimits = PeerLimits {
    strangers: 16,
    handshake: Duration::from_secs(1),
    idle: Duration::from_secs(4),
    frame: Duration::from_secs(2),
    drain: Duration::from_secs(1),
};
/// The most time for a connection with its hand-shake.
const CONNECT: Duration = Duration::from_millis(500);
/// How long a node does not run that the others call nevertheless.
const AWAY: Duration = Duration::from_secs(3);
/// The most time that a call is given.
const PATIENCE: Duration = Duration::from_secs(2);
/// When nothing is in the way any more, everybody is reached within this time: a connection that is silent for good costs
/// a second, the longest pause is another, and large messages come before small ones.
const SOON: Duration = Duration::from_secs(5);
