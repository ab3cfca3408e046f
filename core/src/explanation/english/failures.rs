//! Why there is no verdict, or none on the document: all other classes, in English.

use crate::code::Code;
use crate::explanation::{Explanation, say};

// Laid out by hand, in the register's order: title, what it means, what to do next.
#[rustfmt::skip]
pub(super) const fn explain(code: Code) -> Option<Explanation> {
    Some(match code {
        Code::MalformedEmpty => say("The file is empty",
            "There is nothing in the file, or in a part of it. A download or a copy was probably interrupted; this \
             says nothing about the document.",
            "Get the file again and compare its size with the original's."),
        Code::MalformedCbor => say("The file is not a bundle, or is damaged",
            "The bytes are not in the encoding (CBOR) in which bundles are written. Mostly the file is something \
             else, such as a picture, or was damaged on its way; this says nothing about the document.",
            "Check that the path names a bundle (mostly *.cbor), and get the file again, as an attachment or on a \
             medium."),
        Code::MalformedTruncated => say("The file is cut short",
            "The file ends where a bundle would go on, as after an interrupted download or in a mail that was cut \
             off; or it is no bundle at all. This says nothing about the document.",
            "Check that the path names a bundle (mostly *.cbor). Get the file again and compare its size with the \
             original's."),
        Code::MalformedTrailing => say("The file has extra bytes at its end",
            "The file goes on after its content has ended. Something was appended on its way, or the file is no \
             bundle at all, such as a PDF; this says nothing about the document.",
            "Check that the path names a bundle (mostly *.cbor), and get the file again from whoever made it."),
        Code::MalformedNotDeterministic => say("The file is not in its one standard encoding",
            "The content could be written in several ways, and only one is accepted, so that two files with the same \
             meaning are the same file. A program rewrote the file or writes it wrongly; this says nothing about the \
             document.",
            "Get the original file from whoever made it, and do not let a program re-save it."),
        Code::MalformedProfile => say("The file uses a form that is not allowed",
            "The bytes are well-formed, but use a kind of value that no file of this format contains. The file is \
             something else, or was made by a faulty program; this says nothing about the document.",
            "Check that the path names the right file. If it does, tell whoever made it."),
        Code::MalformedUtf8 => say("A text in the file is damaged",
            "A text in the file is not valid Unicode (UTF-8). The file was damaged on its way or made by a faulty \
             program; this says nothing about the document.",
            "Get the file again from whoever made it, as an attachment or on a medium."),
        Code::MalformedKind => say("The file is of another kind",
            "The file, or a part of it, is not what is expected in this place: a trust root instead of a bundle, for \
             example. This says nothing about the document.",
            "Check the paths: the trust root belongs after --trust, and bundles are given as the other arguments."),
        Code::MalformedField => say("A field of the file is wrong",
            "A part is missing where it must not be, not known, not of the right type or outside its range. The file \
             was damaged, or made by a faulty or newer program; this says nothing about the document.",
            "Get the file again. If the same field is reported, send the report to whoever made the file."),
        Code::MalformedBase64 => say("An encoded value is not in its standard form",
            "A key, hash or signature that is written as text (in base64 or hexadecimal) has a wrong character, \
             length or ending. Mostly it was damaged or mistyped in copying.",
            "Copy the value again from its source as a whole, or get the file again."),
        Code::MalformedNote => say("The signature lines are not in the right form",
            "The signatures under the log's summary (the checkpoint) are not written as the format demands, or one \
             signer stands there twice. Mostly a program changed lines or characters; this says nothing about the \
             document.",
            "Get the file again, as an attachment or on a medium and not as copied text."),
        Code::MalformedCheckpoint => say("The checkpoint is not in the right form",
            "The log's summary (the checkpoint) is not the three lines of name, size and root hash that it must be. \
             Mostly a program changed line ends or spaces; this says nothing about the document.",
            "Get the file again, as an attachment or on a medium and not as copied text."),
        Code::MalformedVkey => say("The verifier key is not in the right form",
            "The text form of a log's or witness's key (the vkey) is not name, ID and key joined by plus signs, or \
             its ID does not belong to its key. Mostly it was mistyped or cut off in copying.",
            "Copy the whole line again from its publisher."),
        Code::MalformedKey => say("The public key cannot be used",
            "The bytes are not a public key of the accepted kind (Ed25519), or one under which signatures prove \
             nothing. It was damaged, belongs to another method, or was made to deceive.",
            "Get the key again from its owner. If it is the same, do not use it."),
        Code::MalformedLeafIndex => say("A position lies beyond the end",
            "The bundle gives a position in the public log, or in a batch of documents, that does not exist at the \
             size that it gives too. It was damaged or altered, or made by a faulty program.",
            "Ask the issuer, or whoever sent the bundle, for an unaltered copy."),
        Code::MalformedProofLength => say("A proof has the wrong number of hashes",
            "How many hashes a proof has follows from the sizes and positions that it is about, and this one has more \
             or fewer. It was damaged or altered, or made by a faulty program.",
            "Ask the issuer, or whoever sent the bundle, for an unaltered copy."),
        Code::MalformedTrustFile => say("The trust.toml cannot be understood",
            "The edited form of a trust root has a field that is unknown, missing, or not written as it should be. \
             The message says which one. Nothing was signed.",
            "Mend that line and build again; `specs/trust.cddl` says what each field means."),
        Code::MalformedPolicy => say("The witness policy is not in the right form",
            "The file is not a C2SP witness policy as it should be written, or uses one key in two places. Nothing of it \
             was taken over.",
            "Mend the line that is named, or ask whoever wrote the policy."),
        Code::MalformedEvidence => say("Nothing in this evidence contradicts itself",
            "The file is written as evidence that a log has shown two histories, but the two checkpoints in it \
             can both be true. It proves nothing against the log.",
            "Ask for the evidence from whoever found it. Verdicts do not take this file into account."),
        Code::MalformedTime => say("A time is not in the right form",
            "Times are written in one way only, in universal time (UTC), for example 2026-11-20T08:00:00Z. This one \
             is written differently or names a day or hour that does not exist.",
            "Write the time in that form. If it stands in a file that you received, tell whoever made the file."),
        Code::MalformedEvidenceLog => say("A line of the evidence log is not a record",
            "The file has a line that no evidence log has: it is another file, or it was edited with another program.",
            "Check the path. If it is right, keep the file as it is and compare it with a copy."),
        Code::MalformedManifest => say("A line of the manifest cannot be read",
            "A manifest consists of lines as sha256sum writes them: 64 hexadecimal digits, two spaces, a path inside \
             the folder. Some line is of another form, names a path outside the folder, or names one twice.",
            "Make the manifest again with ct hash or sha256sum."),
        Code::LimitBundleSize => say("The bundle is too large",
            "A bundle may have 4 MiB, with its document. The file is larger and was not read further; it is something \
             else, or contains a large document. This says nothing about the document.",
            "Check that the path names a bundle. For a large document, ask the issuer for the bundle without it and \
             give it beside (--document FILE)."),
        Code::LimitEntrySize => say("The issuer's statement is too large",
            "The statement is larger than an entry of the public log can be, so no log can have recorded it. The \
             bundle was altered or made by a faulty program.",
            "Ask the issuer for the original bundle."),
        Code::LimitDepth => say("The file is nested too deeply",
            "The file holds lists within lists to a depth that no proper file of this format needs, and was not read \
             further. It is something else, or was made to overload programs.",
            "Check that the path names the right file, and get it again from its source."),
        Code::LimitItems => say("The file has too many items",
            "The file, or a list in it, has more items than the format allows, and was not read further. It is \
             something else, or was made by a faulty program or to overload others.",
            "Check that the path names the right file, and get it again from its source."),
        Code::LimitLength => say("A text or value is too long",
            "A text or value, such as a name, is longer than the format allows, and was not read further. The file is \
             something else, or was made by a faulty program.",
            "Check that the path names the right file. If it does, tell whoever made it."),
        Code::LimitNumber => say("A number is too large",
            "A number, such as a size, a position or a time, is beyond what the format allows. The file was damaged \
             or altered, or made by a faulty program.",
            "Get the file again from its source. If the same field is reported, tell whoever made it."),
        Code::LimitProof => say("A proof is too long",
            "A proof has more hashes than a log of any possible size needs, and was not read further. It was altered, \
             or made by a faulty program.",
            "Ask the issuer, or whoever sent the bundle, for an unaltered copy."),
        Code::LimitSignatures => say("The checkpoint has too many signatures",
            "The log's summary (the checkpoint) bears more signatures than the format allows, and they were not read \
             further. This says nothing about the document.",
            "Ask the issuer for a bundle with fewer witness signatures."),
        Code::LimitRecordSize => say("The record is too large for an evidence log",
            "A record of an evidence log has a size that it may not exceed, so that every reader can hold one in \
             memory. Nothing was written.",
            "Write a shorter record, and keep what is large in a file whose fingerprint (ct hash) the record names."),
        Code::IoNotFound => say("There is no such file or folder",
            "Nothing stands at this path: it is mistyped, the file was moved, or a folder that should hold a new file \
             does not exist. Nothing was verified.",
            "Check the path, and the folder in which the command runs."),
        Code::IoPermission => say("Permission was denied",
            "The user who runs this program may not read or write at this path. Nothing was verified.",
            "Ask the owner of the file for the right to it, or use a copy or a folder of your own."),
        Code::IoNotAFile => say("The path is neither a file nor a folder",
            "The path names something else, such as a device or a pipe, or a folder where a file is needed. It was \
             not opened.",
            "Name an ordinary file or folder. Save what a device or pipe delivers to a file first."),
        Code::IoSymlinkLoop => say("The path leads in a circle",
            "The path goes through links between files that lead back to themselves, or through too many of them. \
             Nothing was verified.",
            "Name the file itself instead of the link."),
        Code::IoNoBundles => say("The folder holds no bundles",
            "In a folder only files whose name ends in .cbor count as bundles, and there is none. Nothing was \
             verified.",
            "Check the folder, or name the bundle files themselves."),
        Code::IoRead => say("Reading failed",
            "The system reported an error while it was read, as with a failing disk, a removed medium or a lost \
             network folder. Nothing can be concluded about the file.",
            "Copy the file to another medium and try again. If that fails, get it again."),
        Code::IoWrite => say("Writing failed",
            "The system reported an error while it was written: the disk may be full or removed. What was being \
             written is incomplete or absent.",
            "Make room or choose another folder, and run the command again."),
        Code::IoExists => say("The file exists already",
            "The command makes a new file and does not overwrite what stands at this path. Nothing was changed.",
            "Choose another name, or move the existing file away if you no longer need it there."),
        Code::IoKeyPermissions => say("Other users can read the private key",
            "A private key is only safe while nobody but its owner can read the file; this one was therefore refused. \
             Somebody may already have copied it.",
            "Restrict the file to its owner (chmod 600 FILE). Replace the key if another user may have read it."),
        Code::IoKeyFile => say("The key file cannot be used",
            "The file is not an Ed25519 key in the form that this program reads (PEM), or is a key for another role \
             or with another ID than asked for. It was not used.",
            "Check the path and the role, and name the file made for this role."),
        Code::IoKeyPassphrase => say("The key's passphrase is missing or wrong",
            "The private key is encrypted. No passphrase was given, or the one that was given does not open it.",
            "Give the passphrase at the prompt, or the file that holds it with --passphrase-file. A forgotten \
             passphrase cannot be recovered: make a new key and have it put into the trust root."),
        Code::TrustMalformed => say("The trust root is damaged or is none",
            "The file given as trust root (the file that says whom to trust) is not written as one: it is something \
             else, or was damaged on its way. No document can be verified with it; about the document this says \
             nothing.",
            "Check the path after --trust, and get the trust root again from its publisher."),
        Code::TrustKind => say("The file is not a trust root",
            "The file given as trust root (the file that says whom to trust) is of another kind: a bundle, perhaps. \
             About the document this says nothing.",
            "Check the paths: the trust root belongs after --trust, and bundles are given as the other arguments."),
        Code::TrustVersion => say("The trust root is of a newer kind",
            "The trust root is written in a version of the format that this program does not know. It may be perfectly \
             good; this program cannot tell.",
            "Get a newer version of this program, or ask the publisher for a trust root in the older format."),
        Code::TrustSize => say("The trust root is too large",
            "A trust root (the file that says whom to trust) may have 1 MiB. The file is larger and was not read; \
             probably it is something else. About the document this says nothing.",
            "Check the path after --trust, and get the trust root again from its publisher."),
        Code::TrustThreshold => say("Too few root keys have signed the trust root",
            "The trust root (the file that says whom to trust) demands signatures of a certain number of its root \
             keys and has fewer. It is unfinished or was altered, and nothing in it counts.",
            "Get the finished trust root from its publisher, and compare its fingerprint by phone."),
        Code::TrustSignature => say("A signature on the trust root does not hold",
            "The trust root (the file that says whom to trust) was changed after it was signed, or somebody else \
             signed it. Nothing in it counts.",
            "Do not use this file. Get the trust root again from its publisher, and compare its fingerprint by phone."),
        Code::TrustKeyReuse => say("The trust root uses one key in two places",
            "Each key may have one place and one role, such as log or witness; otherwise one party could play \
             several, or a signature made for one purpose be shown for another. About the document this says nothing.",
            "Tell the publisher of the trust root. If that is you, make a key of its own for each role."),
        Code::TrustWeakKey => say("The trust root contains an unusable key",
            "One of the keys is damaged, or one under which signatures prove nothing. The whole trust root is \
             refused; about the document this says nothing.",
            "Tell the publisher of the trust root. If that is you, replace the key by one made with ct keygen."),
        Code::TrustDuplicate => say("The trust root uses one name twice",
            "Two logs, witnesses, issuers or keys in the trust root (the file that says whom to trust) have the same \
             name or ID, so that one could pass for the other. About the document this says nothing.",
            "Tell the publisher of the trust root. If that is you, give each its own name and build it again."),
        Code::TrustPolicy => say("The trust root contradicts itself",
            "A rule in the trust root (the file that says whom to trust) cannot be kept: a period that ends before it \
             begins, more witnesses demanded than there are, or a name that is not listed. About the document this \
             says nothing.",
            "Tell the publisher of the trust root. If that is you, correct the field that the report names and build \
             it again."),
        Code::TrustRollback => say("The trust root is older than one used before",
            "This desk has already used a newer trust root of this publisher, or another one of the same number. \
             An old trust root may trust keys that have been withdrawn since.",
            "Use the newest trust root. If two of one number exist, compare their fingerprints with the publisher \
             by phone."),
        Code::TrustChain => say("Nothing links the trust root to the last one used",
            "A new trust root counts if enough root keys of the one before have signed it too. The one that this \
             desk used last is not among those that were given, so that cannot be checked.",
            "Give the trust roots in between as well, oldest first: repeat `--trust`."),
        Code::TrustExpired => say("The trust root has expired",
            "The trust root (the file that says whom to trust) ends on a date that has passed at the time of \
             verification, so it may lack recent revocations and keys. About the document this says nothing.",
            "Check the date of this computer, or --at. If it is right, get the newest trust root from its publisher."),
        Code::TrustNotYetValid => say("The trust root is not yet in force",
            "The trust root (the file that says whom to trust) begins on a date that lies after the time of \
             verification. Mostly the clock of this computer is behind, or --at lies too early.",
            "Check the date of this computer, or --at. If it is right, use the trust root that is in force now."),
        Code::UsageArguments => say("The command line is not understood",
            "An option or argument is missing, unknown or does not go with another one. Nothing was done.",
            "Run the command with --help and correct the line."),
        Code::UsageTime => say("The time given is not in the accepted form",
            "Times are given in universal time (UTC) and in one form only, for example 2026-11-20T08:00:00Z. Nothing \
             was verified.",
            "Write the time in that form. Without --at, the clock of this computer is used."),
        Code::UsageSeveralInputs => say("Several inputs were given where one is expected",
            "A single report was asked for (--json), and the paths lead to several bundles. Nothing was verified.",
            "Name one bundle, or use --jsonl for one report per line."),
        Code::UsageResume => say("The verdicts to go on from are not of this run",
            "The file after --resume holds verdicts of other bundles, another trust root, mode or time, or is no list \
             of verdicts at all. Going on from it would mix two runs. Nothing was verified.",
            "Repeat the options and paths of the first run, or begin a new file."),
        Code::UsageSandbox => say("The sandbox cannot be had here",
            "With --sandbox require the program works only if the system can take its right to open connections away. \
             This system cannot, or the program was built for one where it does not know how. Nothing was read.",
            "Use a Linux system with seccomp and Landlock (5.13 or later), or choose --sandbox auto and read what it \
             says is enforced."),
        Code::Internal => say("The program has a defect",
            "The program came into a state that its makers held to be impossible. Nothing can be concluded, neither \
             for nor against the document.",
            "Report the defect with the program's version, the command and, if you may share it, the file. Do not act \
             on this run."),
        Code::Interrupted => say("The run was stopped",
            "Somebody or something stopped the program before it was done. The verdicts printed until then stand; of \
             the other documents nothing is known.",
            "Run the command again."),
        _ => return None,
    })
}
