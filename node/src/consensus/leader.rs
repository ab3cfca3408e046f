//! Where clients reach the node that leads.

use super::messages;
use super::persistence::Group;
use super::runtime::within;
use crate::peers::{Member, MessageKind, Network};
use openraft::async_runtime::watch::WatchReceiver;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// An address is that of a leader of one term: a node that starts again may have another one.
#[derive(Clone, Debug)]
struct Known {
    term: u64,
    node: u64,
    url: String,
}

/// The address, as far as it is known. Clones are the same one.
#[derive(Clone, Debug)]
pub(super) struct LeaderAddress(Arc<watch::Sender<Option<Known>>>);

impl Default for LeaderAddress {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(None)))
    }
}

impl LeaderAddress {
    /// That of the node with this number, which leads in this term.
    pub(super) fn of(&self, leader: u64, at: u64) -> Option<String> {
        let known = self.0.borrow();
        known.as_ref().filter(|known| (known.term, known.node) == (at, leader)).map(|known| known.url.clone())
    }

    /// Keeps it up to date until the node stops: asks each new leader, which alone knows how it is reached.
    pub(super) async fn follow(self, group: Group, network: Arc<dyn Network>, own: String, node: u64) {
        let mut metrics = group.server_metrics();
        loop {
            let (term, leader, member) = {
                let metrics = metrics.borrow_and_update();
                let leader = metrics.current_leader;
                let member = leader.and_then(|leader| metrics.membership_config.get_node(&leader).cloned());
                (metrics.vote.leader_id.term, leader, member)
            };
            let unknown = leader.filter(|leader| self.of(*leader, term).is_none());
            let found = match (unknown, member) {
                (Some(leader), _) if leader == node => Some(own.clone()),
                (Some(_), Some(member)) => ask(&*network, &member).await,
                _ => None,
            };
            match (unknown, found.filter(|url| !url.is_empty())) {
                (Some(node), Some(url)) => drop(self.0.send_replace(Some(Known { term, node, url }))),
                // Nobody leads, or where is known.
                (None, _) if metrics.changed().await.is_err() => return,
                (None, _) => {}
                (Some(_), None) => {
                    if matches!(within(AGAIN, metrics.changed()).await, Some(Err(_))) {
                        return;
                    }
                }
            }
        }
    }
}

async fn ask(network: &dyn Network, member: &Member) -> Option<String> {
    let reply = network.call(member, MessageKind::Standing, Vec::new(), PATIENCE).await;
    reply.and_then(|reply| messages::decode_standings(&reply)).ok().map(|standing| standing.api)
}

const PATIENCE: Duration = Duration::from_secs(1);
const AGAIN: Duration = Duration::from_millis(200);
