//! The log's state, as every node has it: who may submit, what was asked and answered, which statements are in the log,
//! the tree over them, and what may be signed. Format: `specs/state-machine.md`.
//!
//! Driven by committed [`Command`](crate::command::Command)s and nothing else, one writer (R9.5). What was applied is on
//! disk after [`StateMachine::persist`]; until then the write-ahead log has it.

mod extension;
mod invariants;
mod meta;
mod snapshot;
mod tables;
mod transition;

pub use meta::{Anchored, Meta, TrustInForce};
pub use snapshot::StateView;
pub use tables::{Client, Submission};
pub use transition::{ACCEPTED, ANSWERS_KEPT, REFUSED};

use self::invariants::Counts;
pub(crate) use self::meta::damaged;
use self::tables::{
    APPLIED, BOUNDARIES, CLIENTS, ENTRIES, IDENTITIES, META, SINGLES, SUBMISSIONS, failed, opened, submission_key,
};
use self::transition::Transition;
use crate::envelope::RequestId;
use crate::error::{Error, Result, shown};
use ct_core::{Hash, TreeSize};
use redb::{Database, Durability, ReadTransaction, ReadableDatabase, TableError};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::watch;

/// The state in a file, and the only hand that writes it.
#[derive(Debug)]
pub struct StateMachine {
    database: Arc<Database>,
    meta: Option<Meta>,
    progress: watch::Sender<Option<Meta>>,
}

/// The state to read from, on any thread, while it is written.
#[derive(Clone, Debug)]
pub struct StateReader {
    database: Arc<Database>,
    progress: watch::Receiver<Option<Meta>>,
}

impl StateMachine {
    /// Opens the state in this file, or makes it.
    ///
    /// # Errors
    /// `io.*`; `tampered.state`, `unsupported.version` if it cannot be relied on.
    pub fn open(path: &Path) -> Result<Self> {
        let database = Database::create(path).map_err(|error| {
            let error = failed(error);
            Error::new(error.code(), shown(path), error.what(), error.next())
        })?;
        Self::on(database)
    }

    /// The state in a file of a simulated disk.
    #[cfg(all(test, feature = "simulation"))]
    pub(crate) fn open_on(file: impl redb::StorageBackend) -> Result<Self> {
        Self::on(redb::Builder::new().create_with_backend(file).map_err(failed)?)
    }

    fn on(database: Database) -> Result<Self> {
        let database = Arc::new(database);
        let meta = single(&database, META)?.map(|bytes| Meta::parse(&bytes)).transpose()?;
        let progress = watch::Sender::new(meta.clone());
        Ok(Self { database, meta, progress })
    }

    /// A reader of this state.
    #[must_use]
    pub fn reader(&self) -> StateReader {
        StateReader { database: Arc::clone(&self.database), progress: self.progress.subscribe() }
    }

    /// What consensus stored with the last commands.
    ///
    /// # Errors
    /// `io.*`, `tampered.state`.
    pub fn applied(&self) -> Result<Option<Vec<u8>>> {
        let record = single(&self.database, APPLIED)?;
        record.map(|record| opened(APPLIED, &record).map(<[u8]>::to_vec)).transpose()
    }

    /// Applies committed commands in order, all in one transaction with `applied`; one answer for each.
    ///
    /// # Errors
    /// `tampered.state` if this node's state does not fit the commands: it must stop. `malformed.*` for what is no
    /// command; `io.*`. Then nothing was changed.
    pub fn apply<'a>(&mut self, commands: impl IntoIterator<Item = &'a [u8]>, applied: &[u8]) -> Result<Vec<Vec<u8>>> {
        let mut transaction = self.database.begin_write().map_err(failed)?;
        transaction.set_durability(Durability::None).map_err(failed)?;
        let mut answers = Vec::new();
        let meta = {
            let mut transition = Transition::begin(&transaction, self.meta.clone())?;
            for command in commands {
                let before = cfg!(debug_assertions).then(|| transition.meta().cloned()).flatten();
                answers.push(transition.apply(command)?);
                if cfg!(debug_assertions)
                    && let Some(after) = transition.meta()
                {
                    invariants::check(before.as_ref(), after, transition.counts()?)?;
                }
            }
            transition.into_meta()
        };
        {
            let mut singles = transaction.open_table(SINGLES).map_err(failed)?;
            let record = tables::sealed(APPLIED, applied.to_vec());
            singles.insert(APPLIED, record.as_slice()).map_err(failed)?;
            if let Some(meta) = &meta {
                singles.insert(META, meta.encode().as_slice()).map_err(failed)?;
            }
        }
        transaction.commit().map_err(failed)?;
        self.meta.clone_from(&meta);
        self.progress.send_replace(meta);
        Ok(answers)
    }

    /// Makes durable all that was applied and compares the summary as it is stored with the one that is held: what came
    /// before in the write-ahead log may go (R10.5).
    ///
    /// # Errors
    /// `io.*`; `tampered.state` if what was read is not what was written.
    pub fn persist(&mut self) -> Result<()> {
        let mut transaction = self.database.begin_write().map_err(failed)?;
        transaction.set_durability(Durability::Immediate).map_err(failed)?;
        // So that opening after a crash does not walk the whole file.
        transaction.set_quick_repair(true);
        transaction.commit().map_err(failed)?;
        let stored = single(&self.database, META)?.map(|bytes| Meta::parse(&bytes)).transpose()?;
        if stored == self.meta { Ok(()) } else { Err(damaged("its summary was not stored as it was written")) }
    }
}

