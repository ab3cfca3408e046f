//! A web server of a few files, on a port that the system chooses, which remembers what it was asked for.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// A server that runs until the test ends.
pub(crate) struct WebServer {
    port: u16,
    asked: Receiver<String>,
}

impl WebServer {
    /// Serves these files, by their paths below `/`.
    pub(crate) fn of(files: BTreeMap<String, Vec<u8>>) -> Self {
        let files = Arc::new(files);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (tell, asked) = channel();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (files, tell) = (Arc::clone(&files), tell.clone());
                // A browser opens connections in advance: none of them may block the others.
                thread::spawn(move || answer(&stream, &files, &tell));
            }
        });
        Self { port, asked }
    }

    /// A file's address.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("http://localhost:{}/{path}", self.port)
    }

    /// The first lines of all requests until now.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.try_iter().collect()
    }
}

fn answer(mut stream: &TcpStream, files: &BTreeMap<String, Vec<u8>>, tell: &Sender<String>) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let Some(request) = lines.next() else { return };
    lines.by_ref().take_while(|line| !line.is_empty()).for_each(drop);
    let path = request.split(' ').nth(1).and_then(|path| path.strip_prefix('/')).unwrap_or_default().to_owned();
    let (status, body) = match files.get(&path) {
        Some(file) => ("200 OK", file.as_slice()),
        None => ("404 Not Found", &[][..]),
    };
    let kind = if path.ends_with(".mjs") { "text/javascript" } else { "text/html" };
    let _ = tell.send(request);
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    // Whoever has gone does not want the answer.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}
