//! A real pseudo-terminal: to type passphrases into, and to see what is shown on one.

use assert_cmd::cargo::cargo_bin;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// A program on a terminal of its own.
pub(crate) struct Terminal {
    child: Child,
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    shown: String,
    device: String,
}

impl Terminal {
    /// Starts a program on a new terminal, by `setsid` of util-linux, which makes it the program's controlling one.
    pub(crate) fn start(program: &str, set_up: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&keyboard).unwrap();
        unlockpt(&keyboard).unwrap();
        let device = ptsname(&keyboard, Vec::new()).unwrap().into_string().unwrap();
        let open = || OpenOptions::new().read(true).write(true).custom_flags(libc::O_NOCTTY).open(&device).unwrap();
        let mut command = Command::new("setsid");
        // Not what the caller's own terminal is, which may be none.
        command.env("TERM", "xterm-256color");
        command.args(["--ctty", "--wait", program]).stdin(open()).stdout(open()).stderr(open());
        set_up(&mut command);
        let child = command.spawn().unwrap();
        // Its end of the terminal must be the program's alone, so that reading ends when the program does.
        drop(command);
        let keyboard = File::from(keyboard);
        let mut output = keyboard.try_clone().unwrap();
        let (sender, screen) = channel();
        thread::spawn(move || {
            let mut piece = [0; 4_096];
            while let Ok(length @ 1..) = output.read(&mut piece) {
                if sender.send(piece[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { child, keyboard, screen, shown: String::new(), device }
    }

    /// A shell that runs `ct` once with these words, in `folder`, then prints its exit status and the terminal's
    /// settings.
    pub(crate) fn run(folder: &Path, words: &str) -> Self {
        let run = format!("sh -c 'echo $$ > ct.pid; exec \"$0\" {words}' '{}'", cargo_bin("ct").display());
        std::fs::write(folder.join("lines.sh"), format!("{run}\necho \"status=$?\"\nstty -a\n")).unwrap();
        Self::start("sh", |command| command.arg("lines.sh").current_dir(folder))
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

    /// What the terminal showed since the last answer, up to the end of a program that succeeds.
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
