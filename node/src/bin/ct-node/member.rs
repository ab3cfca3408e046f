//! `ct-node member`: which nodes make a log.

use crate::addresses::reach;
use crate::args::{MemberChangeArgs, MemberCommand};
use crate::interrupt;
use crate::output::line;
use ct_keys::{KeyFile, PublicKey, Role};
use ct_node::client::{Client, Persistence};
use ct_node::http::Patience;
use ct_node::peers::Member;
use ct_node::service::{MemberChange, Voice};
use ct_node::survey::majority;
use ct_node::{Result, trust};
use std::time::Duration;

pub(crate) fn run(command: &MemberCommand) -> Result<()> {
    match command {
        MemberCommand::Add(args) => {
            let key = *PublicKey::read(&args.member_key, Role::Tls)?.verifying_key().as_bytes();
            let node = args.change.node;
            let address = args.address.clone().unwrap_or_default();
            let mut log = change(&args.change, &MemberChange::Put(Member { node, key, address }))?;
            line(format_args!("Node {node} is a member of the log."))?;
            tell_quorum(&mut log)
        }
        MemberCommand::Remove(args) => {
            let node = args.change.node;
            let mut log = change(&args.change, &MemberChange::Delete(node))?;
            line(format_args!(
                "Node {node} is a member of the log no longer; stop it, and never use its number again."
            ))?;
            tell_quorum(&mut log)
        }
    }
}

fn change(args: &MemberChangeArgs, change: &MemberChange) -> Result<Client> {
    let root = KeyFile::read(&args.key, Role::Root)?;
    // A new node has to catch up first, and a change is answered when it is made.
    let patience = match change {
        MemberChange::Put(_) => Duration::from_secs(600),
        MemberChange::Delete(_) => Duration::from_secs(60),
    };
    let (read, total) = (Duration::from_secs(35), Duration::from_secs(40));
    let attempt = Patience { read, total, ..Patience::default() };
    let persistence = Persistence { attempt, total: patience, ..Persistence::default() };
    let mut log = reach(&args.to, persistence)?.until(interrupt::pressed);
    let known = log.trust()?;
    let origin = trust::origin(known.trust())?.to_owned();
    log.change_members(&origin, &root, change)?;
    Ok(log)
}

/// What the members that there are now mean for failures. The change is made, whether or not this can be told.
fn tell_quorum(log: &mut Client) -> Result<()> {
    let Ok(status) = log.status() else { return line("See: ct-node status") };
    let voters = status.standing.members.iter().filter(|member| member.voice == Voice::Voter).count();
    if voters == 0 {
        return line("See: ct-node status");
    }
    let needed = majority(voters);
    let members = if voters == 1 { "1 voting member" } else { &format!("{voters} voting members") };
    let tolerates = match voters.saturating_sub(needed) {
        0 => "none may fail".to_owned(),
        count => format!("{count} may fail"),
    };
    line(format_args!("The log has {members}, of which {needed} must run: {tolerates}."))
}
