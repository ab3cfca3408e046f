//! Buckets against a real server, which is installed if it is missing: s3s-fs checks signatures and heeds conditions.

use crate::process::{announce, cargo, program, run as run_command, works};
use crate::skips;
use crate::step::Run;
use crate::tools::{is_on_path, target_folder};
use anyhow::{Context, Result, bail};
use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Lints what is behind the feature, and tests it; without a server only what needs none.
pub(crate) fn run(run: &mut Run) -> Result<()> {
    let mut lint = cargo(&run.root);
    run_command(lint.args(["clippy", "-p", "ct-node", "--features", "s3", "--all-targets", "--", "-D", "warnings"]))?;
    let mut units = cargo(&run.root);
    units.args(["test", "-p", "ct-node", "--features", "s3", "--lib", "--", "bucket::", "store::", "publication::"]);
    run_command(&mut units)?;
    let Some(path) = installed(run) else {
        return run.skips.record("buckets were not tested: s3s-fs could not be installed");
    };
    let server = Server::start(run, path)?;
    let mut tests = cargo(&run.root);
    tests.args(["test", "-p", "ct-node", "--features", "s3", "--test", "s3", "--", "--ignored", "--nocapture"]);
    tests.env("CIVICTRUST_S3", format!("http://{}", server.address));
    tests.env("AWS_ACCESS_KEY_ID", KEY_ID).env("AWS_SECRET_ACCESS_KEY", SECRET);
    run_command(tests.env(skips::VARIABLE, run.skips.path()))
}

/// The server's program; none if it cannot be had.
fn installed(run: &Run) -> Option<PathBuf> {
    if is_on_path(NAME) {
        return Some(NAME.into());
    }
    let folder = target_folder(&run.root).join("tools");
    let path = folder.join("bin").join(NAME);
    if !works(Command::new(&path).arg("--version")) {
        let mut install = cargo(&run.root);
        install.args(["install", NAME, "--version", VERSION, "--features", "binary", "--locked", "--debug", "--root"]);
        if let Err(error) = run_command(install.arg(&folder)) {
            println!("not installed: {NAME} ({error:#})");
            return None;
        }
    }
    Some(path)
}

/// Ends with the step.
struct Server {
    address: SocketAddr,
    child: Child,
}

impl Server {
    /// With an empty bucket. A port that is free now may be taken a moment later: then it ends at once, and says why.
    fn start(run: &Run, path: PathBuf) -> Result<Self> {
        let data = target_folder(&run.root).join("s3-data");
        if data.exists() {
            fs::remove_dir_all(&data).with_context(|| format!("cannot clear {}", data.display()))?;
        }
        fs::create_dir_all(data.join(BUCKET)).with_context(|| format!("cannot create {}", data.display()))?;
        let address = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr())?;
        let mut command = program(&run.root, path.to_str().context("the target folder's name is no UTF-8")?);
        command.args(["--host", &address.ip().to_string(), "--port", &address.port().to_string()]);
        command.args(["--access-key", KEY_ID, "--secret-key", SECRET]).arg(&data);
        let shown = announce(&command);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        let mut server = Self { address, child: child.with_context(|| format!("cannot start `{shown}`"))? };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            if let Some(status) = server.child.try_wait()? {
                bail!("`{shown}` ended with {status}");
            }
            if begun.elapsed() > PATIENCE {
                bail!("`{shown}` does not listen");
            }
            sleep(Duration::from_millis(20));
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const NAME: &str = "s3s-fs";
const VERSION: &str = "0.14.1";
/// What the tests expect.
const BUCKET: &str = "civictrust";
/// Any will do: the server is told them too.
const KEY_ID: &str = "test";
const SECRET: &str = "testsecret";
const PATIENCE: Duration = Duration::from_secs(10);
