//! The one table of limits. Each is checked before anything is allocated for it.
//!
//! `specs/limits.md` is generated from [`ALL`]; a test compares the two.

macro_rules! limits {
    ($($(#[doc = $doc:literal])+ $name:ident: $unit:literal = $value:expr;)+) => {
        $($(#[doc = $doc])+ pub const $name: usize = $value;)+

        /// Every limit: name, value, unit, reason.
        pub const ALL: &[(&str, usize, &str, &str)] = &[$((stringify!($name), $name, $unit, concat!($($doc),+)),)+];
    };
}

limits! {
    /// A bundle file, with its document; a larger document is given beside the bundle.
    MAX_BUNDLE_BYTES: "bytes" = 4 << 20;
    /// A trust root file: some thousand keys and revocations.
    MAX_TRUST_BYTES: "bytes" = 1 << 20;
    /// A key file: one PEM block and its explanatory text.
    MAX_KEY_FILE_BYTES: "bytes" = 16_384;
    /// A log entry: tlog-tiles writes its length in two bytes.
    MAX_ENTRY_BYTES: "bytes" = 65_535;
    /// A subject inside a bundle.
    MAX_SUBJECT_BYTES: "bytes" = 2_048;
    /// CBOR nesting: the deepest format needs seven.
    MAX_DEPTH: "levels" = 16;
    /// CBOR items in one file.
    MAX_ITEMS: "items" = 65_536;
    /// Hashes in one Merkle proof: a tree has at most 2^63-1 leaves.
    MAX_PROOF_HASHES: "hashes" = 63;
    /// Signature lines on one note, as C2SP signed-note asks implementations to accept.
    MAX_NOTE_SIGNATURES: "lines" = 16;
    /// One note: text, empty line and signature lines.
    MAX_NOTE_BYTES: "bytes" = 16_384;
    /// An origin or key name: C2SP tlog-cosignature writes its length in one byte.
    MAX_NAME_BYTES: "bytes" = 255;
    /// A verifier key's text: a name and an ML-DSA-44 key, the longest in use, need some 2,100.
    MAX_VKEY_BYTES: "bytes" = 4_096;
    /// Later checkpoints that `refresh` may append to a bundle.
    MAX_LATER_CHECKPOINTS: "checkpoints" = 4;
    /// Subjects under one statement.
    MAX_BATCH: "subjects" = 1 << 24;
    /// A text of a statement or subject: issuer, statement ID, document type, holder reference.
    MAX_TEXT_BYTES: "bytes" = 256;
    /// A COSE key ID.
    MAX_KID_BYTES: "bytes" = 64;
    /// A request ID (cti): the shortest that cannot be guessed is MIN_CTI_BYTES.
    MAX_CTI_BYTES: "bytes" = 32;
    /// The shortest request ID.
    MIN_CTI_BYTES: "bytes" = 8;
    /// Entries in any one list of a trust root: logs, witnesses, groups, issuers, keys, pins, revocations.
    MAX_TRUST_LIST: "entries" = 4_096;
    /// A witness policy: some thousand lines.
    MAX_POLICY_BYTES: "bytes" = 1 << 18;
    /// Claims in one document.
    MAX_CLAIMS: "claims" = 1_024;
    /// A claim's value.
    MAX_CLAIM_BYTES: "bytes" = 4_096;
    /// A status list token, as it stands in a bundle.
    MAX_STATUS_TOKEN_BYTES: "bytes" = 1 << 18;
    /// A status list, inflated: 2^20 statuses of one bit, or 2^17 of eight.
    MAX_STATUS_LIST_BYTES: "bytes" = 1 << 17;
    /// Checkpoints that a verifier remembers of one log.
    MAX_REMEMBERED: "checkpoints" = 1_024;
    /// Checkpoints that a verifier remembers of all logs together.
    MAX_REMEMBERED_IN_ALL: "checkpoints" = 4_096;
    /// A verifier's state file.
    MAX_STATE_BYTES: "bytes" = 4 << 20;
    /// A file of equivocation evidence.
    MAX_EVIDENCE_BYTES: "bytes" = 65_536;
    /// Signatures on a trust root.
    MAX_TRUST_SIGNATURES: "signatures" = 16;
    /// A record of an evidence log, with its line break.
    MAX_RECORD_BYTES: "bytes" = 65_536;
    /// A manifest of files: some hundred thousand lines.
    MAX_MANIFEST_BYTES: "bytes" = 1 << 26;
    /// A path in a manifest or in a list of inputs: what Linux accepts.
    MAX_PATH_BYTES: "bytes" = 4_096;
    /// The passphrase of a key file.
    MAX_PASSPHRASE_BYTES: "bytes" = 1_024;
    /// PBKDF2 of an encrypted key file: what RFC 8018 section 4.2 proposes for the most critical keys.
    MAX_PBKDF2_ITERATIONS: "iterations" = 10_000_000;
    /// Memory for scrypt of an encrypted key file, as OpenSSL counts it: its own limit.
    MAX_SCRYPT_BYTES: "bytes" = 32 << 20;
    /// Work for scrypt of an encrypted key file, N x r x p: some seconds.
    MAX_SCRYPT_BLOCKS: "blocks" = 1 << 21;
    /// A command to a node's state machine: a batch of entries.
    MAX_COMMAND_BYTES: "bytes" = 4 << 20;
    /// The value of a record in a write-ahead log: a command, or the list of a cluster's members.
    MAX_WAL_VALUE_BYTES: "bytes" = (4 << 20) + 4_096;
    /// A segment of a write-ahead log.
    MAX_SEGMENT_BYTES: "bytes" = 1 << 26;
    /// A signed request: the statements of a full one are some 1,000 bytes each.
    MAX_ENVELOPE_BYTES: "bytes" = 1 << 20;
    /// Statements in one request.
    MAX_REQUEST_STATEMENTS: "statements" = 1_024;
    /// Requests in one command.
    MAX_BATCH_REQUESTS: "requests" = 4_096;
    /// Clients that a new log begins with; further ones are put later.
    MAX_FIRST_CLIENTS: "clients" = 4_096;
    /// Clients of a log, those that were deleted included: their versions are remembered.
    MAX_CLIENTS: "clients" = 65_536;
    /// Members of a log, those that only catch up included.
    MAX_MEMBERS: "members" = 9;
    /// A frame between nodes: a command, or a portion of the log, with what is around it.
    MAX_FRAME_BYTES: "bytes" = (5 << 20) + 65_536;
    /// A frame between nodes that carries neither commands nor a portion of the log: votes, standings, most replies.
    MAX_SMALL_FRAME_BYTES: "bytes" = 65_536;
    /// Commands that a node has accepted and not yet answered.
    MAX_COMMANDS_IN_FLIGHT: "commands" = 4_096;
    /// The same, in bytes.
    MAX_BYTES_IN_FLIGHT: "bytes" = 1 << 26;
}

// A statement, a note and all proofs must fit into a bundle beside a useful document.
const _: () = assert!(MAX_ENTRY_BYTES + 5 * MAX_NOTE_BYTES + 7 * 64 * 34 < MAX_BUNDLE_BYTES / 8);
// A state with as many checkpoints as may be remembered, each with a note of the log's alone, can be read again.
const _: () = assert!(4 * MAX_REMEMBERED_IN_ALL + 5 * MAX_TRUST_LIST < MAX_ITEMS);
const _: () = assert!(MAX_REMEMBERED_IN_ALL * (3 * MAX_NAME_BYTES + 256) < MAX_STATE_BYTES);
const _: () = assert!(MAX_SUBJECT_BYTES < MAX_ENTRY_BYTES && MAX_TEXT_BYTES > MAX_NAME_BYTES);
// The largest batch of one request, and the bootstrap with the largest trust root, are commands.
const _: () = assert!(2 * MAX_ENVELOPE_BYTES < MAX_COMMAND_BYTES);
const _: () = assert!(MAX_TRUST_BYTES + MAX_ENTRY_BYTES + MAX_FIRST_CLIENTS * (MAX_KID_BYTES + 64) < MAX_COMMAND_BYTES);
// A command fits into a record with what frames it, a segment holds more than one, and so does what is in flight.
const _: () = assert!(MAX_COMMAND_BYTES + 1 < MAX_WAL_VALUE_BYTES && MAX_WAL_VALUE_BYTES < MAX_SEGMENT_BYTES / 2);
const _: () = assert!(MAX_COMMAND_BYTES < MAX_BYTES_IN_FLIGHT / 2 && MAX_WAL_VALUE_BYTES < MAX_FRAME_BYTES);
const _: () = assert!(MAX_SMALL_FRAME_BYTES < MAX_FRAME_BYTES);
