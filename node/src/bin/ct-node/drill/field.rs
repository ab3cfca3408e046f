//! The ground on which drills are played: a new log in a temporary directory, its processes, and a look at its files.

use crate::clock::clock;
use ct_core::{Code, Timestamp};
use ct_node::client::{Client, Persistence, Receipt};
use ct_node::deployment::{self, Keys};
use ct_node::envelope::RequestId;
use ct_node::http::{HttpClient, Patience};
use ct_node::service::{LogStanding, NodeRole, NodeStatus};
use ct_node::trust::days;
use ct_node::{Entropy, Error, Plan, Result, TrustPlan, advertise, entry_bundle};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use std::{fs, io};

/// A log of one node or several and three witnesses, which run.
pub(super) struct Field {
    dir: tempfile::TempDir,
    witnesses: Vec<Option<Child>>,
    nodes: BTreeMap<u64, Running>,
}

/// A node's process, if it runs, and where clients find it.
struct Running {
    child: Option<Child>,
    port: u16,
}

/// The time of this machine.
pub(super) fn now() -> Timestamp {
    // Who started the drill had a clock that could be read; at the end of time everything is refused.
    clock().unwrap_or(Timestamp::MAX)
}

impl Field {
    /// A new log of so many nodes; its witnesses run, its nodes do not yet.
    pub(super) fn prepare(nodes: u32) -> Result<Self> {
        let dir = tempfile::tempdir().map_err(|source| trouble("a temporary directory", &source))?;
        let at = clock()?;
        let plan = Plan {
            origin: "log.drill.example".to_owned(),
            witnesses: 3,
            trust: TrustPlan {
                name: "Drill".to_owned(),
                issuer: "drill.example".to_owned(),
                issuer_name: "Drill".to_owned(),
                types: vec!["document".to_owned()],
                quorum: 2,
                issued: at,
                expires: at.plus(days(1)),
                keys_until: at.plus(days(1)),
                evidence: days(1),
                status: days(1),
                example: true,
            },
        };
        deployment::create(dir.path(), &plan, nodes, &mut Entropy::from_os()?)?;
        let mut field = Self { dir, witnesses: Vec::new(), nodes: BTreeMap::new() };
        for node in 1..=u64::from(nodes) {
            let port = free_port()?;
            field.nodes.insert(node, Running { child: None, port });
            let config = field.path(&format!("node-{node}/config.toml"));
            let text = fs::read_to_string(&config).map_err(|source| trouble("the configuration", &source))?;
            // Clients find it again after it was killed; and a drill does not wait for a log of many megabytes.
            let text = text.replacen("\nlisten = \"127.0.0.1:0\"", &format!("\nlisten = \"127.0.0.1:{port}\""), 1);
            let text = format!("{text}\n[limits]\npersist_kib = 256\n");
            fs::write(&config, text).map_err(|source| trouble("the configuration", &source))?;
        }
        for number in 0..3 {
            field.witnesses.push(None);
            field.start_witness(number)?;
        }
        Ok(field)
    }

    /// A second folder for the first node, with the same key; its number in the field.
    pub(super) fn twin(&mut self) -> Result<u64> {
        let twin = self.all().into_iter().max().unwrap_or(0).saturating_add(1);
        let port = free_port()?;
        let read = |source| trouble("the configuration", &source);
        let text = fs::read_to_string(self.path("node-1/config.toml")).map_err(read)?;
        let (old, new) = (self.url().replace("http://", ""), format!("127.0.0.1:{port}"));
        let folder = self.path(&format!("node-{twin}"));
        fs::create_dir(&folder).map_err(read)?;
        fs::write(folder.join("config.toml"), text.replace(&old, &new)).map_err(read)?;
        self.nodes.insert(twin, Running { child: None, port });
        Ok(twin)
    }

    /// Where clients find the first node.
    pub(super) fn url(&self) -> String {
        self.url_of(1)
    }

    pub(super) fn url_of(&self, node: u64) -> String {
        format!("http://127.0.0.1:{}", self.nodes.get(&node).map_or(0, |running| running.port))
    }

    /// Where clients find any of them.
    pub(super) fn urls(&self) -> Vec<String> {
        self.nodes.keys().map(|node| self.url_of(*node)).collect()
    }

