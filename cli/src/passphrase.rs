//! Where passphrases come from: the terminal, or a file that the command line names.

use crate::failure::Failure;
use crate::output;
use crate::text::shown;
use ct_core::Code;
use ct_keys::{KeyFile, Passphrase, Role};
use std::cell::OnceCell;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// The passphrase of the encrypted keys of one command.
///
/// If the command line names a file, it is that file's, for every key; otherwise each key's is asked for on the
/// terminal, and only if the key is encrypted.
pub(crate) struct Source<'a> {
    file: Option<&'a Path>,
    option: &'static str,
    known: OnceCell<Passphrase>,
}

impl<'a> Source<'a> {
    /// `file` is what the user gave for `option`.
    pub(crate) const fn new(file: Option<&'a Path>, option: &'static str) -> Self {
        Self { file, option, known: OnceCell::new() }
    }

    /// Reads a private key, asking for its passphrase if it has one.
    pub(crate) fn unlock(&self, path: &Path, role: Role) -> Result<KeyFile, Failure> {
        KeyFile::unlock(path, role, || self.of(path))
    }

    /// The passphrase of the encrypted key at `path`.
    pub(crate) fn of(&self, path: &Path) -> Result<Passphrase, Failure> {
        match self.file {
            Some(file) => self.read(file),
            None => ask(&format!("Passphrase of {}: ", shown(path)), self.option),
        }
    }

    /// A passphrase for the new key file at `path`; who types it types it twice.
    pub(crate) fn choose(&self, path: &Path) -> Result<Passphrase, Failure> {
        let chosen = self.choose_any(path)?;
        if chosen.is_short() {
            output::remark(
                "the passphrase has fewer than 8 characters and is soon guessed: better take six words by dice",
            );
        }
        Ok(chosen)
    }

    fn choose_any(&self, path: &Path) -> Result<Passphrase, Failure> {
        let Some(file) = self.file else {
            let chosen = ask(&format!("New passphrase for {}: ", shown(path)), self.option)?;
            let again = ask("The same again: ", self.option)?;
            if chosen != again {
                let what = "the two passphrases differ, so nothing was written; try again";
                return Err(Failure::new(Code::IoKeyPassphrase, what));
            }
            return Ok(chosen);
        };
        self.read(file)
    }

    /// Tells a user who named a file for nothing: a key that was thought to be encrypted is not.
    pub(crate) fn remark_if_unused(&self) {
        if let (Some(file), None) = (self.file, self.known.get()) {
            output::remark(&format!("{} {} was not used: no key here is encrypted", self.option, shown(file)));
        }
    }

    /// Once, whatever the number of keys: standard input has it only once.
    fn read(&self, file: &Path) -> Result<Passphrase, Failure> {
        if let Some(known) = self.known.get() {
            return Ok(known.clone());
        }
        let passphrase = if is_stdin(file) {
            Passphrase::read_from(io::stdin().lock())
                .map_err(|error| Failure::new(error.code(), format!("standard input: {error}")))?
        } else {
            Passphrase::read(file)?
        };
        Ok(self.known.get_or_init(|| passphrase).clone())
    }
}

/// Whether the file that an option names is standard input.
pub(crate) fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == "-"
}

/// Asks on the terminal, which shows nothing of the answer. `option` is what to use where there is none.
fn ask(question: &str, option: &str) -> Result<Passphrase, Failure> {
    let unanswered = |what: &str| {
        let what = format!("{what}; a file that holds the passphrase can be named with {option} FILE");
        Failure::new(Code::IoKeyPassphrase, what)
    };
    if !is_interrupt_caught() {
        return Err(unanswered("this system does not let the terminal be restored after Ctrl-C, so nothing was asked"));
    }
    ASKING.store(true, Ordering::SeqCst);
    let answer = rpassword::prompt_password(question);
    if INTERRUPTED.load(Ordering::SeqCst) || matches!(&answer, Err(error) if error.kind() == ErrorKind::Interrupted) {
        return Err(Failure::new(Code::Interrupted, "interrupted at the prompt; nothing was written"));
    }
    ASKING.store(false, Ordering::SeqCst);
    match answer {
        Ok(text) => Ok(Passphrase::new(text)?),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(unanswered("no passphrase was typed")),
        Err(error) => Err(unanswered(&format!("a passphrase is needed, and there is no terminal to ask ({error})"))),
    }
}

/// While the terminal shows nothing, Ctrl-C must not end the program before the terminal is as it was: the interrupt is
/// noted, and acted on when the prompt returns. At any other time it ends the program.
fn is_interrupt_caught() -> bool {
    static CAUGHT: OnceLock<bool> = OnceLock::new();
    *CAUGHT.get_or_init(|| {
        ctrlc::set_handler(|| {
            INTERRUPTED.store(true, Ordering::SeqCst);
            if !ASKING.load(Ordering::SeqCst) {
                std::process::exit(Code::Interrupted.class().exit_status().into());
            }
        })
        .is_ok()
    })
}

static ASKING: AtomicBool = AtomicBool::new(false);
static INTERRUPTED: AtomicBool = AtomicBool::new(false);
