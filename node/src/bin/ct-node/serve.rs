//! `ct-node serve`: one node of a log, until it is told to stop.

use crate::args::ServeArgs;
use crate::clock::clock;
use crate::{events, output, signals};
use ct_node::service::{Node, NodeConfig};
use ct_node::{Entropy, Result};
use std::sync::Arc;

pub(crate) fn run(args: &ServeArgs) -> Result<()> {
    if args.events {
        events::write();
    } else {
        events::write_trouble();
    }
    signals::end_with(args.parent)?;
    let config = NodeConfig::read(&args.config)?;
    let started = clock()?;
    // A clock that is set to before 1970 while the node runs: everything is refused as too old, until it is mended.
    let clock = Arc::new(move || clock().unwrap_or(started));
    let node = Node::open(config, clock, &mut Entropy::from_os()?)?;
    let drained = signals::until_told(async |told| {
        output::remark(format_args!("ct-node: the log listens at {}", node.url()));
        node.serve(told).await
    })?;
    if drained.cut > 0 {
        output::remark(format_args!("ct-node: {} connections did not finish in time and were cut", drained.cut));
    }
    Ok(())
}
