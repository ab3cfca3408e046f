//! A real pseudo-terminal to type passphrases into, by util-linux `script`.

use assert_cmd::cargo::cargo_bin;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// A shell on a terminal of its own that runs `ct` once, then prints its exit status and the terminal's settings.
pub(crate) struct Terminal {
    child: Child,
    keyboard: ChildStdin,
    screen: Receiver<Vec<u8>>,
    shown: String,
    device: String,
}

impl Terminal {
    /// Starts `ct` with these words, in `folder`; `None`, said aloud, where there is no `script` of util-linux.
    pub(crate) fn run(folder: &Path, words: &str) -> Option<Self> {
        let version = Command::new("script").arg("--version").output();
        if !version.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("util-linux")) {
            ct_testdata::skip("no script program of util-linux");
            return None;
        }
        let ct = cargo_bin("ct");
        let run = format!("sh -c 'echo $$ > ct.pid; exec \"$0\" {words}' '{}'", ct.display());
        let lines = format!("tty\n{run}\necho \"status=$?\"\nstty -a\n");
        std::fs::write(folder.join("lines.sh"), lines).unwrap();
        let mut child = Command::new("script")
            .args(["-qec", "sh lines.sh", "/dev/null"])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let keyboard = child.stdin.take().unwrap();
        let mut output = child.stdout.take().unwrap();
        let (sender, screen) = channel();
        thread::spawn(move || {
            let mut piece = [0; 4_096];
            while let Ok(length @ 1..) = output.read(&mut piece) {
                if sender.send(piece[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        let mut terminal = Self { child, keyboard, screen, shown: String::new(), device: String::new() };
        terminal.wait_for("\n");
        terminal.device = terminal.shown.lines().next().unwrap().trim().to_owned();
        Some(terminal)
    }

    /// Waits for the prompt, and until the terminal shows nothing of what is typed; then types.
    pub(crate) fn answer(&mut self, prompt: &str, keys: &str) {
        self.wait_for(prompt);
        let start = Instant::now();
        while !self.settings().contains(&"-echo".to_owned()) {
            assert!(start.elapsed() < PATIENCE, "the terminal still shows what is typed: {}", self.shown);
            thread::yield_now();
        }
        // The next prompt may be the same.
        self.shown.clear();
        self.press(keys);
    }

    /// An interrupt that nobody typed.
    pub(crate) fn interrupt(&self, folder: &Path) {
        let id = std::fs::read_to_string(folder.join("ct.pid")).unwrap();
        assert!(Command::new("kill").args(["-INT", id.trim()]).status().unwrap().success());
    }

    /// Types, whatever the terminal shows.
    pub(crate) fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// What the terminal showed since the last answer, up to the end.
    pub(crate) fn end(mut self) -> String {
        while let Ok(piece) = self.screen.recv_timeout(PATIENCE) {
            self.shown.push_str(&String::from_utf8_lossy(&piece));
        }
        assert!(self.child.wait().unwrap().success(), "{}", self.shown);
        self.shown
    }

    /// The words of `stty -a`.
    fn settings(&self) -> Vec<String> {
        let output = Command::new("stty").args(["-a", "-F", &self.device]).output().unwrap();
        assert!(output.status.success(), "{}: {}", self.device, String::from_utf8_lossy(&output.stderr));
        words(&String::from_utf8_lossy(&output.stdout))
    }

    fn wait_for(&mut self, text: &str) {
        let start = Instant::now();
        while !self.shown.contains(text) {
            let left = PATIENCE.saturating_sub(start.elapsed());
            match self.screen.recv_timeout(left) {
                Ok(piece) => self.shown.push_str(&String::from_utf8_lossy(&piece)),
                Err(_) => panic!("the terminal does not show {text:?} but {:?}", self.shown),
            }
        }
    }
}

/// Whether the settings that are printed last are those of a terminal that shows what is typed.
pub(crate) fn shows_what_is_typed(ended: &str) -> bool {
    let words = words(ended);
    ["echo", "icanon", "isig"].iter().all(|setting| words.iter().any(|word| word == setting))
}

fn words(text: &str) -> Vec<String> {
    text.split([' ', ';', '\n', '\r']).map(str::to_owned).collect()
}

/// For a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);
