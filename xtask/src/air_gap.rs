//! Whether the folder of [`crate::dist`] is enough by itself: `ct` runs with that folder as its whole file system, and
//! without a network.

use crate::place::Place;
use crate::process::{announce, program, works};
use crate::step::Run;
use crate::{dist, static_ct};
use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::process::{Command, Stdio};

/// Verifies the examples in the folder, on a machine with nothing installed.
pub(crate) fn run(run: &mut Run) -> Result<()> {
    if let Some(obstacle) = static_ct::obstacle(&run.root) {
        return run.skips.record(&format!("the air gap was not tried: {obstacle}"));
    }
    let place = Place::usual(&run.root);
    let folder = dist::assemble(&place)?;
    let Some(machine) = Machine::bare(&run.root) else {
        return run.skips.record("the air gap was not tried: neither unshare nor chroot is permitted");
    };
    for (examples, status) in [("/bundles/valid", 0), ("/bundles/refused", 1)] {
        let mut verify = machine.command(&run.root, &folder);
        verify.args(["/ct", "verify", "--at", AT, "--trust", "/bundles/trust.cbor", examples]);
        let shown = announce(&verify);
        let output = verify.stdin(Stdio::null()).output().with_context(|| format!("cannot start `{shown}`"))?;
        let said = String::from_utf8_lossy(&output.stdout);
        let verdicts = said.lines().filter(|line| line.starts_with("ct1 ")).count();
        let expected = dist::files(&folder.join(examples.trim_start_matches('/')))?.len();
        let complaints = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.code() == Some(status) && verdicts == expected,
            "{verdicts} verdicts on {expected} bundles, {}, expected {status}:\n{said}{complaints}",
            output.status
        );
        println!("{verdicts} verdicts, exit status {status}");
    }
    Ok(())
}

/// How a program is given a folder as its whole file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Machine {
    /// In namespaces of its own, without a network.
    Namespaces,
    /// With the network of this machine: where namespaces are not permitted.
    Folder,
}

impl Machine {
    /// The barest that is permitted here.
    fn bare(root: &Path) -> Option<Self> {
        let is_permitted = |machine: &Self| works(machine.command(root, Path::new("/")).arg("/bin/true"));
        [Self::Namespaces, Self::Folder].into_iter().find(is_permitted)
    }

    fn command(self, root: &Path, folder: &Path) -> Command {
        match self {
            Self::Namespaces => {
                let mut command = program(root, "unshare");
                command.args(["--map-root-user", "--net", "--root"]).arg(folder);
                command
            }
            Self::Folder => {
                let mut command = program(root, "chroot");
                command.arg(folder);
                command
            }
        }
    }
}

/// A time at which the examples hold.
const AT: &str = "2027-01-01T00:00:00Z";
