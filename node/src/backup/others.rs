//! The other nodes of a log that is to be restored: none of them may run.

use super::transfer::dialer;
use crate::entropy::Entropy;
use crate::error::{Error, Result};
use crate::peers::{Member, MessageKind, Network};
use crate::service::PeerSettings;
use ct_core::{Code, Timestamp};
use ct_keys::{PublicKey, Role};
use std::time::Duration;
use tokio::runtime::Builder;

/// Demands that no other node of the configuration answers. A node that was restored while others go on with the log has
/// forgotten what it promised them. One that cannot be reached may run nevertheless: who restores has to know.
///
/// # Errors
/// `conflict.members` if one answers; what it refuses with; `io.key_file` and others of the keys.
pub(super) fn demand_stopped(own: u64, settings: &PeerSettings, now: Timestamp, entropy: &mut Entropy) -> Result<()> {
    let stopped = |source: std::io::Error| Error::new(Code::Internal, "restore", source.to_string(), "report this");
    let runtime = Builder::new_current_thread().enable_all().build().map_err(stopped)?;
    let addresses = settings.peers.iter().map(|peer| (peer.node, peer.address.clone())).collect();
    let (dialer, _) = dialer(own, settings, addresses, now, entropy)?;
    for peer in settings.peers.iter().filter(|peer| peer.node != own) {
        let key = *PublicKey::read(&peer.key, Role::Tls)?.verifying_key().as_bytes();
        let member = Member { node: peer.node, key, address: String::new() };
        match runtime.block_on(dialer.call(&member, MessageKind::Standing, Vec::new(), PATIENCE)) {
            Err(error) if error.code() == Code::IoNetwork => {}
            Err(error) => return Err(error),
            Ok(_) => {
                let next = "stop all nodes of the log; one that has lost its folder alone is only started again";
                return Err(Error::new(Code::ConflictMembers, format!("node {}", peer.node), "runs", next));
            }
        }
    }
    Ok(())
}

const PATIENCE: Duration = Duration::from_secs(3);
