//! A server in this process with its events, and clients that are nothing but a socket.

use ct_node::http::{Drained, Limits, Progress, Server, Telemetry};
use ct_node::{Entropy, Result};
use serde_json::Value;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tokio::runtime::Builder;
use tokio::sync::oneshot;

/// A server on a thread and a runtime of its own, so that whatever blocks it is seen.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) telemetry: Arc<Telemetry>,
    events: Events,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<Result<Drained>>>,
}

/// Short enough for tests, and long enough for a machine that is busy.
pub(crate) fn limits() -> Limits {
    Limits {
        head: Duration::from_millis(400),
        idle: Duration::from_secs(20),
        progress: Progress { bytes_per_second: 1_000, grace: Duration::from_millis(400) },
        request: Duration::from_secs(20),
        drain: Duration::from_secs(20),
        ..Limits::default()
    }
}

pub(crate) fn serve(router: axum::Router, limits: Limits) -> Running {
    let server = Server::bind("127.0.0.1:0".parse().unwrap(), limits).unwrap();
    let address = server.local_addr();
    let telemetry = Arc::new(Telemetry::new("node-under-test", &mut Entropy::from_seed(&[9; 32])));
    let router = router.merge(telemetry.routes());
    let (stop, stopped) = oneshot::channel::<()>();
    let events = Events::default();
    let (seen, eyes) = (events.clone(), Arc::clone(&telemetry));
    let thread = thread::spawn(move || {
        let subscriber = tracing_subscriber::fmt().json().with_writer(move || seen.clone()).finish();
        tracing::subscriber::with_default(subscriber, || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(server.serve(router, eyes, async {
                let _ = stopped.await;
            }))
        })
    });
    Running { address, telemetry, events, stop: Some(stop), thread: Some(thread) }
}

impl Running {
    pub(crate) fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// Begins to stop it.
    pub(crate) fn stop(&mut self) {
        drop(self.stop.take());
    }

    /// Stops it, and waits until it has.
    pub(crate) fn stopped(mut self) -> Drained {
        self.stop();
        self.thread.take().unwrap().join().unwrap().unwrap()
    }

    /// The fields of every event so far.
    pub(crate) fn events(&self) -> Vec<Value> {
        let bytes = self.events.0.lock().unwrap().clone();
        let lines = String::from_utf8(bytes).unwrap();
        lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["fields"].clone()).collect()
    }

    /// Waits until the metrics have this line.
    pub(crate) fn await_metric(&self, line: &str) {
        eventually(&format!("{line} in\n{}", self.telemetry.render()), || {
            self.telemetry.render().lines().any(|found| found == line)
        });
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

#[derive(Clone, Default)]
struct Events(Arc<Mutex<Vec<u8>>>);

impl Write for Events {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A client that sends what it likes.
pub(crate) struct Client {
    pub(crate) socket: TcpStream,
    /// Read, and not yet part of an answer.
    read: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        let socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { socket, read: Vec::new() }
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.socket.write_all(bytes.as_ref()).unwrap();
        self
    }

    /// Sends a request as it should be, and takes the answer.
    pub(crate) fn ask(&mut self, method: &str, path: &str, body: &[u8]) -> Answer {
        self.send(format!("{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", body.len()));
        self.send(body).answer()
    }

    /// The next answer; its length is announced.
    pub(crate) fn answer(&mut self) -> Answer {
        let mut bytes = [0; 4096];
        loop {
            if let Some(end) = self.read.windows(4).position(|end| end == b"\r\n\r\n") {
                let head = String::from_utf8(self.read[..end].to_vec()).unwrap();
                let length: usize = header(&head, "content-length").map_or(0, |length| length.parse().unwrap());
                if self.read.len() >= end + 4 + length {
                    let body = self.read[end + 4..end + 4 + length].to_vec();
                    self.read.drain(..end + 4 + length);
                    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
                    return Answer { status, head, body };
                }
            }
            let count = self.socket.read(&mut bytes).unwrap();
            assert!(count > 0, "closed after {:?}", String::from_utf8_lossy(&self.read));
            self.read.extend_from_slice(&bytes[..count]);
        }
    }

    /// Everything until the server closes; a reset is an end too.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        let mut bytes = std::mem::take(&mut self.read);
        let mut part = [0; 65_536];
        loop {
            match self.socket.read(&mut part) {
                Ok(0) => return bytes,
                Ok(count) => bytes.extend_from_slice(&part[..count]),
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return bytes,
                Err(error) => panic!("not closed: {error}"),
            }
        }
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The code of an error's JSON object, which has all of its members.
    pub(crate) fn code(&self) -> String {
        let object: Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(self.header("content-type"), Some("application/json"));
        assert!(object["message"].is_string() && object["next"].is_string() && object.as_object().unwrap().len() == 3);
        object["code"].as_str().unwrap().to_owned()
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().skip(1).find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

/// Waits for what another thread brings about.
pub(crate) fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "never: {what}");
        thread::park_timeout(Duration::from_millis(2));
    }
}

/// A gate that handlers wait at.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) open: Arc<tokio::sync::Semaphore>,
    arrived: mpsc::Sender<()>,
}

impl Gate {
    pub(crate) fn new() -> (Self, mpsc::Receiver<()>) {
        let (arrived, arrivals) = mpsc::channel();
        (Self { open: Arc::new(tokio::sync::Semaphore::new(0)), arrived }, arrivals)
    }

    pub(crate) async fn pass(&self) {
        self.arrived.send(()).unwrap();
        self.open.acquire().await.unwrap().forget();
    }
}

pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