    /// The numbers of all nodes.
    pub(super) fn all(&self) -> Vec<u64> {
        self.nodes.keys().copied().collect()
    }

    pub(super) fn keys(&self) -> Result<Keys> {
        Keys::read(self.dir.path())
    }

    /// Starts every node and waits until they answer.
    pub(super) fn start(&mut self) -> Result<()> {
        self.all().into_iter().try_for_each(|node| self.begin(node))?;
        self.all().into_iter().try_for_each(|node| self.until_up(node))
    }

    /// Starts a node and waits until it answers.
    pub(super) fn start_node(&mut self, node: u64) -> Result<()> {
        self.begin(node)?;
        self.until_up(node)
    }

    /// Starts a node, which may not be able to answer yet.
    pub(super) fn begin(&mut self, node: u64) -> Result<()> {
        let child = self.spawn("serve", &format!("node-{node}"))?;
        self.nodes.entry(node).and_modify(|running| running.child = Some(child));
        Ok(())
    }

    fn until_up(&self, node: u64) -> Result<()> {
        let api = self.path(&format!("node-{node}/api"));
        self.eventually("the node listens", || Ok(advertise::read(&api).ok()))?;
        Ok(())
    }

    /// `kill -9` of the first node.
    pub(super) fn kill(&mut self) -> Result<()> {
        self.kill_node(1)
    }

    /// `kill -9`.
    pub(super) fn kill_node(&mut self, node: u64) -> Result<()> {
        end(self.nodes.get_mut(&node).and_then(|running| running.child.take()))?;
        // What it could not do itself, so that the next start is seen.
        let _ = fs::remove_file(self.path(&format!("node-{node}/api")));
        Ok(())
    }

    /// Everything that a node had stored is gone, its keys and configuration are not.
    pub(super) fn wipe(&self, node: u64) -> Result<()> {
        let data = self.path(&format!("node-{node}/data"));
        fs::remove_dir_all(&data).map_err(|source| trouble("the node's data", &source))
    }

    /// Stops a node's process (SIGSTOP), or lets it go on (SIGCONT): to the others it is cut off.
    pub(super) fn signal(&self, node: u64, signal: rustix::process::Signal) -> Result<()> {
        let child = self.nodes.get(&node).and_then(|running| running.child.as_ref());
        let process = child.and_then(|child| rustix::process::Pid::from_child(child).into());
        let Some(process) = process else { return Ok(()) };
        rustix::process::kill_process(process, signal).map_err(|error| trouble("a process", &error.into()))
    }

    /// How a node is, by its own word; `None` if it does not answer.
    pub(super) fn status(&self, node: u64) -> Option<NodeStatus> {
        let url = format!("{}/v1/status", self.url_of(node));
        let patience = Patience { total: Duration::from_secs(1), ..Patience::default() };
        let reply = HttpClient::new(patience).get(&url, 65_536).ok().filter(|reply| reply.status == 200)?;
        NodeStatus::parse(&reply.body, &url).ok()
    }

    /// The node among these that leads, once one does whom a majority follows: its log has what it asks for.
    pub(super) fn leader(&self, among: &[u64]) -> Result<u64> {
        let leads = |node: &&u64| self.status(**node).is_some_and(|status| status.standing.role == NodeRole::Leads);
        self.eventually("a node leads", || Ok(among.iter().find(leads).copied()))
    }

