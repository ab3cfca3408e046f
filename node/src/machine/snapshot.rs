//! The whole state as bytes, for a node that lags behind or starts anew (R9.4).
//!
//! ```text
//! "civictrust state 1\n"  { table: u32 records, { u32 length, key, u32 length, value } }  SHA-256 of all before it
//! ```
//!
//! Numbers are big-endian; tables in the order below; what consensus remembers is not in it.

use super::meta::damaged;
use super::tables::{
    APPLIED, BOUNDARIES, CLIENTS, ENTRIES, IDENTITIES, META, NONCE_TIMES, NONCES, SINGLES, SUBMISSION_TIMES,
    SUBMISSIONS, failed, sealed,
};
use super::{Meta, StateMachine, StateReader};
use crate::error::{Error, Result};
use crate::planted::{Planted, planted};
use ct_core::limits::MAX_WAL_VALUE_BYTES;
use ct_core::{Code, Hash, Hasher};
use redb::{
    Durability, Key, ReadOnlyTable, ReadTransaction, ReadableDatabase, ReadableTable, ReadableTableMetadata,
    TableDefinition, TableError, Value, WriteTransaction,
};
use std::io::{self, Read, Write};

/// The state of one moment.
pub struct StateView(ReadTransaction);

impl StateMachine {
    /// The state of now; what is applied later does not change it.
    ///
    /// # Errors
    /// `io.*`.
    pub fn view(&self) -> Result<StateView> {
        self.database.begin_read().map(StateView).map_err(failed)
    }

    /// Replaces the state by a snapshot's, on disk when this returns, together with `applied`.
    ///
    /// # Errors
    /// `tampered.state`, `unsupported.version` for one that is damaged or of another version: nothing was changed.
    /// `io.*`.
    pub fn install(&mut self, snapshot: &mut dyn Read, applied: &[u8]) -> Result<()> {
        self.replace(snapshot, Some(applied))
    }

    /// As [`Self::install`], for a log that begins anew with this state: consensus remembers nothing.
    ///
    /// # Errors
    /// As [`Self::install`].
    pub fn restore(&mut self, snapshot: &mut dyn Read) -> Result<()> {
        self.replace(snapshot, None)
    }

    fn replace(&mut self, snapshot: &mut dyn Read, applied: Option<&[u8]>) -> Result<()> {
        let mut source = Source { inner: snapshot, hasher: Hasher::new() };
        let mut header = [0; HEADER.len()];
        source.fill(&mut header)?;
        if !header.starts_with(b"civictrust state ") {
            return Err(damaged("what should be a snapshot is none"));
        }
        if header != *HEADER {
            let next = "use the same version of ct-node on all nodes";
            let what = "was made by another version of ct-node";
            return Err(Error::new(Code::UnsupportedVersion, "snapshot", what, next));
        }
        let mut transaction = self.database.begin_write().map_err(failed)?;
        transaction.set_durability(Durability::Immediate).map_err(failed)?;
        transaction.set_quick_repair(true);
        load(&transaction, SINGLES, &mut source)?;
        load(&transaction, CLIENTS, &mut source)?;
        load(&transaction, SUBMISSIONS, &mut source)?;
        load(&transaction, SUBMISSION_TIMES, &mut source)?;
        load(&transaction, NONCES, &mut source)?;
        load(&transaction, NONCE_TIMES, &mut source)?;
        load(&transaction, IDENTITIES, &mut source)?;
        load(&transaction, ENTRIES, &mut source)?;
        load(&transaction, BOUNDARIES, &mut source)?;
        source.end()?;
        let meta = {
            let mut singles = transaction.open_table(SINGLES).map_err(failed)?;
            if let Some(applied) = applied {
                let record = sealed(APPLIED, applied.to_vec());
                singles.insert(APPLIED, record.as_slice()).map_err(failed)?;
            }
            let stored = singles.get(META).map_err(failed)?;
            stored.map(|record| Meta::parse(record.value())).transpose()?
        };
        // Until here, nothing was changed: a transaction that is dropped never was.
        transaction.commit().map_err(failed)?;
        self.meta.clone_from(&meta);
        self.progress.send_replace(meta);
        Ok(())
    }
}

impl StateReader {
    /// The state of now, as [`StateMachine::view`].
    ///
    /// # Errors
    /// `io.*`.
    pub fn view(&self) -> Result<StateView> {
        self.database.begin_read().map(StateView).map_err(failed)
    }
}

