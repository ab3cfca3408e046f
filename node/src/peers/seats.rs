//! One connection for each member and class: a newer one takes the place of the older.

use crate::peers::class::Class;
use crate::planted::{Planted, planted};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Mutex as Turn, oneshot};

/// Who holds which place.
#[derive(Debug, Default)]
pub(super) struct Seats(Mutex<HashMap<Place, Holder>>);

/// A member with its key, and what it connects for.
type Place = (u64, [u8; 32], Class);

#[derive(Debug)]
struct Holder {
    /// Dropped when another takes the place.
    _stays: oneshot::Sender<()>,
    accepted: u64,
    turn: Arc<Turn<()>>,
}

/// A place, until another connection takes it.
#[derive(Debug)]
pub(super) struct Seat {
    node: u64,
    replaced: oneshot::Receiver<()>,
    turn: Arc<Turn<()>>,
}

impl Seats {
    /// The place of this member's connections of this class. Whoever holds it has to go, unless it was accepted later:
    /// then its member had given up this connection before, and what still comes on it comes too late.
    pub(super) fn take(&self, node: u64, key: [u8; 32], class: Class, accepted: u64) -> Seat {
        let (stays, replaced) = oneshot::channel();
        let mut seats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = seats.get(&(node, key, class));
        let turn = before.map(|holder| Arc::clone(&holder.turn)).unwrap_or_default();
        if before.is_none_or(|holder| holder.accepted < accepted) || planted(Planted::SeatTheAbandoned) {
            seats.insert((node, key, class), Holder { _stays: stays, accepted, turn: Arc::clone(&turn) });
        }
        Seat { node, replaced, turn }
    }
}

impl Seat {
    /// Whose it is.
    pub(super) const fn node(&self) -> u64 {
        self.node
    }

    /// Does this once the holder before is gone, and drops it when another takes the place: `None` then.
    pub(super) async fn hold<T>(self, work: impl Future<Output = T>) -> Option<T> {
        let work = async {
            let _turn = self.turn.lock().await;
            work.await
        };
        tokio::select! {
            biased;
            _ = self.replaced => None,
            done = work => Some(done),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{pending, ready};

    // What an abandoned connection had begun must not go on beside, or after, what the new one does.
    #[tokio::test]
    async fn a_newer_connection_begins_when_the_older_one_is_gone() {
        let seats = Seats::default();
        let alive = Arc::new(());
        let held = Arc::clone(&alive);
        let (begins, begun) = oneshot::channel();
        let old = tokio::spawn(seats.take(1, [1; 32], Class::Append, 1).hold(async move {
            begins.send(()).unwrap();
            pending::<()>().await;
            drop(held);
        }));
        begun.await.unwrap();
        assert_eq!(Arc::strong_count(&alive), 2);
        let newer = seats.take(1, [1; 32], Class::Append, 2);
        assert_eq!(newer.hold(async { Arc::strong_count(&alive) }).await, Some(1));
        assert_eq!(old.await.unwrap(), None);
    }

    // A hand-shake that is late must not bring back what its member has given up.
    #[tokio::test]
    async fn an_older_connection_does_not_come_back() {
        let seats = Seats::default();
        let newer = seats.take(1, [1; 32], Class::Append, 2);
        assert_eq!(seats.take(1, [1; 32], Class::Append, 1).hold(ready(5)).await, None);
        assert_eq!(newer.hold(ready(6)).await, Some(6));
        // Nor when the newer one is over.
        assert_eq!(seats.take(1, [1; 32], Class::Append, 1).hold(ready(7)).await, None);
        assert_eq!(seats.take(1, [1; 32], Class::Append, 3).hold(ready(8)).await, Some(8));
    }

    #[tokio::test]
    async fn other_members_and_classes_have_their_own() {
        let seats = Seats::default();
        let first = seats.take(1, [1; 32], Class::Append, 3);
        let _others = (seats.take(1, [1; 32], Class::Ask, 1), seats.take(2, [2; 32], Class::Append, 2));
        assert_eq!(first.hold(ready(5)).await, Some(5));
    }
}