    /// Waits until these nodes have come equally far, and demands that they have the same state, the same entries and
    /// one root for each size (R11.5); the entries.
    pub(super) fn agreed(&self, among: &[u64]) -> Result<Vec<(u64, Vec<u8>)>> {
        let log = |node: &u64| self.status(*node).and_then(|status| status.log);
        let logs = self.eventually("all nodes have everything", || {
            let logs: Option<Vec<_>> = among.iter().map(log).collect();
            let is_done = |logs: &Vec<LogStanding>| {
                let first = logs.first().map(|log| (log.history.at, log.tree.size));
                logs.iter().all(|log| {
                    let published = log.published.map(|tree| tree.size);
                    Some((log.history.at, log.tree.size)) == first && published == Some(log.tree.size)
                })
            };
            Ok(logs.filter(is_done))
        });
        let logs = logs.map_err(|error| {
            let seen: Vec<String> = among.iter().map(|node| format!("node {node}: {:?}", self.status(*node))).collect();
            Error::new(error.code(), error.place(), format!("{}; {}", error.what(), seen.join("; ")), error.next())
        })?;
        let first = logs.first();
        let same = logs.iter().all(|log| {
            Some(log.history.hash) == first.map(|first| first.history.hash)
                && log.published == first.and_then(|first| first.published)
        });
        if !same {
            return Err(broken("two nodes have different states"));
        }
        let mut entries = None;
        for node in among {
            let published = self.published_by(*node)?;
            if entries.get_or_insert_with(|| published.clone()) != &published {
                return Err(broken("two nodes have published different entries"));
            }
            self.audit_node(*node)?;
        }
        Ok(entries.unwrap_or_default())
    }

    pub(super) fn start_witness(&mut self, number: usize) -> Result<()> {
        let folder = format!("witness-{}", number.saturating_add(1));
        let child = self.spawn("witness", &folder)?;
        if let Some(place) = self.witnesses.get_mut(number) {
            *place = Some(child);
        }
        let api = self.path(&folder).join("api");
        self.eventually("the witness listens", || Ok(advertise::read(&api).ok()))?;
        Ok(())
    }

    pub(super) fn kill_witness(&mut self, number: usize) -> Result<()> {
        end(self.witnesses.get_mut(number).and_then(Option::take))?;
        let _ = fs::remove_file(self.path(&format!("witness-{}/api", number.saturating_add(1))));
        Ok(())
    }

    /// New statements of the issuer's.
    pub(super) fn statements(&self, count: usize) -> Result<Vec<Vec<u8>>> {
        let (keys, mut entropy) = (self.keys()?, Entropy::from_os()?);
        let make = |_| keys.invented(now(), &mut entropy).map(|signed| signed.statement);
        (0..count).map(make).collect()
    }

    pub(super) fn submit_as(&self, id: RequestId, statements: &[Vec<u8>]) -> Result<Receipt> {
        let keys = self.keys()?;
        let statements: Vec<&[u8]> = statements.iter().map(Vec::as_slice).collect();
        self.client(PATIENCE)?.submit_as(id, &keys.origin, &keys.client_key, &statements)
    }

    /// The bundles, by a client that does not wait for long.
    pub(super) fn impatient_bundles(&self, receipt: &Receipt) -> Result<Vec<Vec<u8>>> {
        self.client(Duration::from_secs(2))?.bundles(receipt)
    }

    fn client(&self, total: Duration) -> Result<Client> {
        let persistence = Persistence { total, ..Persistence::default() };
        Client::new(&self.urls(), persistence, Arc::new(now), Entropy::from_os()?)
    }

    /// What becomes of a request that is given little time.
    pub(super) fn impatient_submit(&self, id: RequestId, statements: &[Vec<u8>]) -> Result<Receipt> {
        let keys = self.keys()?;
        let statements: Vec<&[u8]> = statements.iter().map(Vec::as_slice).collect();
        self.client(Duration::from_secs(4))?.submit_as(id, &keys.origin, &keys.client_key, &statements)
    }

    /// Waits until a published checkpoint covers so many entries.
    pub(super) fn wait_for(&self, size: u64) -> Result<()> {
        self.eventually("the checkpoint is published", || Ok((self.size(1)? >= size).then_some(())))
    }

    /// Every entry that the first node has published, with its index, from the files.
    pub(super) fn published(&self) -> Result<Vec<(u64, Vec<u8>)>> {
        self.published_by(1)
    }

    fn published_by(&self, node: u64) -> Result<Vec<(u64, Vec<u8>)>> {
        let size = self.size(node)?;
        let mut entries = Vec::new();
        for index in 0..size.div_ceil(WIDTH) {
            let (whole, rest) = (size / WIDTH, size % WIDTH);
            let name = if index < whole { format!("{index:03}") } else { format!("{index:03}.p/{rest}") };
            let path = self.path(&format!("node-{node}/data/log/tile/entries")).join(name);
            let bytes = fs::read(&path).map_err(|source| trouble("an entry bundle", &source))?;
            let parsed = entry_bundle::parse(&bytes)?;
            let numbered = (index.saturating_mul(WIDTH)..).zip(parsed);
            entries.extend(numbered.map(|(index, entry)| (index, entry.to_vec())));
        }
        Ok(entries)
    }

