//! Making statements: for documents, and the one a log begins with. Format: `specs/statement.cddl`.

use crate::entropy::Entropy;
use crate::error::{Error, Result};
use crate::subjects::{Described, Subjects};
use ct_core::cbor::Writer;
use ct_core::limits::MAX_KID_BYTES;
use ct_core::{
    Code, Hash, Origin, Statement, StatementHeader, StatementType, StatusReference, Subject, SubjectKind, Timestamp,
};
use ct_keys::{KeyFile, KeyId, Role};
use ed25519_dalek::Signer;

/// What a document statement is to say, apart from what is random.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The document's hash.
    pub document_hash: Hash,
    /// The document type (`vct`), such as `diploma`.
    pub document_type: String,
    /// Whom or what the document is about, in the issuer's words; may be empty. Not published.
    pub sub: String,
    /// Not valid at or after.
    pub expires: Option<Timestamp>,
    /// What the hash is the hash of.
    pub kind: SubjectKind,
    /// Where its status is published, if anywhere.
    pub status: Option<StatusEntry>,
}

/// A place in one of the issuer's status lists.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StatusEntry {
    /// The list's URI.
    pub uri: String,
    /// The index in it.
    pub index: u64,
}

/// A signed statement and its subjects, not yet in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The documents that it is about.
    pub subjects: Subjects,
    /// The statement's bytes: the log entry.
    pub statement: Vec<u8>,
}

/// Signs a statement for one document, with a random salt, statement ID and request ID.
///
/// Whether the issuer may do so is another question: see [`crate::gate::admit`].
///
/// # Errors
/// `io.key_file` for a key of another role; `limit.length`, `malformed.field`, `limit.entry_size` for a text that does
/// not fit.
pub fn document(
    issuer: &str,
    key: &KeyFile,
    draft: &Draft,
    issued_at: Timestamp,
    entropy: &mut Entropy,
) -> Result<Signed> {
    documents(issuer, key, std::slice::from_ref(draft), issued_at, entropy)
}

/// Signs one statement for all of these documents, which are of one type and expire together.
///
/// # Errors
/// As [`document`]; `usage.arguments` for no document, or types or ends that differ; `limit.number` for too many.
pub fn documents(
    issuer: &str,
    key: &KeyFile,
    drafts: &[Draft],
    issued_at: Timestamp,
    entropy: &mut Entropy,
) -> Result<Signed> {
    let subjects = drafts.iter().map(|draft| describe(draft, entropy)).collect::<Result<_>>()?;
    let subjects = Subjects::new(subjects)?;
    let terms = |draft: &Draft| (draft.document_type.clone(), draft.expires);
    let mut all = drafts.iter().map(terms);
    let Some((document_type, expires)) = all.next().filter(|first| all.all(|terms| terms == *first)) else {
        let what = "is about documents of several types, or that expire at several times";
        return Err(Error::new(Code::UsageArguments, "statement", what, "make one statement for each"));
    };
    let kid = kid(key.id())?;
    let header = StatementHeader {
        kid: &kid,
        issuer,
        id: &statement_id(entropy),
        expires,
        not_before: None,
        issued_at,
        request_id: &entropy.bytes::<REQUEST_ID_LEN>(),
        subjects: u64::try_from(subjects.len()).unwrap_or(u64::MAX),
        document_type: &document_type,
        statement_type: StatementType::Document,
    };
    let statement = seal(&header, &subjects.root(), key)?;
    Ok(Signed { subjects, statement })
}

fn describe(draft: &Draft, entropy: &mut Entropy) -> Result<Described> {
    let status = draft.status.as_ref().map(|entry| StatusReference { uri: &entry.uri, index: entry.index });
    let Draft { document_hash, kind, sub, .. } = draft;
    let subject = Subject { kind: *kind, document_hash: *document_hash, salt: entropy.bytes(), sub, status };
    let subject = subject.encode();
    Subject::parse(&subject)?;
    Ok(Described { document_hash: *document_hash, subject })
}

/// Signs the log entry that records a status list token made at `issued_at`.
///
/// # Errors
/// As [`document`].
pub fn status(
    issuer: &str,
    key: &KeyFile,
    token: &[u8],
    issued_at: Timestamp,
    entropy: &mut Entropy,
) -> Result<Vec<u8>> {
    let kid = kid(key.id())?;
    let header = StatementHeader {
        kid: &kid,
        issuer,
        id: &statement_id(entropy),
        expires: None,
        not_before: None,
        issued_at,
        request_id: &entropy.bytes::<REQUEST_ID_LEN>(),
        subjects: 1,
        document_type: STATUS_TYPE,
        statement_type: StatementType::Status,
    };
    seal(&header, &Hash::of(token), key)
}

