//! The beginning of a log, and of each trust root: what the configuration adds to what is agreed on.

use super::{Leadership, NodeConfig, Propose};
use crate::command::Command;
use crate::documents::read_at_most;
use crate::error::{Error, Result, shown};
use crate::log_signer::LogSigner;
use crate::machine::{REFUSED, StateReader};
use crate::{statement, trust};
use ct_core::limits::{MAX_ENTRY_BYTES, MAX_FIRST_CLIENTS};
use ct_core::{Code, Origin, Trust};
use ct_keys::{PublicKey, Role};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The trust root names this log with this key, so that what is signed can be verified.
pub(super) fn check_log_key(signer: &LogSigner, trust: &Trust) -> Result<()> {
    let origin = trust::origin(trust)?;
    let log = trust.logs.iter().find(|log| log.origin == signer.origin().as_str());
    if log.is_some_and(|log| log.keys.iter().any(|known| known.verifier == *signer.verifier())) {
        return Ok(());
    }
    let what = format!("is not a key of the log {origin} in the trust root");
    Err(Error::new(Code::IoKeyFile, signer.verifier().name().as_str(), what, "use that log's own key, or trust root"))
}

/// Sees to it that the log has its first command, and the trust root of the configuration if it is newer than the one in
/// force. A node that follows waits for the one that leads; the same trust root is configured for all in the end.
pub(super) async fn found(config: NodeConfig, state: StateReader, proposer: Arc<dyn Propose>) -> Result<()> {
    let bytes = trust::read_bytes(&config.trust)?;
    let configured = trust::load(&bytes, &config.trust)?;
    let genesis = read_at_most(&config.genesis, MAX_ENTRY_BYTES)?;
    let origin = trust::origin(configured.trust())?;
    statement::check_genesis(&genesis, &Origin::new(origin)?)?;
    let clients = clients(&config)?;
    let refused = |code, what: &str, next: &str| Err(Error::new(code, shown(&config.trust), what, next));
    loop {
        let command = match state.meta() {
            None => {
                let clients = clients.iter().map(|(kid, key)| (kid.as_slice(), *key)).collect();
                Command::Bootstrap { origin, genesis: &genesis, trust: &bytes, clients }
            }
            Some(meta) if meta.trust.bytes() == bytes => return Ok(()),
            Some(meta) if configured.trust().root_version <= meta.trust.root().trust().root_version => {
                let what = "is not newer than the one in force, and not the same";
                let next = "configure the trust root in force, or one that follows it";
                return refused(Code::TrustRollback, what, next);
            }
            Some(_) => Command::Trust { trust: &bytes },
        };
        let answer = match proposer.leadership() {
            Leadership::Leads { .. } => proposer.propose(command.encode()).await,
            Leadership::Follows { .. } => Err(Error::new(Code::NotLeaderNode, "this node", "does not lead", "")),
        };
        match answer {
            Ok(answer) if matches!(command, Command::Trust { .. }) && answer == [REFUSED] => {
                let next = "have each new trust root signed by the root keys of the one before: ct trust sign";
                return refused(Code::TrustChain, "does not follow the one in force", next);
            }
            Ok(_) => {}
            // Whoever leads does it, or this node when it leads.
            Err(error) if matches!(error.code(), Code::NotLeaderNode | Code::UnknownOutcome | Code::LimitInFlight) => {
                tokio::time::sleep(AGAIN).await;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Those who may submit to a new log, by key ID.
fn clients(config: &NodeConfig) -> Result<BTreeMap<Vec<u8>, [u8; 32]>> {
    let mut clients = BTreeMap::new();
    for path in &config.clients {
        let key = PublicKey::read(path, Role::Client)?;
        if clients.insert(statement::kid(key.id())?, *key.verifying_key().as_bytes()).is_some() {
            let what = format!("has the key ID {}, as another client has", key.id());
            return Err(Error::new(Code::MalformedConfig, shown(path), what, "number new keys upwards"));
        }
    }
    if clients.len() > MAX_FIRST_CLIENTS {
        let what = format!("names more than {MAX_FIRST_CLIENTS} clients");
        return Err(Error::new(Code::MalformedConfig, "the configuration", what, "name fewer"));
    }
    Ok(clients)
}

const AGAIN: Duration = Duration::from_millis(200);
