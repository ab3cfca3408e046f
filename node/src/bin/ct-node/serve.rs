//! `ct-node serve`.
use crate::args::ServeArgs;
use ct_node::Result;
pub(crate) fn run(_args: &ServeArgs) -> Result<()> {
    Ok(())
}
