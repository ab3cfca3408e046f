//! `ct-node cluster`: all nodes and witnesses of a log on this machine, each a process of its own.

use crate::args::ClusterArgs;
use crate::clock::clock;
use crate::output::{line, remark, word};
use crate::{init, signals};
use ct_core::Code;
use ct_node::deployment::{self, Processes};
use ct_node::http::{HttpClient, Patience};
use ct_node::{Entropy, Error, Result, advertise};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::time::sleep;

pub(crate) fn run(args: &ClusterArgs) -> Result<()> {
    let dir = &args.dir;
    let found = if let Some(found) = Processes::find(dir)? {
        found
    } else {
        let plan = init::plan(&args.names, WITNESSES, clock()?);
        deployment::create(dir, &plan, args.nodes.unwrap_or(NODES), &mut Entropy::from_os()?)?;
        let vanished = || Error::new(Code::IoNotFound, word(dir), "is empty again", "try again");
        Processes::find(dir)?.ok_or_else(vanished)?
    };
    let count = found.nodes.len();
    if args.nodes.is_some_and(|nodes| usize::try_from(nodes) != Ok(count)) {
        let next = "leave out --nodes; to change the number of nodes, change the members of the log";
        return Err(Error::new(Code::UsageArguments, word(dir), format!("is a log of {count} node(s)"), next));
    }
    let claim = deployment::claim(dir)?;
    let ended = signals::until_told(async |mut told| {
        let mut cluster = Cluster::default();
        let ended = tokio::select! {
            ended = cluster.run(dir, &found) => ended,
            () = &mut told => Ok(()),
        };
        cluster.stop().await;
        ended
    });
    drop(claim);
    ended
}

/// The processes that were started, in two groups because one needs the other.
#[derive(Default)]
struct Cluster {
    witnesses: Vec<Process>,
    nodes: Vec<Process>,
}

/// A node or a witness.
struct Process {
    name: String,
    folder: PathBuf,
    /// None once it has ended.
    child: Option<Child>,
}

impl Cluster {
    /// Starts all and looks after them until no node runs any more.
    async fn run(&mut self, dir: &Path, found: &Processes) -> Result<()> {
        // On the thread that waits for the end: the children end with their parent's thread.
        for name in &found.witnesses {
            self.witnesses.push(Process::start("witness", dir, name)?);
        }
        for name in &found.nodes {
            self.nodes.push(Process::start("serve", dir, name)?);
        }
        let (began, mut is_late, mut is_ready) = (Instant::now(), false, false);
        loop {
            self.witnesses.iter_mut().chain(&mut self.nodes).for_each(Process::look);
            if self.nodes.iter().all(|node| node.child.is_none()) {
                let next = "see log.txt in the folder of each";
                return Err(Error::new(Code::IoNetwork, word(dir), "no node runs any more", next));
            }
            if !is_ready && self.is_ready().await {
                is_ready = true;
                describe(dir, found)?;
            }
            if !is_ready && !is_late && began.elapsed() > LATE {
                is_late = true;
                remark("ct-node: the log is not ready yet; see log.txt in the folder of each process");
            }
            sleep(POLL).await;
        }
    }

    /// A majority of the nodes has published a witnessed checkpoint: then one of them leads.
    async fn is_ready(&self) -> bool {
        let urls: Vec<_> =
            self.nodes.iter().filter_map(|node| advertise::read(&node.folder.join("api")).ok()).collect();
        let ask = move || {
            let client = HttpClient::new(Patience { connect: PROBE, read: PROBE, total: PROBE });
            let is_ready =
                |url: &&String| client.get(&format!("{url}/readyz"), 4_096).is_ok_and(|reply| reply.status == 200);
            urls.iter().filter(is_ready).count()
        };
        tokio::task::spawn_blocking(ask).await.is_ok_and(|ready| ready > self.nodes.len() / 2)
    }

    /// The nodes first: what they have accepted may still want a witness.
    async fn stop(mut self) {
        for group in [&mut self.nodes, &mut self.witnesses] {
            group.iter().for_each(Process::tell);
            let until = Instant::now() + CLOSING;
            loop {
                group.iter_mut().for_each(|process| drop(process.ended()));
                if group.iter().all(|process| process.child.is_none()) || Instant::now() > until {
                    break;
                }
                sleep(POLL).await;
            }
            group.iter_mut().for_each(Process::kill);
        }
    }
}

