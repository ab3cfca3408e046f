//! A new log that runs as a service: keys, trust root, and a folder with its configuration for each node and witness.
//!
//! ```text
//! DIR/keys/        root.pem log.pem issuer.pem status.pem client.pem node-1.pem ... witness-1.pem ..., public halves
//! DIR/trust.toml   to edit        DIR/trust.cbor   to verify with        DIR/genesis.cbor   the log's first entry
//! DIR/node-1/config.toml ...      for: ct-node serve --config        DIR/node-1/first-start   until it has been started
//! DIR/witness-1/config.toml ...   for: ct-node witness --config
//! ```
//!
//! All roles are made on one machine, which is right for trying things out. For real use the folders and keys go to the
//! machines of those whose role they are: nothing but paths in the configurations ties them together.

use crate::durable;
use crate::entropy::Entropy;
use crate::error::{Error, Result, shown};
use crate::keyring::Keyring;
use crate::lock;
use crate::registry::{KEYS, Plan, TRUST_CBOR, TRUST_TOML};
use crate::statement::{self, Draft, Signed};
use crate::trust;
use ct_core::{Code, Hash, Origin, SubjectKind, Timestamp};
use ct_keys::{KeyFile, Role};
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;

/// Makes all of it in `dir`, which does not exist or is empty, with this many nodes.
///
/// # Errors
/// `usage.arguments` for another number of nodes than 1, 3 or 5, or of witnesses than a note can bear; `io.exists` if there
/// is anything in the directory; `malformed.*`, `limit.*`, `trust.*` for a plan that does not fit; `io.*`.
pub fn create(dir: &Path, plan: &Plan, nodes: u32, entropy: &mut Entropy) -> Result<()> {
    if ![1, 3, 5].contains(&nodes) {
        let next = "use 1, 3 or 5: an even number bears no more failures than the odd one below it";
        return Err(Error::new(Code::UsageArguments, "number of nodes", format!("is {nodes}"), next));
    }
    plan.check_witnesses()?;
    durable::fill_directory(dir, |stage| {
        let keys = Keyring::generate(plan, entropy)?;
        let client = Keyring::one(Role::Client, &format!("{}/client", plan.trust.issuer), &entropy.bytes())?;
        statement::kid(client.id())?;
        let (toml, cbor) = trust::files(&trust::describe(&plan.trust, keys.party())?, &keys.root)?;
        let folder = |name: &str| {
            let path = stage.join(name);
            fs::create_dir(&path).map(|()| path.clone()).map_err(|source| Error::writing(&path, &source))
        };
        let key_folder = folder(KEYS)?;
        keys.write(&key_folder)?;
        client.write_new(&key_folder.join("client.pem"))?;
        client.public().write_new(&key_folder.join("client.pub.pem"))?;
        durable::create(&stage.join(TRUST_TOML), toml.as_bytes())?;
        durable::create(&stage.join(TRUST_CBOR), &cbor)?;
        let genesis = statement::genesis(&Origin::new(&plan.origin)?, &keys.root, plan.trust.issued, entropy)?;
        durable::create(&stage.join("genesis.cbor"), &genesis)?;
        for number in 1..=nodes {
            let key = Keyring::one(Role::Tls, &format!("{}/node-{number}", plan.origin), &entropy.bytes())?;
            key.write_new(&key_folder.join(format!("node-{number}.pem")))?;
            key.public().write_new(&key_folder.join(format!("node-{number}.pub.pem")))?;
            let (config, folder) = (node_config(number, nodes, &keys)?, folder(&format!("node-{number}"))?);
            durable::create(&folder.join(CONFIG), config.as_bytes())?;
            durable::create(&folder.join(FIRST_START), b"founds\n")?;
        }
        let log = vkey(&keys.log)?;
        for (number, _) in (1..).zip(&keys.witnesses) {
            let config = witness_config(number, &plan.origin, &log);
            durable::create(&folder(&format!("witness-{number}"))?.join(CONFIG), config.as_bytes())?;
        }
        Ok(())
    })
}

/// The processes of a log's directory, by their folders' names: what [`create`] made, and whatever was added later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Processes {
    /// `node-1`, `node-2` and so on.
    pub nodes: Vec<String>,
    /// `witness-1` and so on.
    pub witnesses: Vec<String>,
}

impl Processes {
    /// Finds them; `None` if there is no such directory, or nothing in it.
    ///
    /// # Errors
    /// `io.exists` if there is something else in it; `io.*`.
    pub fn find(dir: &Path) -> Result<Option<Self>> {
        let mut entries = match fs::read_dir(dir) {
            Ok(entries) => entries,
            Err(source) if source.kind() == ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(Error::reading(dir, &source)),
        };
        if entries.next().is_none() {
            return Ok(None);
        }
        let all = |role: &str| -> Vec<String> {
            let names = (1..=MAX_PROCESSES).map(|number| format!("{role}-{number}"));
            names.filter(|name| dir.join(name).join(CONFIG).is_file()).collect()
        };
        let found = Self { nodes: all("node"), witnesses: all("witness") };
        if found.nodes.is_empty() {
            let next = "give the directory of a log with nodes, or one that is empty or does not exist";
            return Err(Error::new(Code::IoExists, shown(dir), "is not empty, and has no node in it", next));
        }
        Ok(Some(found))
    }
}

