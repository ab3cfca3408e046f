//! The register of codes: every way a verification or a command can end, with its class and exit status.
//!
//! The register is closed and append-only: a code's text never changes its meaning and is never reused. Codes,
//! classes, exit statuses and their documentation all come from the one table below.

use core::fmt;

/// What kind of outcome a [`Code`] is. Decides the exit status and which of several failures is reported first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Everything that was checked holds.
    Verified,
    /// The evidence contradicts the document: altered, revoked, outside its validity, or two histories.
    Invalid,
    /// The evidence at hand is not enough to say yes or no.
    Indeterminate,
    /// The bytes are not what they should be, or exceed a limit.
    Malformed,
    /// The trust root cannot be used.
    Trust,
    /// A file could not be read or written.
    Io,
    /// The command line cannot be acted on.
    Usage,
    /// A defect of the program.
    Internal,
    /// Stopped by the user.
    Interrupted,
}

impl Class {
    /// Every class, in the order of the register.
    pub const ALL: &'static [Self] = &[
        Self::Verified,
        Self::Invalid,
        Self::Indeterminate,
        Self::Malformed,
        Self::Io,
        Self::Trust,
        Self::Usage,
        Self::Internal,
        Self::Interrupted,
    ];

    /// The class's stable text, as it stands in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Invalid => "invalid",
            Self::Indeterminate => "indeterminate",
            Self::Malformed => "malformed",
            Self::Trust => "trust",
            Self::Io => "io",
            Self::Usage => "usage",
            Self::Internal => "internal",
            Self::Interrupted => "interrupted",
        }
    }

    /// The process exit status of this class (R1.1).
    #[must_use]
    pub const fn exit_status(self) -> u8 {
        match self {
            Self::Verified => 0,
            Self::Invalid => 1,
            Self::Usage => 2,
            Self::Indeterminate => 3,
            Self::Malformed => 4,
            Self::Io => 5,
            Self::Trust => 6,
            Self::Internal => 70,
            Self::Interrupted => 130,
        }
    }

    /// What this class says, in half a sentence: the text beside the exit status in every help text and manual.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Verified => "everything is verified, or done",
            Self::Invalid => "altered, revoked, outside its validity, or two histories",
            Self::Usage => "the command line cannot be acted on",
            Self::Indeterminate => "the evidence is not enough to say yes or no",
            Self::Malformed => "the bytes are not what they should be, or exceed a limit",
            Self::Io => "a file could not be read or written",
            Self::Trust => "the trust root cannot be used",
            Self::Internal => "a defect of the program",
            Self::Interrupted => "stopped before it was done",
        }
    }

    /// How bad this class is for a whole batch: the batch exits with the status of the greatest.
    /// The order 70, 6, 5, 1, 4, 3, 0 is fixed; a usage error or an interruption ends the run itself.
    #[must_use]
    pub const fn batch_rank(self) -> u8 {
        match self {
            Self::Verified => 0,
            Self::Indeterminate => 1,
            Self::Malformed => 2,
            Self::Invalid => 3,
            Self::Io => 4,
            Self::Trust => 5,
            Self::Usage => 6,
            Self::Internal => 7,
            Self::Interrupted => 8,
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! register {
    ($($class:ident { $($(#[doc = $doc:literal])+ $variant:ident = $text:literal,)+ })+) => {
        /// One stable code per way to end. See [`crate::explanation`] for what each means to a person.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $($($(#[doc = $doc])+ $variant,)+)+
        }

        impl Code {
            /// Every code, in the register's order.
            pub const ALL: &'static [Self] = &[$($(Self::$variant,)+)+];

            /// The code's stable text, for example `tampered.document`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $($(Self::$variant => $text,)+)+ }
            }

            /// The class the code belongs to.
            #[must_use]
            pub const fn class(self) -> Class {
                match self { $($(Self::$variant => Class::$class,)+)+ }
            }
        }
    };
}

register! {
    Verified {
        /// Every step holds.
        Ok = "ok",
    }
    Invalid {
        /// The document's bytes do not have the hash that was issued.
        TamperedDocument = "tampered.document",
        /// The bundle's `document_hash` differs from the one in its subject.
        TamperedDocumentHash = "tampered.document_hash",
        /// The subject is not the one under the statement's payload.
        TamperedSubject = "tampered.subject",
        /// The batch part contradicts the number of subjects that the issuer signed.
        TamperedBatch = "tampered.batch",
        /// The issuer's signature on the statement does not verify.
        TamperedStatement = "tampered.statement",
        /// The bundle's `tree_size` differs from the checkpoint's.
        TamperedTreeSize = "tampered.tree_size",
        /// A signature of a known log key on a checkpoint does not verify.
        TamperedCheckpoint = "tampered.checkpoint",
        /// A signature of a known witness key on a checkpoint does not verify.
        TamperedCosignature = "tampered.cosignature",
        /// The inclusion proof does not lead from the statement to the checkpoint's root.
        TamperedInclusion = "tampered.inclusion",
        /// A consistency proof does not link its two checkpoints.
        TamperedConsistency = "tampered.consistency",
        /// The disclosed claims are not proven to be the document's.
        TamperedDisclosure = "tampered.disclosure",
        /// A claim that must always be shown is withheld.
        TamperedMandatoryClaim = "tampered.mandatory_claim",
        /// The status in the bundle is not of this document's list, or is not proven.
        TamperedStatus = "tampered.status",
        /// The statement claims an issue time much earlier than its anchoring.
        TamperedBackdated = "tampered.backdated",
        /// The statement claims an issue time later than its anchoring.
        TamperedPostdated = "tampered.postdated",
        /// The issuer's status list says that the document is revoked.
        RevokedDocument = "revoked.document",
        /// The issuer's status list says that the document is suspended.
        RevokedSuspended = "revoked.suspended",
        /// The trust root revokes the document.
        RevokedByTrustRoot = "revoked.by_trust_root",
        /// The trust root revokes the issuer.
        RevokedIssuer = "revoked.issuer",
        /// The issuer key that signed was compromised before the document was anchored.
        RevokedIssuerKey = "revoked.issuer_key",
        /// The log key that signed the checkpoint is compromised, and no pin vouches for the checkpoint.
        RevokedLogKey = "revoked.log_key",
        /// The document's own validity has ended.
        ExpiredDocument = "expired.document",
        /// The document was anchored after the issuer key's window and overlap.
        ExpiredIssuerKey = "expired.issuer_key",
        /// The checkpoint was made after the log key's window.
        ExpiredLogKey = "expired.log_key",
        /// The document's own validity has not begun.
        NotYetValidDocument = "not_yet_valid.document",
        /// The document was anchored before the issuer key's window.
        NotYetValidIssuerKey = "not_yet_valid.issuer_key",
        /// The checkpoint was made before the log key's window.
        NotYetValidLogKey = "not_yet_valid.log_key",
        /// A witness cosignature carries a time later than the time of verification.
        NotYetValidCosignature = "not_yet_valid.cosignature",
        /// The status list's own validity has ended.
        ExpiredStatus = "expired.status",
        /// The log has signed this checkpoint and another one of the same size, which is remembered.
        EquivocationCheckpoint = "equivocation.checkpoint",
        /// The log is known to have shown two histories, and no pin vouches for the checkpoint.
        EquivocationLog = "equivocation.log",
        /// A file is not the one that a manifest lists, or that a log's checkpoint commits to.
        TamperedFile = "tampered.file",
        /// The chain of an evidence log is broken.
        TamperedEvidenceLog = "tampered.evidence_log",
        /// A signed request is not by the key it names, or is meant for another log.
        TamperedEnvelope = "tampered.envelope",
        /// What a signed request carries is not what it says it carries.
        TamperedPayload = "tampered.payload",
        /// A node's own state contradicts itself or what was signed.
        TamperedState = "tampered.state",
        /// A signed request was sent before, byte for byte.
        ReplayedRequest = "replayed.request",
        /// The request ID stands for another request already.
        ConflictRequestId = "conflict.request_id",
        /// The issuer used this (iss, cti) for a statement that is in the log already.
        ConflictStatement = "conflict.statement",
        /// What is to be changed has another version than the change was made for.
        ConflictVersion = "conflict.version",
        /// Acknowledged records of a node's write-ahead log are damaged or missing.
        TamperedWal = "tampered.wal",
        /// A frame between nodes is not what its sender signed or hashed, or is meant for another node.
        TamperedFrame = "tampered.frame",
        /// A frame between nodes does not follow the one before it.
        ReplayedFrame = "replayed.frame",
        /// The members of a log cannot be changed in this way now.
        ConflictMembers = "conflict.members",
    }
    Indeterminate {
        /// The bundle lacks `document_hash`.
        IncompleteDocumentHash = "incomplete.document_hash",
        /// The bundle lacks `subject`.
        IncompleteSubject = "incomplete.subject",
        /// The bundle lacks `statement`.
        IncompleteStatement = "incomplete.statement",
        /// The bundle lacks `leaf_index`.
        IncompleteLeafIndex = "incomplete.leaf_index",
        /// The bundle lacks `tree_size`.
        IncompleteTreeSize = "incomplete.tree_size",
        /// The bundle lacks `inclusion_proof`.
        IncompleteInclusionProof = "incomplete.inclusion_proof",
        /// The bundle lacks `checkpoint`.
        IncompleteCheckpoint = "incomplete.checkpoint",
        /// The bundle lacks `checkpoint_signature`.
        IncompleteCheckpointSignature = "incomplete.checkpoint_signature",
        /// The document is neither in the bundle nor given beside it.
        IncompleteDocument = "incomplete.document",
        /// The statement covers several subjects and the bundle lacks `batch`.
        IncompleteBatch = "incomplete.batch",
        /// The subject is a set of claims and none is disclosed.
        IncompleteDisclosure = "incomplete.disclosure",
        /// The subject has a status reference and no usable status is at hand.
        IncompleteStatus = "incomplete.status",
        /// The newest evidence is older than the freshness window.
        StaleEvidence = "stale.evidence",
        /// The status is older than the freshness window.
        StaleStatus = "stale.status",
        /// The trust root has no log of this origin.
        UnknownLog = "unknown.log",
        /// The trust root has no issuer of this name.
        UnknownIssuer = "unknown.issuer",
        /// The issuer has no key of this ID.
        UnknownIssuerKey = "unknown.issuer_key",
        /// The issuer is not trusted for documents of this type.
        UnknownDocumentType = "unknown.document_type",
        /// No key of the log that the trust root knows has signed the checkpoint.
        NotAnchoredLogSignature = "not_anchored.log_signature",
        /// Too few of the trusted witnesses have cosigned the checkpoint.
        NotAnchoredQuorum = "not_anchored.quorum",
        /// Nothing links the bundle's checkpoints to what is remembered of the log.
        DiscontinuousNoProof = "discontinuous.no_proof",
        /// A format version this program does not know.
        UnsupportedVersion = "unsupported.version",
        /// A signature or hash algorithm this program does not accept.
        UnsupportedAlgorithm = "unsupported.algorithm",
        /// The statement is of another type than this step accepts.
        UnsupportedStatementType = "unsupported.statement_type",
        /// The document's status is of a kind that this program does not know.
        UnsupportedStatus = "unsupported.status",
        /// A file that a manifest lists, or that a log must have, is missing.
        IncompleteFile = "incomplete.file",
        /// The last record of an evidence log is cut off.
        IncompleteEvidenceLog = "incomplete.evidence_log",
        /// A file is not in the manifest.
        UnknownFile = "unknown.file",
        /// The log knows no client with this key.
        UnknownClient = "unknown.client",
        /// The log knows no request with this ID.
        UnknownRequest = "unknown.request",
        /// The statement is in the log, but no witnessed checkpoint covers it yet.
        NotAnchoredPending = "not_anchored.pending",
        /// A signed request is from another time.
        StaleRequest = "stale.request",
        /// A signed request has a version or type that this log does not know.
        UnsupportedMessage = "unsupported.message",
        /// The node does not lead its log at the moment.
        NotLeaderNode = "not_leader.node",
        /// A key that belongs to no member of the log.
        UnknownPeer = "unknown.peer",
        /// The log has no member of this number.
        UnknownMember = "unknown.member",
        /// The node has lost what it had stored, and has not caught up with the others yet.
        IncompleteNode = "incomplete.node",
        /// Witnesses have seen more of the log than was restored.
        DiscontinuousRestore = "discontinuous.restore",
        /// Whether a command was carried out is not known.
        UnknownOutcome = "unknown.outcome",
    }
    Malformed {
        /// There is nothing in the file.
        MalformedEmpty = "malformed.empty",
        /// The bytes are not well-formed CBOR.
        MalformedCbor = "malformed.cbor",
        /// The bytes end inside an item.
        MalformedTruncated = "malformed.truncated",
        /// Bytes follow the end of the item.
        MalformedTrailing = "malformed.trailing",
        /// The CBOR is not in core deterministic encoding.
        MalformedNotDeterministic = "malformed.not_deterministic",
        /// The CBOR uses a form that the profile does not allow.
        MalformedProfile = "malformed.profile",
        /// A text is not valid UTF-8.
        MalformedUtf8 = "malformed.utf8",
        /// The file is of another kind than asked for.
        MalformedKind = "malformed.kind",
        /// A field is missing, unknown, of the wrong type or out of its range.
        MalformedField = "malformed.field",
        /// A base64 or hexadecimal text is not in its one canonical form.
        MalformedBase64 = "malformed.base64",
        /// A signed note breaks the C2SP grammar.
        MalformedNote = "malformed.note",
        /// A checkpoint breaks the C2SP grammar.
        MalformedCheckpoint = "malformed.checkpoint",
        /// A verifier key is not a C2SP vkey, or its printed ID is not its own.
        MalformedVkey = "malformed.vkey",
        /// A public key is not a usable Ed25519 key.
        MalformedKey = "malformed.key",
        /// A leaf index is not below its tree size.
        MalformedLeafIndex = "malformed.leaf_index",
        /// A proof has more or fewer hashes than its sizes demand.
        MalformedProofLength = "malformed.proof_length",
        /// A trust.toml cannot be understood.
        MalformedTrustFile = "malformed.trust_file",
        /// A witness policy breaks the C2SP grammar.
        MalformedPolicy = "malformed.policy",
        /// Evidence of two histories in which nothing contradicts.
        MalformedEvidence = "malformed.evidence",
        /// A time is not in the one accepted form.
        MalformedTime = "malformed.time",
        /// A line of an evidence log is not a record.
        MalformedEvidenceLog = "malformed.evidence_log",
        /// A line of a manifest is not one that sha256sum writes.
        MalformedManifest = "malformed.manifest",
        /// A signed request is not written as one.
        MalformedEnvelope = "malformed.envelope",
        /// An HTTP request is not one, or says something that it may not.
        MalformedRequest = "malformed.request",
        /// What another node sent is no frame, or not one of the protocol.
        MalformedFrame = "malformed.frame",
        /// A configuration file cannot be understood.
        MalformedConfig = "malformed.config",
        /// The file is larger than a bundle may be.
        LimitBundleSize = "limit.bundle_size",
        /// A statement is larger than a log entry may be.
        LimitEntrySize = "limit.entry_size",
        /// Items are nested too deep.
        LimitDepth = "limit.depth",
        /// Too many items.
        LimitItems = "limit.items",
        /// A text or byte string is too long.
        LimitLength = "limit.length",
        /// A number exceeds its range.
        LimitNumber = "limit.number",
        /// Too many hashes in a proof.
        LimitProof = "limit.proof",
        /// Too many signatures on a note.
        LimitSignatures = "limit.signatures",
        /// A record is larger than one of an evidence log may be.
        LimitRecordSize = "limit.record_size",
        /// A request is larger than the server takes.
        LimitRequestSize = "limit.request_size",
        /// A frame between nodes is longer than its kind may be.
        LimitFrameSize = "limit.frame_size",
        /// The server has as many connections as it takes.
        LimitConnections = "limit.connections",
        /// The other side was too slow, or the time for a request has run out.
        LimitTooSlow = "limit.too_slow",
        /// A node has as many commands in flight as it may.
        LimitInFlight = "limit.in_flight",
    }
    Io {
        /// The path does not exist.
        IoNotFound = "io.not_found",
        /// Permission denied.
        IoPermission = "io.permission",
        /// The path is not a regular file or a directory.
        IoNotAFile = "io.not_a_file",
        /// The path goes through too many symbolic links.
        IoSymlinkLoop = "io.symlink_loop",
        /// The directory holds no bundles.
        IoNoBundles = "io.no_bundles",
        /// Reading failed.
        IoRead = "io.read",
        /// Writing failed.
        IoWrite = "io.write",
        /// The file exists and is not overwritten.
        IoExists = "io.exists",
        /// A private key file can be read by others.
        IoKeyPermissions = "io.key_permissions",
        /// A key file cannot be used: wrong form or wrong role.
        IoKeyFile = "io.key_file",
        /// The passphrase of a key file is missing or wrong.
        IoKeyPassphrase = "io.key_passphrase",
        /// Another program listens at the address.
        IoPortInUse = "io.port_in_use",
        /// A peer could not be reached, or did not answer in time.
        IoNetwork = "io.network",
        /// Writing a node's write-ahead log failed, and the node stopped.
        IoLogPoisoned = "io.log_poisoned",
    }
    Trust {
        /// The trust root's bytes are not a trust root.
        TrustMalformed = "trust.malformed",
        /// The file is of another kind: a bundle, perhaps.
        TrustKind = "trust.kind",
        /// The trust root is of a format version this program does not know.
        TrustVersion = "trust.version",
        /// The file is larger than a trust root may be.
        TrustSize = "trust.size",
        /// Too few of the root keys have signed the trust root.
        TrustThreshold = "trust.threshold",
        /// A root key's signature on the trust root does not verify.
        TrustSignature = "trust.signature",
        /// One public key stands in two places or two roles.
        TrustKeyReuse = "trust.key_reuse",
        /// A key in the trust root is not usable (small order, not a point).
        TrustWeakKey = "trust.weak_key",
        /// Two entries of the trust root bear the same name or ID.
        TrustDuplicate = "trust.duplicate",
        /// A rule of the trust root contradicts itself (window, threshold, group, reference).
        TrustPolicy = "trust.policy",
        /// The trust root is older than one that was used before, or differs from it.
        TrustRollback = "trust.rollback",
        /// Nothing links the trust root to the one that was used before.
        TrustChain = "trust.chain",
        /// The trust root has expired.
        TrustExpired = "trust.expired",
        /// The trust root is not yet in force.
        TrustNotYetValid = "trust.not_yet_valid",
    }
    Usage {
        /// The command line cannot be acted on.
        UsageArguments = "usage.arguments",
        /// A time on the command line is not in the accepted form.
        UsageTime = "usage.time",
        /// Several inputs where one is asked for.
        UsageSeveralInputs = "usage.several_inputs",
        /// The file to resume from is not of this run.
        UsageResume = "usage.resume",
        /// The sandbox that is required cannot be had on this system.
        UsageSandbox = "usage.sandbox",
    }
    Internal {
        /// A defect of the program.
        Internal = "internal",
    }
    Interrupted {
        /// Stopped by the user.
        Interrupted = "interrupted",
    }
}

impl Code {
    /// The code of this stable text, if the register has it.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text)
    }

    /// Which of several failures of one verification is its overall code: the greatest; among equals the first step
    /// that failed. Malformed, else trust, else revoked, else invalid, else indeterminate.
    #[must_use]
    pub fn severity(self) -> u8 {
        match self.class() {
            Class::Verified => 0,
            Class::Indeterminate => 1,
            Class::Invalid if self.as_str().starts_with("revoked.") => 3,
            Class::Invalid => 2,
            Class::Trust => 4,
            Class::Malformed => 5,
            Class::Io | Class::Usage | Class::Internal | Class::Interrupted => 6,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    // R1.1, R1.4
    #[test]
    fn every_text_is_unique_and_finds_its_code() {
        let texts: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(texts.len(), Code::ALL.len());
        for code in Code::ALL {
            assert_eq!(Code::from_text(code.as_str()), Some(*code));
        }
    }

    // R1.1
    #[test]
    fn a_code_s_family_decides_its_class() {
        for code in Code::ALL {
            let family = code.as_str().split('.').next();
            let class = match family {
                Some("ok") => Class::Verified,
                Some(
                    "tampered" | "revoked" | "expired" | "not_yet_valid" | "equivocation" | "replayed" | "conflict",
                ) => Class::Invalid,
                Some(
                    "incomplete" | "stale" | "unknown" | "not_anchored" | "not_leader" | "discontinuous"
                    | "unsupported",
                ) => Class::Indeterminate,
                Some("malformed" | "limit") => Class::Malformed,
                Some("io") => Class::Io,
                Some("trust") => Class::Trust,
                Some("usage") => Class::Usage,
                Some("internal") => Class::Internal,
                Some("interrupted") => Class::Interrupted,
                other => panic!("family {other:?} has no class"),
            };
            assert_eq!(code.class(), class, "{code}");
        }
    }
}
