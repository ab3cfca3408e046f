//! A proxy between a store and its server: one request at a time goes through, or meets with a fault.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing: it goes through, and the answer comes back.
    None,
    /// The connection ends before the server hears of it.
    CutBefore,
    /// It is carried out, and the connection ends before the answer.
    LostAnswer,
    /// It is carried out, and the connection ends within the answer.
    HalfAnswer,
    /// The server hears nothing of it; the answer has this status.
    Refused(u16),
    /// It is carried out; the answer has this status.
    DoneAndRefused(u16),
    /// It is carried out; the answer comes after this time.
    Late(Duration),
    /// The server hears nothing of it; the answer says that it was carried out.
    NotDone,
    /// The server hears nothing of it; what comes is no answer.
    Nonsense,
    /// The server hears nothing of it; the answer announces more than a file of a log can have.
    TooLong,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    head: String,
    body: Vec<u8>,
}

impl Asked {
    /// Whether it has this header, in small letters.
    pub(crate) fn has(&self, header: &str) -> bool {
        self.head.lines().any(|line| line.split_once(':').is_some_and(|(name, _)| name.eq_ignore_ascii_case(header)))
    }
}

/// A request that the server has answered, whether the answer came through or not.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) status: u16,
}

/// Decides what happens to the next request.
pub(crate) trait Rule: FnMut(&Asked) -> Fault + Send + 'static {}

impl<F: FnMut(&Asked) -> Fault + Send + 'static> Rule for F {}

pub(crate) struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

struct Shared {
    server: SocketAddr,
    rule: Mutex<Box<dyn Rule>>,
    /// Each request with what happened to it.
    asked: Mutex<Vec<(Asked, Fault)>>,
    done: Mutex<Vec<Done>>,
    ended: AtomicBool,
}

impl Proxy {
    pub(crate) fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let shared = Arc::new(Shared {
            server,
            rule: Mutex::new(Box::new(|_: &Asked| Fault::None)),
            asked: Mutex::default(),
            done: Mutex::default(),
            ended: AtomicBool::new(false),
        });
        let (address, for_clients) = (listener.local_addr().unwrap(), Arc::clone(&shared));
        let accepting = thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if for_clients.ended.load(Ordering::SeqCst) {
                    return;
                }
                let shared = Arc::clone(&for_clients);
                // A client that goes away ends its thread.
                thread::spawn(move || while shared.exchange(&stream).is_some() {});
            }
        });
        Self { address, shared, accepting: Some(accepting) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From the next request on.
    pub(crate) fn rule(&self, rule: impl Rule) {
        *self.shared.rule.lock().unwrap() = Box::new(rule);
        self.shared.asked.lock().unwrap().clear();
    }

    /// What was asked since the rule was made.
    pub(crate) fn asked(&self) -> Vec<(Asked, Fault)> {
        self.shared.asked.lock().unwrap().clone()
    }

    /// Everything that the server was asked through here, in the order of its answers.
    pub(crate) fn done(&self) -> Vec<Done> {
        self.shared.done.lock().unwrap().clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
        drop(self.accepting.take().map(JoinHandle::join));
    }
}

impl Shared {
    /// One request; `None` when the connection is to end.
    fn exchange(&self, mut client: &TcpStream) -> Option<()> {
        let asked = read_request(client)?;
        let fault = (self.rule.lock().unwrap())(&asked);
        self.asked.lock().unwrap().push((asked.clone(), fault));
        let answer = match fault {
            Fault::CutBefore => return None,
            Fault::Refused(status) => made_up(status),
            Fault::NotDone => b"HTTP/1.1 200 OK\r\netag: \"0\"\r\ncontent-length: 0\r\n\r\n".to_vec(),
            Fault::Nonsense => b"This is not a web server.\r\n\r\n".to_vec(),
            Fault::TooLong => b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n".to_vec(),
            _ => self.forward(&asked)?,
        };
        let answer = match fault {
            Fault::LostAnswer => return None,
            Fault::HalfAnswer => {
                client.write_all(&answer[..answer.len() / 2]).ok()?;
                return None;
            }
            Fault::DoneAndRefused(status) => made_up(status),
            Fault::Late(time) => {
                thread::sleep(time);
                answer
            }
            _ => answer,
        };
        client.write_all(&answer).ok()
    }

    /// Over a connection of its own, which ends with the answer.
    fn forward(&self, asked: &Asked) -> Option<Vec<u8>> {
        let mut server = TcpStream::connect(self.server).ok()?;
        let head = without_connection(&asked.head);
        server.write_all(format!("{head}connection: close\r\n\r\n").as_bytes()).ok()?;
        server.write_all(&asked.body).ok()?;
        let mut answer = Vec::new();
        server.read_to_end(&mut answer).ok()?;
        let end = find_end(&answer)?;
        let head = String::from_utf8(answer[..end].to_vec()).ok()?;
        let Asked { method, path, .. } = asked.clone();
        let status = head.split(' ').nth(1)?.parse().ok()?;
        self.done.lock().unwrap().push(Done { method, path, status });
        let mut whole = format!("{}\r\n", without_connection(&head)).into_bytes();
        whole.extend_from_slice(&answer[end..]);
        Some(whole)
    }
}

fn read_request(mut client: &TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = find_end(&bytes) {
            break end;
        }
        more(&mut client, &mut bytes)?;
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
    });
    while bytes.len() < end + length.unwrap_or(0) {
        more(&mut client, &mut bytes)?;
    }
    let mut words = head.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    Some(Asked { method, path, body: bytes.split_off(end), head })
}

fn more(client: &mut &TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let mut part = [0; 1 << 14];
    loop {
        match client.read(&mut part) {
            Ok(0) => return None,
            Ok(length) => {
                bytes.extend_from_slice(&part[..length]);
                return Some(());
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

/// Where the body begins.
fn find_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|start| start + 4)
}

/// The lines of a head, without the one about the connection and without the empty one.
fn without_connection(head: &str) -> String {
    let lines = head.lines().filter(|line| !line.is_empty() && !line.to_ascii_lowercase().starts_with("connection:"));
    lines.map(|line| format!("{line}\r\n")).collect()
}

fn made_up(status: u16) -> Vec<u8> {
    let body = format!("<?xml version=\"1.0\"?><Error><Code>Fault{status}</Code></Error>");
    let head =
        format!("HTTP/1.1 {status} Fault\r\ncontent-type: application/xml\r\ncontent-length: {}\r\n\r\n", body.len());
    [head, body].concat().into_bytes()
}
