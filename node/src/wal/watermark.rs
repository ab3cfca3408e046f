//! The watermark: up to which record everything is known to have been on disk, kept apart from the records.
//!
//! Two slots are written in turn, so that a write that is cut off leaves the one before it.

use super::damage::Flaw;
use super::disk::Disk;
use super::frame::Reader;
use super::lsn::Lsn;
use ct_core::Hash;
use std::io;

/// The file's name.
pub(super) const NAME: &str = "synced";

/// What the file says, and where the next slot goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Watermark {
    generation: u64,
    /// The first record of the oldest segment; older ones may be there still, but this one is.
    pub(super) oldest: Lsn,
    /// Every record up to this one has been on disk.
    pub(super) synced: Lsn,
    /// Acknowledged records up to this one were found to be lost, and nobody has accepted that yet; zero if there are
    /// none, [`Self::UNKNOWN`] if it is not known how far.
    pub(super) lost: Lsn,
}

impl Watermark {
    /// Records are lost, and nobody knows how many.
    pub(super) const UNKNOWN: Lsn = Lsn::new(u64::MAX);

    /// Makes the file of a log without records.
    pub(super) fn create(disk: &mut dyn Disk) -> io::Result<Self> {
        let mark = Self { generation: 1, oldest: Lsn::ZERO.next(), synced: Lsn::ZERO, lost: Lsn::ZERO };
        disk.create(NAME, &[], 2 * SLOT)?;
        mark.put(disk)?;
        disk.sync(NAME)?;
        disk.sync_names()?;
        Ok(mark)
    }

    /// The newest slot that is whole; `None` if neither is.
    pub(super) fn read(disk: &dyn Disk) -> io::Result<Option<Self>> {
        let bytes = disk.read(NAME, 2 * SLOT)?;
        let slots = bytes.chunks(SLOT).filter_map(|slot| Self::parse(slot).ok());
        Ok(slots.max_by_key(|mark| mark.generation))
    }

    /// Writes it into the next slot, without waiting for the disk.
    pub(super) fn advance(&mut self, disk: &mut dyn Disk, synced: Lsn) -> io::Result<()> {
        self.generation = self.generation.saturating_add(1);
        self.synced = synced;
        self.put(disk)
    }

    /// Writes that segments before that of this record are going to be removed, and waits for the disk.
    pub(super) fn let_go(&mut self, disk: &mut dyn Disk, oldest: Lsn) -> io::Result<()> {
        self.oldest = oldest;
        self.advance(disk, self.synced)?;
        disk.sync(NAME)
    }

    /// Writes into both slots that records up to `lost` are gone, and waits for the disk.
    pub(super) fn declare(&mut self, disk: &mut dyn Disk, synced: Lsn, lost: Lsn) -> io::Result<()> {
        self.lost = lost;
        for _ in 0..2 {
            self.advance(disk, synced)?;
            disk.sync(NAME)?;
        }
        Ok(())
    }

    /// What stands for a file that says nothing any more.
    pub(super) const fn unreadable() -> Self {
        Self { generation: 0, oldest: Lsn::ZERO.next(), synced: Lsn::ZERO, lost: Self::UNKNOWN }
    }

    fn put(self, disk: &mut dyn Disk) -> io::Result<()> {
        let numbers = [self.generation, self.oldest.get(), self.synced.get(), self.lost.get()];
        let mut bytes = MAGIC.to_vec();
        numbers.iter().for_each(|number| bytes.extend_from_slice(&number.to_be_bytes()));
        let checksum = Hash::of(&bytes);
        bytes.extend_from_slice(checksum.as_bytes());
        let offset = if self.generation.is_multiple_of(2) { 0 } else { SLOT };
        disk.write_at(NAME, offset, &bytes)
    }

    fn parse(slot: &[u8]) -> Result<Self, Flaw> {
        let mut reader = Reader(slot);
        if reader.take::<8>()? != MAGIC {
            return Err(Flaw::Marker);
        }
        let (generation, oldest) = (reader.number()?, Lsn::new(reader.number()?));
        let (synced, lost) = (Lsn::new(reader.number()?), Lsn::new(reader.number()?));
        let (said, rest) = slot.split_at_checked(LEN).ok_or(Flaw::Short)?;
        if !rest.starts_with(Hash::of(said).as_bytes()) {
            return Err(Flaw::Checksum);
        }
        Ok(Self { generation, oldest, synced, lost })
    }
}

const MAGIC: [u8; 8] = *b"CTSYNC01";
/// What the checksum covers.
const LEN: usize = 40;
/// Slots are a page apart, so that a disk that spoils one while writing it leaves the other.
const SLOT: usize = 4_096;
