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
use super::{Meta, StateMachine};
use crate::error::{Error, Result};
use ct_core::{Code, Hash};
use redb::{Durability, Key, ReadTransaction, ReadableDatabase, ReadableTable, ReadableTableMetadata, TableDefinition};
use redb::{TableError, Value, WriteTransaction};

impl StateMachine {
    /// The state of now.
    ///
    /// # Errors
    /// `io.*`; `limit.number` for more records than a snapshot can hold.
    pub fn snapshot(&self) -> Result<Vec<u8>> {
        let transaction = self.database.begin_read().map_err(failed)?;
        let mut out = HEADER.to_vec();
        dump(&transaction, SINGLES, |name| name != APPLIED, &mut out)?;
        dump(&transaction, CLIENTS, |_| true, &mut out)?;
        dump(&transaction, SUBMISSIONS, |_| true, &mut out)?;
        dump(&transaction, SUBMISSION_TIMES, |_| true, &mut out)?;
        dump(&transaction, NONCES, |_| true, &mut out)?;
        dump(&transaction, NONCE_TIMES, |_| true, &mut out)?;
        dump(&transaction, IDENTITIES, |_| true, &mut out)?;
        dump(&transaction, ENTRIES, |_| true, &mut out)?;
        dump(&transaction, BOUNDARIES, |_| true, &mut out)?;
        let checksum = Hash::of(&out);
        out.extend(checksum.as_bytes());
        Ok(out)
    }

    /// Replaces the state by a snapshot's, on disk when this returns, together with `applied`.
    ///
    /// # Errors
    /// `tampered.state`, `unsupported.version` for one that is damaged or of another version: nothing was changed.
    /// `io.*`.
    pub fn install(&mut self, snapshot: &[u8], applied: &[u8]) -> Result<()> {
        let body = checked(snapshot)?;
        let mut transaction = self.database.begin_write().map_err(failed)?;
        transaction.set_durability(Durability::Immediate).map_err(failed)?;
        transaction.set_quick_repair(true);
        let mut rest = body;
        load(&transaction, SINGLES, &mut rest)?;
        load(&transaction, CLIENTS, &mut rest)?;
        load(&transaction, SUBMISSIONS, &mut rest)?;
        load(&transaction, SUBMISSION_TIMES, &mut rest)?;
        load(&transaction, NONCES, &mut rest)?;
        load(&transaction, NONCE_TIMES, &mut rest)?;
        load(&transaction, IDENTITIES, &mut rest)?;
        load(&transaction, ENTRIES, &mut rest)?;
        load(&transaction, BOUNDARIES, &mut rest)?;
        if !rest.is_empty() {
            return Err(damaged("a snapshot goes on after its end"));
        }
        let meta = {
            let mut singles = transaction.open_table(SINGLES).map_err(failed)?;
            let record = sealed(APPLIED, applied.to_vec());
            singles.insert(APPLIED, record.as_slice()).map_err(failed)?;
            let stored = singles.get(META).map_err(failed)?;
            stored.map(|record| Meta::parse(record.value())).transpose()?
        };
        transaction.commit().map_err(failed)?;
        self.meta.clone_from(&meta);
        self.progress.send_replace(meta);
        Ok(())
    }
}

/// What stands between header and checksum.
fn checked(snapshot: &[u8]) -> Result<&[u8]> {
    let cut = || damaged("a snapshot is cut");
    let length = snapshot.len().checked_sub(Hash::LEN).ok_or_else(cut)?;
    let (content, checksum) = snapshot.split_at(length);
    if Hash::of(content).as_bytes() != checksum {
        return Err(damaged("a snapshot is not what was written"));
    }
    content.strip_prefix(HEADER).ok_or_else(|| {
        let next = "use the same version of ct-node on all nodes";
        Error::new(Code::UnsupportedVersion, "snapshot", "was made by another version of ct-node", next)
    })
}

fn dump<K: Key + 'static, V: Value + 'static>(
    transaction: &ReadTransaction,
    definition: TableDefinition<'_, K, V>,
    keep: impl for<'k> Fn(K::SelfType<'k>) -> bool,
    out: &mut Vec<u8>,
) -> Result<()> {
    let table = match transaction.open_table(definition) {
        Err(TableError::TableDoesNotExist(_)) => {
            out.extend(0_u32.to_be_bytes());
            return Ok(());
        }
        opened => opened.map_err(failed)?,
    };
    let place = out.len();
    out.extend([0; 4]);
    let mut count = 0_u32;
    let many = || ct_core::Error::new(Code::LimitNumber, "snapshot");
    for record in table.iter().map_err(failed)? {
        let (key, value) = record.map_err(failed)?;
        if !keep(key.value()) {
            continue;
        }
        for bytes in [K::as_bytes(&key.value()).as_ref(), V::as_bytes(&value.value()).as_ref()] {
            out.extend(u32::try_from(bytes.len()).map_err(|_| many())?.to_be_bytes());
            out.extend(bytes);
        }
        count = count.checked_add(1).ok_or_else(many)?;
    }
    if let Some(counter) = out.get_mut(place..).and_then(|rest| rest.first_chunk_mut::<4>()) {
        *counter = count.to_be_bytes();
    }
    Ok(())
}

fn load<K: Key + 'static, V: Value + 'static>(
    transaction: &WriteTransaction,
    definition: TableDefinition<'_, K, V>,
    rest: &mut &[u8],
) -> Result<()> {
    transaction.delete_table(definition).map_err(failed)?;
    let mut table = transaction.open_table(definition).map_err(failed)?;
    let count = number(rest)?;
    for _ in 0..count {
        let key = part(rest)?;
        let value = part(rest)?;
        let fits = |width: Option<usize>, bytes: &[u8]| width.is_none_or(|width| width == bytes.len());
        if !fits(K::fixed_width(), key) || !fits(V::fixed_width(), value) {
            return Err(damaged("a snapshot has a record of the wrong length"));
        }
        table.insert(K::from_bytes(key), V::from_bytes(value)).map_err(failed)?;
    }
    debug_assert_eq!(table.len().ok(), Some(u64::from(count)));
    Ok(())
}

fn number(rest: &mut &[u8]) -> Result<u32> {
    let (bytes, after) = rest.split_first_chunk::<4>().ok_or_else(|| damaged("a snapshot is cut"))?;
    *rest = after;
    Ok(u32::from_be_bytes(*bytes))
}

fn part<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8]> {
    let length = usize::try_from(number(rest)?).unwrap_or(usize::MAX);
    let (bytes, after) = rest.split_at_checked(length).ok_or_else(|| damaged("a snapshot is cut"))?;
    *rest = after;
    Ok(bytes)
}

const HEADER: &[u8] = b"civictrust state 1\n";