/// Signs the entry that the log of this origin begins with.
///
/// # Errors
/// As [`document`].
pub fn genesis(origin: &Origin, root: &KeyFile, created: Timestamp, entropy: &mut Entropy) -> Result<Vec<u8>> {
    let kid = kid(root.id())?;
    let header = StatementHeader {
        kid: &kid,
        issuer: origin.as_str(),
        id: &statement_id(entropy),
        expires: None,
        not_before: None,
        issued_at: created,
        request_id: &entropy.bytes::<REQUEST_ID_LEN>(),
        subjects: 1,
        document_type: GENESIS_TYPE,
        statement_type: StatementType::Genesis,
    };
    seal(&header, &Hash::of(&log_parameters(origin, created)), root)
}

/// The preimage of a genesis statement's payload: what the log is.
#[must_use]
pub fn log_parameters(origin: &Origin, created: Timestamp) -> Vec<u8> {
    let mut w = Writer::new();
    w.map(4).text("kind").text("civictrust.log").text("origin").text(origin.as_str());
    w.text("created").uint(created.seconds()).text("version").uint(1);
    w.finish()
}

/// Signs a statement with this header and payload.
///
/// # Errors
/// `io.key_file` if the key's role may not sign this type of statement; those of [`Statement::parse`] if the header
/// does not fit the format.
pub fn seal(header: &StatementHeader<'_>, payload: &Hash, key: &KeyFile) -> Result<Vec<u8>> {
    let role = match header.statement_type {
        StatementType::Document => Role::Issuer,
        StatementType::Status => Role::Status,
        StatementType::Genesis => Role::Root,
    };
    if key.role() != role {
        let what = format!("is a key with the role {}", key.role());
        return Err(Error::new(Code::IoKeyFile, key.id(), what, format!("use a key with the role {role}")));
    }
    let signature = key.signing_key().sign(&header.signature_input(payload));
    let statement = header.seal(payload, &signature.to_bytes());
    match Statement::parse(&statement) {
        Ok(_) => Ok(statement),
        Err(error) => Err(Error::refused(error, "statement", "does not fit its format", "use shorter texts")),
    }
}

/// The key ID under which a root or issuer key stands in statements and trust roots: its text.
///
/// # Errors
/// `limit.length` for an ID that is longer than a COSE key ID may be.
pub fn kid(id: &KeyId) -> Result<Vec<u8>> {
    let kid = id.to_string().into_bytes();
    if kid.len() > MAX_KID_BYTES {
        let what = format!("is longer than the {MAX_KID_BYTES} bytes of a key ID");
        return Err(Error::new(Code::LimitLength, id, what, "choose a shorter name"));
    }
    Ok(kid)
}

/// Refuses what is not the genesis of the log of this origin. Who signed it is not looked at.
///
/// # Errors
/// `malformed.*` if it is no statement, `unsupported.statement_type` for another type, `tampered.subject` if it is
/// that of another log.
pub fn check_genesis(entry: &[u8], origin: &Origin) -> Result<()> {
    let next = "use the log's own genesis";
    let statement =
        Statement::parse(entry).map_err(|error| Error::refused(error, "genesis", "is no statement", next))?;
    let header = statement.header();
    if header.statement_type != StatementType::Genesis {
        return Err(Error::new(Code::UnsupportedStatementType, "genesis", "is a statement of another type", next));
    }
    if statement.payload() != Hash::of(&log_parameters(origin, header.issued_at)) {
        return Err(Error::new(Code::TamperedSubject, "genesis", format!("is not that of the log {origin}"), next));
    }
    Ok(())
}

fn statement_id(entropy: &mut Entropy) -> String {
    entropy.bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect()
}

const REQUEST_ID_LEN: usize = 16;
const GENESIS_TYPE: &str = "log";
const STATUS_TYPE: &str = "status";

#[cfg(test)]
mod tests {
    use super::*;

    fn key(role: Role, id: &str) -> KeyFile {
        KeyFile::generate(role, id.parse().unwrap(), &[7; 32])
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_seconds(seconds).unwrap()
    }

    fn draft() -> Draft {
        Draft {
            document_hash: Hash::of(b"document"),
            document_type: "diploma".to_owned(),
            sub: "student 17".to_owned(),
            expires: Some(at(2_000)),
            kind: SubjectKind::File,
            status: None,
        }
    }

