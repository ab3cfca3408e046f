//! Consensus, as the service sees it; and the state machine, as consensus does.

use super::{Leadership, MemberChange, MemberStanding, NodeRole, Propose, Standing, StatusSource, Trouble, Voice};
use crate::consensus::{self, Committed, Consensus, Machine, Snapshot};
use crate::error::Result;
use crate::machine::{StateMachine, StateView};
use std::io::{Read, Write};
use std::pin::Pin;
use std::sync::Arc;

/// What the node says of itself.
pub(super) fn standing(node: u64, consensus: Arc<Consensus>) -> StatusSource {
    Arc::new(move || {
        let status = consensus.status();
        let role = match status.role {
            consensus::Role::Leads => NodeRole::Leads,
            consensus::Role::Follows => NodeRole::Follows,
            consensus::Role::Recovers => NodeRole::Recovering,
            consensus::Role::Halted => NodeRole::Halted,
        };
        let members = status.members.into_iter().map(|(member, voice)| {
            let voice = match voice {
                consensus::Voice::Votes => Voice::Voter,
                consensus::Voice::Learns => Voice::Learner,
            };
            MemberStanding::new(member, voice)
        });
        Standing {
            node,
            role,
            term: status.term,
            leader: status.leader_api,
            last: status.last,
            applied: status.applied,
            purged: status.purged,
            members: members.collect(),
            halted: status.halted.as_ref().map(Trouble::of),
        }
    })
}

impl Propose for Consensus {
    fn propose(&self, command: Vec<u8>) -> Pin<Box<dyn Future<Output = Result<Vec<u8>>> + Send + '_>> {
        Box::pin(Self::propose(self, command))
    }

    fn leadership(&self) -> Leadership {
        let status = self.status();
        match status.role {
            consensus::Role::Leads => Leadership::Leads { term: status.term },
            _ => Leadership::Follows { leader: status.leader_api.filter(|_| status.role == consensus::Role::Follows) },
        }
    }

    fn catch_up(&self) -> Pin<Box<dyn Future<Output = Result<()>> + Send + '_>> {
        Box::pin(Self::catch_up(self))
    }

    fn change_members(&self, change: MemberChange) -> Pin<Box<dyn Future<Output = Result<()>> + Send + '_>> {
        Box::pin(async move {
            match change {
                MemberChange::Put(member) => self.put_member(member).await,
                MemberChange::Delete(node) => self.delete_member(node).await,
            }
        })
    }
}

impl Machine for StateMachine {
    fn applied(&self) -> Result<Option<Vec<u8>>> {
        Self::applied(self)
    }

    fn apply(&mut self, commands: &[Committed<'_>], applied: &[u8]) -> Result<Vec<Vec<u8>>> {
        Self::apply(self, commands.iter().map(|committed| committed.command), applied)
    }

    fn persist(&mut self) -> Result<()> {
        Self::persist(self)
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot>> {
        Ok(Box::new(self.view()?))
    }

    fn install(&mut self, snapshot: &mut dyn Read, applied: &[u8]) -> Result<()> {
        Self::install(self, snapshot, applied)
    }
}

impl Snapshot for StateView {
    fn write_to(&self, out: &mut dyn Write) -> Result<()> {
        Self::write_to(self, out)
    }
}
