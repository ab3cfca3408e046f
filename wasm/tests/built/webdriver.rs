//! A client for the W3C WebDriver protocol, over the standard library: one request, one connection.

use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A driver program, with one session in one browser; both end when it is dropped.
pub(crate) struct WebDriver {
    child: Child,
    port: u16,
    session: String,
}

/// Why a command failed: the protocol's error and message.
pub(crate) type Failure = String;

impl WebDriver {
    /// Starts the driver, which chooses a port and says so, and asks it for a session.
    pub(crate) fn start(program: &Path, capabilities: &Value) -> Self {
        let mut command = Command::new(program);
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let port = loop {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "the driver ended without naming its port");
            let words = line.trim_end().trim_end_matches('.').rsplit(' ').next();
            if let (true, Some(Ok(port))) = (line.contains("successfully on port"), words.map(str::parse)) {
                break port;
            }
        };
        // What it says later must go somewhere, or it waits.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        let mut driver = Self { child, port, session: String::new() };
        let asked = json!({"capabilities": {"alwaysMatch": capabilities}});
        let answer = driver.request("POST", "/session", &asked).unwrap();
        driver.session = text(&answer, "/sessionId");
        driver
    }

    /// A command of the session.
    pub(crate) fn command(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.request("POST", &format!("/session/{}/{path}", self.session), body)
    }

    /// Loads a page.
    pub(crate) fn go(&self, url: &str) {
        self.command("url", &json!({"url": url})).unwrap();
    }

    /// Runs the body of a function in the page and gives what it returns.
    pub(crate) fn run(&self, script: &str, arguments: &[Value]) -> Value {
        self.command("execute/sync", &json!({"script": script, "args": arguments})).unwrap()
    }

    /// Runs the body of an asynchronous function in the page and gives what it returns in the end.
    pub(crate) fn run_async(&self, script: &str, arguments: &[Value]) -> Value {
        let mut wrapped = String::new();
        write!(
            wrapped,
            "const done = arguments[arguments.length - 1]; const given = Array.from(arguments).slice(0, -1); \
             (async function () {{ {script} }}).apply(null, given) \
             .then(value => done({{ value }}), error => done({{ error: String(error && error.stack || error) }}));"
        )
        .unwrap();
        let answer = self.command("execute/async", &json!({"script": wrapped, "args": arguments})).unwrap();
        assert_eq!(answer.get("error"), None, "the script failed");
        answer.get("value").cloned().unwrap_or(Value::Null)
    }

    /// Types into the element that a CSS selector names; paths, into an input of files.
    pub(crate) fn type_into(&self, selector: &str, text: &str) -> Result<(), Failure> {
        let found = self.command("element", &json!({"using": "css selector", "value": selector}))?;
        let element = found.as_object().and_then(|object| object.values().next()).and_then(Value::as_str).unwrap();
        self.command(&format!("element/{element}/value"), &json!({"text": text})).map(drop)
    }

    /// Presses keys, whatever has the focus.
    pub(crate) fn press(&self, keys: &[&str]) {
        let mut actions = Vec::new();
        for key in keys {
            actions.push(json!({"type": "keyDown", "value": key}));
            actions.push(json!({"type": "keyUp", "value": key}));
        }
        let body = json!({"actions": [{"type": "key", "id": "keyboard", "actions": actions}]});
        self.command("actions", &body).unwrap();
    }

    /// Asks the page until it answers with something other than `null` or `false`.
    pub(crate) fn wait(&self, what: &str, limit: Duration, script: &str, arguments: &[Value]) -> Value {
        let deadline = Instant::now() + limit;
        loop {
            let answer = self.run(script, arguments);
            if !matches!(answer, Value::Null | Value::Bool(false)) {
                return answer;
            }
            assert!(Instant::now() < deadline, "waited {limit:?} for {what}:\n{}", self.visible_text());
            std::thread::sleep(POLL);
        }
    }

    /// What the page shows, for a failure's message.
    pub(crate) fn visible_text(&self) -> String {
        let text = self.run("return document.body ? document.body.innerText.slice(0, 3000) : '(no body)'", &[]);
        text.as_str().unwrap_or_default().to_owned()
    }

    fn request(&self, method: &str, path: &str, body: &Value) -> Result<Value, Failure> {
        let body = if method == "POST" { body.to_string() } else { String::new() };
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.port,
            body.len()
        )
        .unwrap();
        let mut answer = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            answer.read_line(&mut line).unwrap();
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut bytes = vec![0; length];
        answer.read_exact(&mut bytes).unwrap();
        let answer: Value = serde_json::from_slice(&bytes).unwrap();
        let value = answer.get("value").cloned().unwrap_or(Value::Null);
        match value.get("error") {
            Some(error) => Err(format!("{path}: {error}: {}", text(&value, "/message"))),
            None => Ok(value),
        }
    }
}

impl Drop for WebDriver {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            let _ = self.request("DELETE", &format!("/session/{}", self.session), &Value::Null);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The text at a JSON pointer; empty if there is none.
pub(crate) fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Tab, as WebDriver writes it.
pub(crate) const TAB: &str = "\u{E004}";
/// Enter, as WebDriver writes it.
pub(crate) const ENTER: &str = "\u{E007}";

const POLL: Duration = Duration::from_millis(20);

/// Longer than anything takes: a driver that does not answer must not hang the tests.
const PATIENCE: Duration = Duration::from_secs(120);