    // R17.5: everything that the issuer signs stands in the statement, and its subject is under the payload.
    #[test]
    fn a_document_statement_says_what_was_asked() {
        let key = key(Role::Issuer, "registry.example#1");
        let signed =
            document("registry.example", &key, &draft(), at(1_000), &mut Entropy::from_seed(&[1; 32])).unwrap();
        let statement = Statement::parse(&signed.statement).unwrap();
        let header = statement.header();
        assert_eq!((header.issuer, header.kid), ("registry.example", b"registry.example#1".as_slice()));
        assert_eq!((header.document_type, header.subjects), ("diploma", 1));
        assert_eq!((header.issued_at, header.expires), (at(1_000), Some(at(2_000))));
        assert_eq!((header.id.len(), header.request_id.len()), (32, 16));
        assert_eq!(statement.payload(), Subject::hash(&signed.subjects.list()[0].subject));
        assert!(
            statement.is_signed_by(&ct_core::PublicKey::from_bytes(key.public().verifying_key().as_bytes()).unwrap())
        );
        let subject = Subject::parse(&signed.subjects.list()[0].subject).unwrap();
        assert_eq!((subject.document_hash, subject.sub), (Hash::of(b"document"), "student 17"));
    }

    // The same seed, the same bytes; the next statement of the same seed has another salt, ID and request ID.
    #[test]
    fn randomness_is_what_was_passed_in() {
        let key = key(Role::Issuer, "registry.example#1");
        let make = |entropy: &mut Entropy| document("i", &key, &draft(), at(1_000), entropy).unwrap();
        let (mut one, mut same) = (Entropy::from_seed(&[1; 32]), Entropy::from_seed(&[1; 32]));
        let first = make(&mut one);
        assert_eq!(first, make(&mut same));
        let second = make(&mut one);
        assert_ne!(first.subjects, second.subjects);
        let id = |signed: &Signed| Statement::parse(&signed.statement).unwrap().header().request_id.to_vec();
        assert_ne!(id(&first), id(&second));
    }

    // R8.1, R17.5
    #[test]
    fn a_role_signs_its_own_type_only() {
        let mut entropy = Entropy::from_seed(&[1; 32]);
        let origin = Origin::new("log.example").unwrap();
        for role in Role::ALL {
            let key = key(*role, "k#1");
            let code = |result: Result<()>| result.map_err(|error| error.code());
            let signed = document("i", &key, &draft(), at(1), &mut entropy).map(|_| ());
            assert_eq!(code(signed), if *role == Role::Issuer { Ok(()) } else { Err(Code::IoKeyFile) });
            let signed = genesis(&origin, &key, at(1), &mut entropy).map(|_| ());
            assert_eq!(code(signed), if *role == Role::Root { Ok(()) } else { Err(Code::IoKeyFile) });
        }
    }

    #[test]
    fn a_genesis_belongs_to_one_log() {
        let root = key(Role::Root, "root#1");
        let (origin, other) = (Origin::new("log.example").unwrap(), Origin::new("other.example").unwrap());
        let entry = genesis(&origin, &root, at(1), &mut Entropy::from_seed(&[1; 32])).unwrap();
        let code = |entry: &[u8], origin| check_genesis(entry, origin).map_err(|error| error.code());
        assert_eq!(code(&entry, &origin), Ok(()));
        assert_eq!(code(&entry, &other), Err(Code::TamperedSubject));
        let issuer = key(Role::Issuer, "i#1");
        let signed = document("i", &issuer, &draft(), at(1), &mut Entropy::from_seed(&[1; 32])).unwrap();
        assert_eq!(code(&signed.statement, &origin), Err(Code::UnsupportedStatementType));
        assert_eq!(code(b"", &origin), Err(Code::MalformedEmpty));
    }

    // R1.3: a key ID at the limit and one beyond; texts beyond theirs.
    #[test]
    fn limits_hold_at_max_and_max_plus_one() {
        let id = |length: usize| format!("{}#1", "n".repeat(length - 2)).parse::<KeyId>().unwrap();
        assert_eq!(kid(&id(MAX_KID_BYTES)).map(|kid| kid.len()), Ok(MAX_KID_BYTES));
        assert_eq!(kid(&id(MAX_KID_BYTES + 1)).map_err(|error| error.code()), Err(Code::LimitLength));
        let key = key(Role::Issuer, "i#1");
        let make = |draft: &Draft| {
            let signed = document("i", &key, draft, at(1), &mut Entropy::from_seed(&[1; 32]));
            signed.map(|_| ()).map_err(|error| error.code())
        };
        let sub = |length| Draft { sub: "s".repeat(length), ..draft() };
        let document_type = |length| Draft { document_type: "t".repeat(length), ..draft() };
        assert_eq!((make(&sub(256)), make(&sub(257))), (Ok(()), Err(Code::LimitLength)));
        assert_eq!((make(&document_type(256)), make(&document_type(257))), (Ok(()), Err(Code::LimitLength)));
        assert_eq!(make(&document_type(0)), Err(Code::MalformedField));
    }
}