    /// What a node has published.
    pub(super) fn size(&self, node: u64) -> Result<u64> {
        match fs::read_to_string(self.path(&format!("node-{node}/data/log/checkpoint"))) {
            Ok(note) => Ok(note.lines().nth(1).and_then(|size| size.parse().ok()).unwrap_or(0)),
            Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(source) => Err(trouble("the checkpoint", &source)),
        }
    }

    /// `ct-node fsck` finds nothing on any node.
    pub(super) fn audit(&self) -> Result<()> {
        self.wait_for(1)?;
        self.all().into_iter().try_for_each(|node| self.audit_node(node))
    }

    fn audit_node(&self, node: u64) -> Result<()> {
        let mut command = this_program()?;
        let (log, trust) = (self.path(&format!("node-{node}/data/log")), self.path("trust.cbor"));
        command.arg("fsck").arg(log).arg("--trust").arg(trust).stdout(Stdio::null());
        let status = command.status().map_err(|source| trouble("ct-node fsck", &source))?;
        if status.success() {
            return Ok(());
        }
        Err(broken("ct-node fsck found damage"))
    }

    /// Ends the processes and keeps everything for whoever looks for the reason; where.
    pub(super) fn keep(mut self) -> PathBuf {
        self.dir.disable_cleanup(true);
        self.dir.path().to_owned()
    }

    /// Asks again until there is an answer.
    pub(super) fn eventually<T>(&self, what: &str, mut ask: impl FnMut() -> Result<Option<T>>) -> Result<T> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(answer) = ask()? {
                return Ok(answer);
            }
            thread::sleep(Duration::from_millis(10));
        }
        Err(broken(format_args!("never came to pass: {what}")))
    }

    fn spawn(&self, command: &str, folder: &str) -> Result<Child> {
        let config = self.path(folder).join("config.toml");
        let mut process = this_program()?;
        process.arg(command).arg("--config").arg(config).stdin(Stdio::null()).stdout(Stdio::null());
        let log = self.path(folder).join("log.txt");
        let log =
            fs::File::options().create(true).append(true).open(log).map_err(|source| trouble("a log", &source))?;
        process.stderr(log).spawn().map_err(|source| trouble("a process of ct-node", &source))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(Path::new(name))
    }
}

impl Drop for Field {
    fn drop(&mut self) {
        let nodes = self.nodes.values_mut().map(|running| running.child.take());
        for child in self.witnesses.iter_mut().map(Option::take).chain(nodes) {
            // They may have ended by themselves.
            let _ = end(child);
        }
    }
}

/// A port that is free now, so that clients find the node again after it was killed. It is below those that systems give
/// to connections, one of which could take it meanwhile.
fn free_port() -> Result<u16> {
    let mut entropy = Entropy::from_os()?;
    for _ in 0..100 {
        let port = 20_000 + u16::from_be_bytes(entropy.bytes()) % 12_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    Err(Error::new(Code::IoPortInUse, "127.0.0.1", "no free port was found in a hundred tries", "try again"))
}

pub(super) fn this_program() -> Result<Command> {
    std::env::current_exe().map(Command::new).map_err(|source| trouble("ct-node itself", &source))
}

fn end(child: Option<Child>) -> Result<()> {
    let Some(mut child) = child else { return Ok(()) };
    child.kill().and_then(|()| child.wait()).map(drop).map_err(|source| trouble("a process", &source))
}

fn trouble(what: &str, source: &io::Error) -> Error {
    Error::new(Code::IoWrite, what, format!("cannot be used: {source}"), "check the disk and the permissions")
}

/// A promise that was broken, or is not kept in time.
pub(super) fn broken(how: impl Display) -> Error {
    Error::new(Code::Internal, "the drill", format!("did not hold: {how}"), "report this as a defect")
}

const PATIENCE: Duration = Duration::from_secs(60);
const WIDTH: u64 = 256;