/// Keeps others from running the processes of this directory, as long as the file is open.
///
/// # Errors
/// `io.write` if somebody runs them already, or the file `lock` cannot be made.
pub fn claim(dir: &Path) -> Result<File> {
    lock::lock(dir, "the processes of this directory are run by another program")
}

/// The keys of a log's directory that a client works with.
#[derive(Debug)]
pub struct Keys {
    /// The log's origin.
    pub origin: String,
    /// The issuer's ID.
    pub issuer: String,
    /// A document type that it may issue.
    pub document_type: String,
    /// Signs statements.
    pub issuer_key: KeyFile,
    /// Signs requests.
    pub client_key: KeyFile,
}

impl Keys {
    /// Reads them from a directory that [`create`] made.
    ///
    /// # Errors
    /// `io.*`; those of [`trust::read`]; `unknown.issuer_key` if the issuer's key is not in the trust root.
    pub fn read(dir: &Path) -> Result<Self> {
        let keys = dir.join(KEYS);
        let trust = trust::read(&dir.join(TRUST_CBOR))?;
        let issuer_key = KeyFile::read(&keys.join("issuer.pem"), Role::Issuer)?;
        let issuer = trust::issuer_of(trust.trust(), &issuer_key)?;
        let document_type = issuer.types.first().cloned().unwrap_or_default();
        let client_key = KeyFile::read(&keys.join("client.pem"), Role::Client)?;
        Ok(Self {
            origin: trust::origin(trust.trust())?.to_owned(),
            issuer: issuer.id.clone(),
            document_type,
            issuer_key,
            client_key,
        })
    }

    /// A statement about a document that does not exist: for load and drills.
    ///
    /// # Errors
    /// Those of [`statement::document`].
    pub fn invented(&self, now: Timestamp, entropy: &mut Entropy) -> Result<Signed> {
        let draft = Draft {
            document_hash: Hash::new(entropy.bytes()),
            document_type: self.document_type.clone(),
            sub: String::new(),
            expires: None,
            kind: SubjectKind::File,
            status: None,
        };
        statement::document(&self.issuer, &self.issuer_key, &draft, now, entropy)
    }
}

fn vkey(key: &ct_keys::KeyFile) -> Result<String> {
    let none = || Error::new(Code::IoKeyFile, key.id(), "has no C2SP form", "use a key of a log or a witness");
    Ok(key.public().vkey().ok_or_else(none)?.to_string())
}

fn node_config(number: u32, nodes: u32, keys: &Keyring) -> Result<String> {
    let mut text = format!(
        "# One node of the log. Paths count from the folder of this file; docs/log-service.md explains each setting.\n\
         node = {number}\n\
         listen = \"127.0.0.1:0\"   # port 0: one that is free; the address is in the file api while the node runs\n\
         data = \"data\"\n\
         log_key = \"../keys/log.pem\"\n\
         trust = \"../trust.cbor\"\n\
         genesis = \"../genesis.cbor\"\n\
         clients = [\"../keys/client.pub.pem\"]\n\
         peer_listen = \"127.0.0.1:0\"   # for the other nodes; the address is in the file peer\n\
         peer_key = \"../keys/node-{number}.pem\"\n"
    );
    for peer in 1..=nodes {
        text.push_str(&format!(
            "\n[[peer]]\nnode = {peer}\nkey = \"../keys/node-{peer}.pub.pem\"\naddress_file = \"../node-{peer}/peer\"\n"
        ));
    }
    for (number, key) in (1..).zip(&keys.witnesses) {
        let vkey = vkey(key)?;
        text.push_str(&format!("\n[[witness]]\nvkey = \"{vkey}\"\nurl_file = \"../witness-{number}/api\"\n"));
    }
    Ok(text)
}

fn witness_config(number: u32, origin: &str, log: &str) -> String {
    format!(
        "# A witness of the log. Paths count from the folder of this file; docs/witness.md explains each setting.\n\
         listen = \"127.0.0.1:0\"   # port 0: one that is free; the address is in the file api while it runs\n\
         key = \"../keys/witness-{number}.pem\"\n\
         state = \"state\"\n\
         \n\
         [[log]]\n\
         origin = \"{origin}\"\n\
         vkey = \"{log}\"\n"
    )
}

const CONFIG: &str = "config.toml";
const FIRST_START: &str = "first-start";
/// Numbers are looked for up to this one: members come and go, and numbers are never used again.
const MAX_PROCESSES: u32 = 99;
