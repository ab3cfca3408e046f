//! The ground on which drills are played: a new log in a temporary directory, its processes, and a look at its files.

use crate::clock::clock;
use ct_core::{Code, Timestamp};
use ct_node::client::{Client, Persistence, Receipt};
use ct_node::deployment::{self, Keys};
use ct_node::envelope::RequestId;
use ct_node::trust::days;
use ct_node::{Entropy, Error, Plan, Result, TrustPlan, advertise, entry_bundle};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use std::{fs, io};

/// A log of one node and three witnesses, which run.
pub(super) struct Field {
    dir: tempfile::TempDir,
    witnesses: Vec<Option<Child>>,
    node: Option<Child>,
    port: u16,
}

/// The time of this machine.
pub(super) fn now() -> Timestamp {
    // Who started the drill had a clock that could be read; at the end of time everything is refused.
    clock().unwrap_or(Timestamp::MAX)
}

impl Field {
    /// A new log; its witnesses run, its node does not yet.
    pub(super) fn prepare() -> Result<Self> {
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
        deployment::create(dir.path(), &plan, 1, &mut Entropy::from_os()?)?;
        let port = free_port()?;
        let mut field = Self { dir, witnesses: Vec::new(), node: None, port };
        let config = field.path("node-1/config.toml");
        let text = fs::read_to_string(&config).map_err(|source| trouble("the configuration", &source))?;
        let text = text.replace("127.0.0.1:0", &format!("127.0.0.1:{port}"));
        fs::write(&config, text).map_err(|source| trouble("the configuration", &source))?;
        for number in 0..3 {
            field.witnesses.push(None);
            field.start_witness(number)?;
        }
        Ok(field)
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(super) fn keys(&self) -> Result<Keys> {
        Keys::read(self.dir.path())
    }

    /// Starts the node and waits until it answers.
    pub(super) fn start(&mut self) -> Result<()> {
        self.node = Some(self.spawn("serve", "node-1")?);
        let api = self.path("node-1/api");
        self.eventually("the node listens", || Ok(advertise::read(&api).ok()))?;
        Ok(())
    }

    /// `kill -9`.
    pub(super) fn kill(&mut self) -> Result<()> {
        let api = self.path("node-1/api");
        end(self.node.take())?;
        // What it could not do itself, so that the next start is seen.
        let _ = fs::remove_file(api);
        Ok(())
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
        Client::new(&[self.url()], persistence, Arc::new(now), Entropy::from_os()?)
    }

    /// Waits until a published checkpoint covers so many entries.
    pub(super) fn wait_for(&self, size: u64) -> Result<()> {
        self.eventually("the checkpoint is published", || Ok((self.size()? >= size).then_some(())))
    }

    /// Every published entry with its index, from the files.
    pub(super) fn published(&self) -> Result<Vec<(u64, Vec<u8>)>> {
        let size = self.size()?;
        let mut entries = Vec::new();
        for index in 0..size.div_ceil(WIDTH) {
            let (whole, rest) = (size / WIDTH, size % WIDTH);
            let name = if index < whole { format!("{index:03}") } else { format!("{index:03}.p/{rest}") };
            let path = self.path("node-1/data/log/tile/entries").join(name);
            let bytes = fs::read(&path).map_err(|source| trouble("an entry bundle", &source))?;
            let parsed = entry_bundle::parse(&bytes)?;
            let numbered = (index.saturating_mul(WIDTH)..).zip(parsed);
            entries.extend(numbered.map(|(index, entry)| (index, entry.to_vec())));
        }
        Ok(entries)
    }

    fn size(&self) -> Result<u64> {
        match fs::read_to_string(self.path("node-1/data/log/checkpoint")) {
            Ok(note) => Ok(note.lines().nth(1).and_then(|size| size.parse().ok()).unwrap_or(0)),
            Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(source) => Err(trouble("the checkpoint", &source)),
        }
    }

    /// `ct-node fsck` finds nothing.
    pub(super) fn audit(&self) -> Result<()> {
        self.wait_for(1)?;
        let mut command = this_program()?;
        let (log, trust) = (self.path("node-1/data/log"), self.path("trust.cbor"));
        command.arg("fsck").arg(log).arg("--trust").arg(trust).stdout(Stdio::null());
        let status = command.status().map_err(|source| trouble("ct-node fsck", &source))?;
        if status.success() {
            return Ok(());
        }
        Err(Error::new(Code::Internal, "the drill", "did not hold: ct-node fsck found damage", "report this"))
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
        let what = format!("did not hold: never came to pass: {what}");
        Err(Error::new(Code::Internal, "the drill", what, "report this as a defect"))
    }

    fn spawn(&self, command: &str, folder: &str) -> Result<Child> {
        let config = self.path(folder).join("config.toml");
        let mut process = this_program()?;
        process.arg(command).arg("--config").arg(config).stdin(Stdio::null()).stdout(Stdio::null());
        process.stderr(Stdio::null()).spawn().map_err(|source| trouble("a process of ct-node", &source))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(Path::new(name))
    }
}

impl Drop for Field {
    fn drop(&mut self) {
        for child in self.witnesses.iter_mut().map(Option::take).chain([self.node.take()]) {
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

fn this_program() -> Result<Command> {
    std::env::current_exe().map(Command::new).map_err(|source| trouble("ct-node itself", &source))
}

fn end(child: Option<Child>) -> Result<()> {
    let Some(mut child) = child else { return Ok(()) };
    child.kill().and_then(|()| child.wait()).map(drop).map_err(|source| trouble("a process", &source))
}

fn trouble(what: &str, source: &io::Error) -> Error {
    Error::new(Code::IoWrite, what, format!("cannot be used: {source}"), "check the disk and the permissions")
}

const PATIENCE: Duration = Duration::from_secs(60);
const WIDTH: u64 = 256;
