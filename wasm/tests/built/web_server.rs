//! A web server of one file, on a port that the system chooses, which remembers what it was asked for.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// A server that runs until the test ends.
pub(crate) struct WebServer {
    port: u16,
    asked: Receiver<String>,
}

impl WebServer {
    /// Serves `page` as `/verify.html`.
    pub(crate) fn of(page: Vec<u8>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (tell, asked) = channel();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (page, tell) = (page.clone(), tell.clone());
                // A browser opens connections in advance: none of them may block the others.
                thread::spawn(move || answer(&stream, &page, &tell));
            }
        });
        Self { port, asked }
    }

    /// The page's address.
    pub(crate) fn address(&self) -> String {
        format!("http://localhost:{}/verify.html", self.port)
    }

    /// The first lines of all requests until now.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.try_iter().collect()
    }
}

fn answer(mut stream: &TcpStream, page: &[u8], tell: &Sender<String>) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let Some(request) = lines.next() else { return };
    lines.by_ref().take_while(|line| !line.is_empty()).for_each(drop);
    let (status, body) = match request.split(' ').nth(1) {
        Some("/verify.html") => ("200 OK", page),
        _ => ("404 Not Found", &[][..]),
    };
    let _ = tell.send(request);
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    // Whoever has gone does not want the answer.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}
