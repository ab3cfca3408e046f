//! Firefox, driven by its own Marionette protocol: the page gives the same verdicts there.

use crate::dist;
use crate::namespace::inside;
use crate::page::file_address;
use crate::verdicts::{AT, expected, trust};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A running Firefox with one tab; ends when dropped.
struct Firefox {
    child: Child,
    stream: BufReader<TcpStream>,
    asked: u32,
    _profile: TempDir,
}

impl Firefox {
    fn start(program: &Path) -> Self {
        let profile = tempfile::tempdir().unwrap();
        fs::write(profile.path().join("user.js"), PREFERENCES).unwrap();
        let mut command = Command::new(program);
        command.args(["--headless", "--no-remote", "--marionette", "--profile"]).arg(profile.path());
        command.env("HOME", profile.path()).env("MOZ_CRASHREPORTER_DISABLE", "1");
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // It writes the port that it has chosen into its profile.
        let deadline = Instant::now() + PATIENCE;
        let port = loop {
            let written = fs::read_to_string(profile.path().join("MarionetteActivePort")).unwrap_or_default();
            if let Ok(port) = written.trim().parse::<u16>() {
                break port;
            }
            assert!(Instant::now() < deadline, "Firefox did not name its port");
            std::thread::sleep(POLL);
        };
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut firefox = Self { child, stream: BufReader::new(stream), asked: 0, _profile: profile };
        firefox.message();
        firefox.command("WebDriver:NewSession", &json!({"capabilities": {"alwaysMatch": {}}}));
        firefox
    }

    /// A message, which stands after its length and a colon.
    fn message(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut digit = [0];
            self.stream.read_exact(&mut digit).unwrap();
            match digit[0] {
                b':' => break,
                digit => length = length * 10 + usize::from(digit - b'0'),
            }
        }
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    fn command(&mut self, name: &str, parameters: &Value) -> Value {
        self.asked += 1;
        let asked = json!([0, self.asked, name, parameters]).to_string();
        write!(self.stream.get_mut(), "{}:{asked}", asked.len()).unwrap();
        let answer = self.message();
        assert_eq!(answer[2], Value::Null, "{name}");
        answer[3].get("value").cloned().unwrap_or(answer[3].clone())
    }

    fn run(&mut self, script: &str, arguments: &[Value]) -> Value {
        self.command("WebDriver:ExecuteScript", &json!({"script": script, "args": arguments}))
    }

    fn wait(&mut self, what: &str, script: &str, arguments: &[Value]) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = self.run(script, arguments);
            if !matches!(answer, Value::Null | Value::Bool(false)) {
                return answer;
            }
            assert!(Instant::now() < deadline, "waited for {what}");
            std::thread::sleep(POLL);
        }
    }

    fn pick(&mut self, selector: &str, paths: &str) {
        let found = self.command("WebDriver:FindElement", &json!({"using": "css selector", "value": selector}));
        let element = found.as_object().unwrap().values().next().unwrap().clone();
        self.command("WebDriver:ElementSendKeys", &json!({"id": element, "text": paths}));
    }
}

impl Drop for Firefox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_examples_are_judged_in_firefox_as_core_judges_them() {
    let test = "firefox::the_examples_are_judged_in_firefox_as_core_judges_them";
    inside(test, || {
        let Some(file) = dist::page(test) else { return };
        let Some(program) = dist::program("the page in Firefox", "firefox-esr") else { return };
        let mut firefox = Firefox::start(&program);
        for folder in ["bundles/valid", "bundles/refused"] {
            firefox.command("WebDriver:Navigate", &json!({"url": file_address(&file)}));
            firefox.wait("the page", "return document.documentElement.dataset.ready === 'true'", &[]);
            firefox.run(crate::page::SETTINGS, &[json!("strict"), json!(AT)]);
            firefox.pick("#trust", trust().to_str().unwrap());
            let bundles = dist::files(folder);
            let paths: Vec<&str> = bundles.iter().map(|path| path.to_str().unwrap()).collect();
            firefox.pick("#bundles", &paths.join("\n"));
            let rows = firefox.wait("the verdicts", crate::page::SETTLED, &[json!(bundles.len())]);
            let rows: Vec<(String, String, String)> = serde_json::from_value(rows).unwrap();
            let rows: BTreeMap<_, _> = rows.into_iter().map(|(file, status, code)| (file, (status, code))).collect();
            assert_eq!(rows, expected(folder), "{folder}");
        }
    });
}

const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(50);

/// A port of the system's choice, and no calls home.
const PREFERENCES: &str = r#"user_pref("marionette.port", 0);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
user_pref("app.update.disabledForTesting", true);
user_pref("browser.startup.page", 0);
"#;
