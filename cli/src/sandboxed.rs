//! How a command enters the sandbox, by what `--sandbox` says.

use crate::args::{Command, SandboxArg, TrustCommand};
use crate::failure::Failure;
use crate::key::KeyCommand;
use crate::output;
use crate::sandbox::{self, Rights};
use ct_core::Code;

/// When standard error says what is enforced.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remarks {
    Always,
    /// If something is missing.
    Gaps,
    Never,
}

impl SandboxArg {
    /// Enters the sandbox; what `rights` does not name cannot be touched afterwards.
    pub(crate) fn enter(self, rights: &Rights, remarks: Remarks) -> Result<(), Failure> {
        if self == Self::Off {
            return Ok(());
        }
        let enforced = sandbox::enter(rights);
        if self == Self::Require && !enforced.is_whole() {
            return Err(Failure::new(Code::UsageSandbox, enforced.to_string()));
        }
        if remarks == Remarks::Always || remarks == Remarks::Gaps && !enforced.is_whole() {
            output::remark(&enforced.to_string());
        }
        Ok(())
    }
}

impl Command {
    /// What the command has to touch. `ct verify` and `ct audit` say it themselves, once what they write to is open.
    pub(crate) fn rights(&self) -> Rights {
        let none = Rights::none();
        match self {
            Self::Verify(_) | Self::Audit(_) | Self::Explain(_) | Self::Completions(_) | Self::Manual(_) => none,
            Self::Log(args) => args.rights(),
            Self::Inspect(args) => none.read(&args.file),
            Self::Hash(args) => none.read_all(&args.files),
            Self::Redact(args) => none.read(&args.bundle).make(&args.out),
            Self::Keygen(args) => none.make(&args.out).read_all(&args.passphrase_file).terminal(),
            Self::Key(args) => match &args.command {
                KeyCommand::Show(args) => none.read(&args.file).read_all(&args.passphrase_file).terminal(),
                KeyCommand::Passphrase(args) => {
                    let passphrases = args.passphrase_file.iter().chain(&args.new_passphrase_file);
                    none.read(&args.file).read_all(passphrases).make(&args.out).terminal()
                }
            },
            Self::Trust(args) => match &args.command {
                TrustCommand::Build(args) => {
                    let keys = args.key.iter().chain(&args.passphrase_file);
                    none.read(&args.source).read_all(keys).make(&args.out).terminal()
                }
                TrustCommand::Sign(args) => {
                    let key = [&args.key].into_iter().chain(&args.passphrase_file);
                    none.read(&args.file).read_all(key).make(&args.out).terminal()
                }
                TrustCommand::Diff(args) => none.read(&args.old).read(&args.new),
                TrustCommand::Import(args) => none.read(&args.policy),
                TrustCommand::Show(args) => none.read(&args.file),
            },
        }
    }
}