impl StateReader {
    /// The summary; `None` before the first command.
    #[must_use]
    pub fn meta(&self) -> Option<Meta> {
        self.progress.borrow().clone()
    }

    /// How far the state has come, and the summary there, read together: two nodes with the same first have the same
    /// second. `None` before the first command.
    ///
    /// # Errors
    /// `io.*`, `tampered.state`, `unsupported.version`.
    pub fn position(&self) -> Result<Option<(Hash, Meta)>> {
        let transaction = self.read()?;
        let table = match transaction.open_table(SINGLES) {
            Err(TableError::TableDoesNotExist(_)) => return Ok(None),
            opened => opened.map_err(failed)?,
        };
        let record = |name| table.get(name).map_err(failed);
        let (Some(applied), Some(meta)) = (record(APPLIED)?, record(META)?) else { return Ok(None) };
        Ok(Some((Hash::of(opened(APPLIED, applied.value())?), Meta::parse(meta.value())?)))
    }

    /// Changes whenever commands were applied.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Option<Meta>> {
        self.progress.clone()
    }

    /// The client with this key ID, with the version that it has, also if it was deleted; `None` if it never was there.
    ///
    /// # Errors
    /// `io.*`, `tampered.state`.
    pub fn client(&self, kid: &[u8]) -> Result<Option<Client>> {
        let transaction = self.read()?;
        let table = match transaction.open_table(CLIENTS) {
            Err(TableError::TableDoesNotExist(_)) => return Ok(None),
            opened => opened.map_err(failed)?,
        };
        let record = table.get(kid).map_err(failed)?;
        record.map(|record| Client::parse(kid, record.value())).transpose()
    }

    /// What became of a request of this client.
    ///
    /// # Errors
    /// `io.*`, `tampered.state`.
    pub fn submission(&self, request_id: RequestId, kid: &[u8]) -> Result<Option<Submission>> {
        let transaction = self.read()?;
        let table = match transaction.open_table(SUBMISSIONS) {
            Err(TableError::TableDoesNotExist(_)) => return Ok(None),
            opened => opened.map_err(failed)?,
        };
        let key = submission_key(request_id, kid);
        let found = table.get(&key).map_err(failed)?;
        found.map(|record| Submission::parse(&key, record.value())).transpose()
    }

    /// What became of requests with this ID, whichever client sent them: mostly one.
    ///
    /// # Errors
    /// `io.*`, `tampered.state`.
    pub fn submissions(&self, request_id: RequestId) -> Result<Vec<Submission>> {
        let transaction = self.read()?;
        let table = match transaction.open_table(SUBMISSIONS) {
            Err(TableError::TableDoesNotExist(_)) => return Ok(Vec::new()),
            opened => opened.map_err(failed)?,
        };
        let (mut low, mut high) = ([0; 48], [u8::MAX; 48]);
        for bound in [&mut low, &mut high] {
            bound.split_at_mut(RequestId::LEN).0.copy_from_slice(request_id.as_bytes());
        }
        let range = table.range::<&[u8; 48]>(&low..=&high).map_err(failed)?;
        let read = range.take(SAME_ID).map(|record| {
            let (key, value) = record.map_err(failed)?;
            Submission::parse(key.value(), value.value())
        });
        read.collect()
    }

    /// A size that the tree had after a command, and its root: the greatest that is at most `most` above `size`, else
    /// the next one above it; `None` if the tree has not grown.
    ///
    /// # Errors
    /// `io.*`, `tampered.state`.
    pub fn boundary(&self, size: u64, most: u64) -> Result<Option<(TreeSize, Hash)>> {
        let transaction = self.read()?;
        let table = match transaction.open_table(BOUNDARIES) {
            Err(TableError::TableDoesNotExist(_)) => return Ok(None),
            opened => opened.map_err(failed)?,
        };
        let above = size.saturating_add(1);
        let near = table.range(above..=size.saturating_add(most)).map_err(failed)?.next_back();
        let found = match near {
            Some(near) => Some(near),
            None => table.range(above..).map_err(failed)?.next(),
        };
        let Some((size, record)) = found.transpose().map_err(failed)? else { return Ok(None) };
        let root = opened(&size.value().to_be_bytes(), record.value())?.try_into();
        Ok(Some((TreeSize::new(size.value())?, Hash::new(root.map_err(|_| damaged("a root is cut"))?))))
    }

    /// The root that the tree had at this size, as far as it is remembered.
    ///
    /// # Errors
    /// `io.*`, `tampered.state`.
    pub fn root_at(&self, size: TreeSize) -> Result<Option<Hash>> {
        let meta = self.meta();
        let known = meta.iter().flat_map(|meta| {
            let Meta { tree, sealed, anchored: Anchored { seal: anchored, .. }, .. } = meta;
            [(tree.size(), tree.root()), (sealed.size, sealed.root), (anchored.size, anchored.root)]
        });
        if let Some((_, root)) = known.into_iter().find(|(known, _)| *known == size) {
            return Ok(Some(root));
        }
        let before = size.get().saturating_sub(1);
        Ok(self.boundary(before, 1)?.filter(|(found, _)| *found == size).map(|(_, root)| root))
    }

    /// Where the statement with this issuer and (iss, cti) identity is, for ever.
    ///
    /// # Errors
    /// `io.*`, `tampered.state`.
    pub fn place(&self, identity: &Hash) -> Result<Option<u64>> {
        let transaction = self.read()?;
        let table = match transaction.open_table(IDENTITIES) {
            Err(TableError::TableDoesNotExist(_)) => return Ok(None),
            opened => opened.map_err(failed)?,
        };
        let Some(record) = table.get(identity.as_bytes()).map_err(failed)? else { return Ok(None) };
        let value = opened(identity.as_bytes(), record.value())?;
        let bytes = value.try_into().map_err(|_| damaged("a leaf index is cut"))?;
        Ok(Some(u64::from_be_bytes(bytes)))
    }

    /// The entries from `first` on that stand in no tile yet, at most `most`; none if the first is not there any more.
    ///
    /// # Errors
    /// `io.*`; `tampered.state` if a later one is missing, or one is not what was written.
    pub fn entries(&self, first: u64, most: usize) -> Result<Vec<Vec<u8>>> {
        let transaction = self.read()?;
        let table = match transaction.open_table(ENTRIES) {
            Err(TableError::TableDoesNotExist(_)) => return Ok(Vec::new()),
            opened => opened.map_err(failed)?,
        };
        let mut entries = Vec::new();
        for (record, expected) in table.range(first..).map_err(failed)?.zip(first..).take(most) {
            let (index, value) = record.map_err(failed)?;
            if index.value() != expected && entries.is_empty() {
                break;
            }
            if index.value() != expected {
                return Err(damaged("an entry is missing"));
            }
            entries.push(opened(&expected.to_be_bytes(), value.value())?.to_vec());
        }
        Ok(entries)
    }

    /// Removes entries below `size`, which stand in tiles on disk. This is no command: tiles are each node's own.
    ///
    /// # Errors
    /// `io.*`.
    pub fn drop_entries(&self, size: u64) -> Result<()> {
        let mut transaction = self.database.begin_write().map_err(failed)?;
        transaction.set_durability(Durability::None).map_err(failed)?;
        {
            let mut table = transaction.open_table(ENTRIES).map_err(failed)?;
            table.retain_in(..size, |_, _| false).map_err(failed)?;
        }
        transaction.commit().map_err(failed)
    }

    fn read(&self) -> Result<ReadTransaction> {
        self.database.begin_read().map_err(failed)
    }
}

fn single(database: &Database, name: &[u8]) -> Result<Option<Vec<u8>>> {
    let transaction = database.begin_read().map_err(failed)?;
    match transaction.open_table(SINGLES) {
        Ok(table) => Ok(table.get(name).map_err(failed)?.map(|record| record.value().to_vec())),
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

/// Several clients with one request ID are an accident; nobody needs more of them.
const SAME_ID: usize = 16;
