//! `ct-node client`: who may submit to a log.

use crate::addresses::reach;
use crate::args::{ClientChangeArgs, ClientCommand};
use crate::output::line;
use ct_keys::{KeyFile, PublicKey, Role};
use ct_node::client::Persistence;
use ct_node::envelope::ClientChange;
use ct_node::{Result, trust};

pub(crate) fn run(command: &ClientCommand) -> Result<()> {
    match command {
        ClientCommand::Put(args) => {
            let key = PublicKey::read(&args.client, Role::Client)?;
            let version = change(&args.change, &key.id().to_string(), Some(*key.verifying_key().as_bytes()))?;
            line(format_args!("{} may submit; its version is {version}.", key.id()))
        }
        ClientCommand::Delete(args) => {
            let version = change(&args.change, &args.client, None)?;
            line(format_args!("{} may submit no more; its version is {version}.", args.client))
        }
        ClientCommand::Show(args) => {
            let (version, may_submit) = reach(&args.to, Persistence::default())?.client(&args.client)?;
            let may = if may_submit { "may submit" } else { "was deleted" };
            line(format_args!("{} {may}; its version is {version}.", args.client))
        }
    }
}

fn change(args: &ClientChangeArgs, id: &str, key: Option<[u8; 32]>) -> Result<u64> {
    let root = KeyFile::read(&args.key, Role::Root)?;
    let mut log = reach(&args.to, Persistence::default())?;
    let known = log.trust()?;
    let origin = trust::origin(known.trust())?.to_owned();
    log.change(&origin, &root, &ClientChange { kid: id.as_bytes(), key, if_version: args.if_version })
}