impl StateView {
    /// Writes it, piece by piece.
    ///
    /// # Errors
    /// `io.*`; `limit.number` for more records than a snapshot can hold.
    pub fn write_to(&self, out: &mut dyn Write) -> Result<()> {
        let mut sink = Sink { inner: out, hasher: Hasher::new() };
        sink.put(HEADER)?;
        let table = opened_table(&self.0, SINGLES)?;
        let meta = table.map(|table| table.get(META).map_err(failed)).transpose()?.flatten();
        sink.count(u64::from(meta.is_some()))?;
        if let Some(meta) = meta {
            sink.part(META)?;
            sink.part(meta.value())?;
        }
        dump(&self.0, CLIENTS, &mut sink)?;
        if planted(Planted::SnapshotForgetsDedupe) {
            sink.count(0)?;
            sink.count(0)?;
        } else {
            dump(&self.0, SUBMISSIONS, &mut sink)?;
            dump(&self.0, SUBMISSION_TIMES, &mut sink)?;
        }
        dump(&self.0, NONCES, &mut sink)?;
        dump(&self.0, NONCE_TIMES, &mut sink)?;
        dump(&self.0, IDENTITIES, &mut sink)?;
        dump(&self.0, ENTRIES, &mut sink)?;
        dump(&self.0, BOUNDARIES, &mut sink)?;
        let checksum = sink.hasher.finish();
        sink.inner.write_all(checksum.as_bytes()).map_err(unwritten)
    }
}

/// Where a snapshot goes.
struct Sink<'a> {
    inner: &'a mut dyn Write,
    hasher: Hasher,
}

impl Sink<'_> {
    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.hasher.update(bytes);
        self.inner.write_all(bytes).map_err(unwritten)
    }

    fn count(&mut self, count: u64) -> Result<()> {
        let many = |_| ct_core::Error::new(Code::LimitNumber, "snapshot");
        self.put(&u32::try_from(count).map_err(many)?.to_be_bytes())
    }

    fn part(&mut self, bytes: &[u8]) -> Result<()> {
        self.count(u64::try_from(bytes.len()).unwrap_or(u64::MAX))?;
        self.put(bytes)
    }
}

/// Where a snapshot comes from.
struct Source<'a> {
    inner: &'a mut dyn Read,
    hasher: Hasher,
}

impl Source<'_> {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        self.inner.read_exact(bytes).map_err(unread)?;
        self.hasher.update(&*bytes);
        Ok(())
    }

    fn number(&mut self) -> Result<u32> {
        let mut bytes = [0; 4];
        self.fill(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn part(&mut self) -> Result<Vec<u8>> {
        let length = usize::try_from(self.number()?).unwrap_or(usize::MAX);
        if length > MAX_WAL_VALUE_BYTES {
            return Err(damaged("a snapshot has a record that is too long"));
        }
        let mut bytes = vec![0; length];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn end(self) -> Result<()> {
        let mut checksum = [0; Hash::LEN];
        self.inner.read_exact(&mut checksum).map_err(unread)?;
        if self.hasher.finish() != Hash::new(checksum) {
            return Err(damaged("a snapshot is not what was written"));
        }
        match self.inner.read(&mut [0]).map_err(unread)? {
            0 => Ok(()),
            _ => Err(damaged("a snapshot goes on after its end")),
        }
    }
}

fn unwritten(source: io::Error) -> Error {
    Error::new(Code::IoWrite, "snapshot", format!("cannot be written: {source}"), "see whether the disk is full")
}

fn unread(source: io::Error) -> Error {
    match source.kind() {
        io::ErrorKind::UnexpectedEof => damaged("a snapshot is cut"),
        _ => Error::new(Code::IoRead, "snapshot", format!("cannot be read: {source}"), "look at the disk"),
    }
}

fn opened_table<K: Key + 'static, V: Value + 'static>(
    transaction: &ReadTransaction,
    definition: TableDefinition<'_, K, V>,
) -> Result<Option<ReadOnlyTable<K, V>>> {
    match transaction.open_table(definition) {
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        opened => opened.map(Some).map_err(failed),
    }
}

fn dump<K: Key + 'static, V: Value + 'static>(
    transaction: &ReadTransaction,
    definition: TableDefinition<'_, K, V>,
    sink: &mut Sink<'_>,
) -> Result<()> {
    let Some(table) = opened_table(transaction, definition)? else { return sink.count(0) };
    sink.count(table.len().map_err(failed)?)?;
    for record in table.iter().map_err(failed)? {
        let (key, value) = record.map_err(failed)?;
        sink.part(K::as_bytes(&key.value()).as_ref())?;
        sink.part(V::as_bytes(&value.value()).as_ref())?;
    }
    Ok(())
}

fn load<K: Key + 'static, V: Value + 'static>(
    transaction: &WriteTransaction,
    definition: TableDefinition<'_, K, V>,
    source: &mut Source<'_>,
) -> Result<()> {
    transaction.delete_table(definition).map_err(failed)?;
    let mut table = transaction.open_table(definition).map_err(failed)?;
    for _ in 0..source.number()? {
        let (key, value) = (source.part()?, source.part()?);
        let fits = |width: Option<usize>, bytes: &[u8]| width.is_none_or(|width| width == bytes.len());
        if !fits(K::fixed_width(), &key) || !fits(V::fixed_width(), &value) {
            return Err(damaged("a snapshot has a record of the wrong length"));
        }
        table.insert(K::from_bytes(&key), V::from_bytes(&value)).map_err(failed)?;
    }
    Ok(())
}

const HEADER: &[u8; 19] = b"civictrust state 1\n";
