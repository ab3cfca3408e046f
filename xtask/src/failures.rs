//! Failures of a log's nodes, played at length: what takes too long, or too many rights, for every change.

use crate::process::{cargo, run as run_command};
use crate::step::Run;
use anyhow::Result;

/// The leader is killed at least twenty times under load, three times in each round; then every other drill once.
pub(crate) fn kills(run: &mut Run) -> Result<()> {
    for _ in 0..ROUNDS {
        drill(run, &["leader-crash"])?;
    }
    drill(run, &[])
}

fn drill(run: &Run, names: &[&str]) -> Result<()> {
    let mut drill = cargo(&run.root);
    run_command(drill.args(["run", "--release", "-p", "ct-node", "--bin", "ct-node", "--", "drill"]).args(names))
}

/// Nodes in network namespaces, whose cables are pulled: needs root.
pub(crate) fn partition(run: &mut Run) -> Result<()> {
    let mut tests = cargo(&run.root);
    tests.args(["test", "-p", "ct-node", "--test", "service", "partition", "--", "--ignored", "--nocapture"]);
    run_command(&mut tests)
}

/// Three nodes beside etcd with three members, and one node by itself.
pub(crate) fn figures(run: &mut Run) -> Result<()> {
    for bench in ["service", "replicated"] {
        run_command(cargo(&run.root).args(["bench", "-p", "ct-node", "--bench", bench]))?;
    }
    Ok(())
}

/// Three kills in each make twenty-one.
const ROUNDS: usize = 7;