impl Process {
    fn start(command: &str, dir: &Path, name: &str) -> Result<Self> {
        let folder = dir.join(name);
        let trouble = |source: io::Error| {
            let what = format!("cannot be started: {source}");
            Error::new(Code::IoWrite, word(&folder), what, "check the disk and the permissions")
        };
        for stale in ["api", "peer"] {
            // Of a process that was killed. It must not be taken for the new one's.
            let _ = fs::remove_file(folder.join(stale));
        }
        let log = File::options().create(true).append(true).open(folder.join("log.txt")).map_err(trouble)?;
        let mut process = Command::new(std::env::current_exe().map_err(trouble)?);
        process.arg(command).arg("--config").arg(folder.join("config.toml"));
        process.arg("--parent").arg(std::process::id().to_string());
        process.stdin(Stdio::null()).stdout(log.try_clone().map_err(trouble)?).stderr(log);
        // Ctrl-C is for the parent, which tells the children once and in their order.
        let child = process.process_group(0).spawn().map_err(trouble)?;
        let written = fs::write(folder.join("pid"), format!("{}\n", child.id()));
        let process = Self { name: name.to_owned(), folder, child: Some(child) };
        written.map_err(|source| {
            let what = format!("cannot be written: {source}");
            Error::new(Code::IoWrite, word(&process.folder), what, "check the disk and the permissions")
        })?;
        Ok(process)
    }

    /// How it ended, if it has done so since this was asked last. Then it has no ID any more.
    fn ended(&mut self) -> Option<String> {
        let how = match self.child.as_mut()?.try_wait() {
            Ok(None) => return None,
            Ok(Some(status)) => status.to_string(),
            Err(source) => source.to_string(),
        };
        self.forget();
        Some(how)
    }

    fn forget(&mut self) {
        self.child = None;
        let _ = fs::remove_file(self.folder.join("pid"));
    }

    /// Says if it has ended.
    fn look(&mut self) {
        if let Some(how) = self.ended() {
            let (name, folder) = (&self.name, word(&self.folder));
            remark(format_args!("ct-node: {name} ended ({how}); its last words are in {folder}/log.txt"));
        }
    }

    fn tell(&self) {
        if let Some(child) = &self.child {
            let process = Pid::from_child(child);
            // One that was stopped has to go on to hear it. One that has ended hears nothing.
            let _ = kill_process(process, Signal::TERM).and_then(|()| kill_process(process, Signal::CONT));
        }
    }

    fn kill(&mut self) {
        if let Some(child) = &mut self.child {
            remark(format_args!("ct-node: {} did not end in time and was killed", self.name));
            // It may have ended just now.
            let _ = child.kill().and_then(|()| child.wait());
            self.forget();
        }
    }
}

/// What can be done now.
fn describe(dir: &Path, found: &Processes) -> Result<()> {
    let (nodes, witnesses, shown) = (found.nodes.len(), found.witnesses.len(), word(dir));
    line(format_args!("The log in {shown} is ready: {nodes} node(s) and {witnesses} witness(es) run."))?;
    line("")?;
    line("Try next, in another terminal:")?;
    let urls: Vec<String> = found.nodes.iter().map(|node| format!("$(cat {shown}/{node}/api)")).collect();
    let to = urls.join(",");
    line(format_args!("  ct-node issue --to {to} --key {shown}/keys/issuer.pem --out bundles FILE..."))?;
    line(format_args!("  ct verify --trust {shown}/trust.cbor bundles"))?;
    line(format_args!("  ct-node status {shown}"))?;
    let node = found.nodes.last().map_or("node-1", String::as_str);
    line(format_args!("  kill -9 $(cat {shown}/{node}/pid)"))?;
    line(format_args!("  ct-node serve --config {shown}/{node}/config.toml"))?;
    line("Ctrl-C stops all of them.")
}

const NODES: u32 = 3;
const WITNESSES: u32 = 3;
const POLL: Duration = Duration::from_millis(50);
const PROBE: Duration = Duration::from_millis(500);
const LATE: Duration = Duration::from_secs(30);
/// A node takes at most a minute to finish what it has begun.
const CLOSING: Duration = Duration::from_secs(70);
