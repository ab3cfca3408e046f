//! The state of a node that runs, piece by piece, for whoever has the node's own key.

use crate::entropy::Entropy;
use crate::error::{Error, Result, shown};
use crate::machine::StateReader;
use crate::peers::{Dialer, Identity, Member, MessageKind, Network, PeerAddress};
use crate::service::{Clock, PeerSettings};
use ct_core::cbor::{Reader, Writer};
use ct_core::{Code, Timestamp};
use ct_keys::{KeyFile, Role};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::task::spawn_blocking;

/// Answers for one node: one transfer at a time, from a file that has no name.
#[derive(Debug)]
pub(crate) struct Transfers(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    own: u64,
    state: StateReader,
    dir: PathBuf,
    current: Mutex<Option<Transfer>>,
}

#[derive(Debug)]
struct Transfer {
    id: u64,
    file: File,
    length: u64,
    next: u64,
}

/// The piece with this number, from 0, of this transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Question {
    transfer: u64,
    number: u64,
}

/// A piece, and how many bytes there are in all.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    length: u64,
    bytes: Vec<u8>,
}

impl Transfers {
    /// Those of the node with this number, whose folder is `dir`.
    pub(crate) fn new(own: u64, state: StateReader, dir: &Path) -> Self {
        Self(Arc::new(Inner { own, state, dir: dir.to_owned(), current: Mutex::default() }))
    }

    /// The next piece. The first one takes the state of now, and ends the transfer that was under way.
    ///
    /// # Errors
    /// `unknown.peer` for anybody but the node itself; `malformed.frame`; `replayed.frame` for a piece that is not the
    /// next one; `io.*`.
    pub(crate) async fn answer(&self, from: u64, payload: &[u8]) -> Result<Vec<u8>> {
        if from != self.0.own {
            let next = "make a backup where the node's own key is";
            return Err(Error::new(Code::UnknownPeer, "this node", "gives its state to nobody but itself", next));
        }
        let question = Question::decode(payload)?;
        let inner = Arc::clone(&self.0);
        let piece = spawn_blocking(move || inner.piece(question)).await;
        let piece = piece.map_err(|_| Error::new(Code::Internal, "the state", "was not read", "report this"))??;
        Ok(piece.encode())
    }
}

impl Inner {
    fn piece(&self, question: Question) -> Result<Piece> {
        // A panic while it was locked can only have lost a transfer, which begins anew.
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if question.number == 0 {
            *current = Some(self.begin(question.transfer)?);
        }
        let expected = current.as_mut().filter(|it| (it.id, it.next) == (question.transfer, question.number));
        let Some(transfer) = expected else {
            let what = "is not the next piece of the state that is being read: another backup has begun";
            return Err(Error::new(Code::ReplayedFrame, "backup", what, "make one backup at a time"));
        };
        let mut bytes = Vec::new();
        let read = (&mut transfer.file).take(PIECE_BYTES).read_to_end(&mut bytes);
        read.map_err(|source| Error::reading(&self.dir, &source))?;
        transfer.next = transfer.next.saturating_add(1);
        let length = transfer.length;
        if transfer.next.saturating_mul(PIECE_BYTES) >= length {
            *current = None;
        }
        Ok(Piece { length, bytes })
    }

    fn begin(&self, id: u64) -> Result<Transfer> {
        let failed = |source| Error::writing(&self.dir, &source);
        let mut out = BufWriter::new(tempfile::tempfile_in(&self.dir).map_err(failed)?);
        self.state.view()?.write_to(&mut out)?;
        let mut file = out.into_inner().map_err(|error| failed(error.into_error()))?;
        let length = file.stream_position().map_err(failed)?;
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        Ok(Transfer { id, file, length, next: 0 })
    }
}

/// Asks the node of this configuration, which runs, for its state, and writes it to `out`. Blocks: not for an event loop.
///
/// # Errors
/// `io.network` if it cannot be reached; what it refuses with; `io.*`.
pub(super) fn fetch(
    node: u64,
    settings: &PeerSettings,
    now: Timestamp,
    entropy: &mut Entropy,
    out: &Path,
) -> Result<()> {
    let addresses = BTreeMap::from([(node, PeerAddress::File(settings.advertised.clone()))]);
    let (dialer, key) = dialer(node, settings, addresses, now, entropy)?;
    let member = Member { node, key, address: String::new() };
    let transfer = u64::from(u32::from_be_bytes(entropy.bytes()));
    let stopped = |source: std::io::Error| Error::new(Code::Internal, "the backup", source.to_string(), "report this");
    let runtime = Builder::new_current_thread().enable_all().build().map_err(stopped)?;
    let writing = |source| Error::writing(out, &source);
    let mut file = BufWriter::new(File::create_new(out).map_err(writing)?);
    let (mut number, mut done) = (0, 0_u64);
    loop {
        let question = Question { transfer, number }.encode();
        // With the first piece the whole state is written out.
        let within = if number == 0 { FIRST_PATIENCE } else { PATIENCE };
        let reply = runtime.block_on(dialer.call(&member, MessageKind::Backup, question, within))?;
        let Piece { length, bytes } = Piece::decode(&reply)?;
        let count = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        done = done.saturating_add(count);
        if bytes.is_empty() || done > length || (done < length && count != PIECE_BYTES) {
            return Err(malformed(&"a piece has the wrong length"));
        }
        file.write_all(&bytes).map_err(writing)?;
        if done == length {
            break;
        }
        number = number.saturating_add(1);
    }
    let file = file.into_inner().map_err(|error| writing(error.into_error()))?;
    file.sync_all().map_err(writing)
}

/// What calls as this node, and the key that it proves.
///
/// # Errors
/// `io.key_file` and others of the key.
pub(super) fn dialer(
    node: u64,
    settings: &PeerSettings,
    addresses: BTreeMap<u64, PeerAddress>,
    now: Timestamp,
    entropy: &mut Entropy,
) -> Result<(Dialer, [u8; 32])> {
    let key = KeyFile::read(&settings.key, Role::Tls)?;
    let clock: Clock = Arc::new(move || now);
    let identity = Arc::new(Identity::new(node, key, settings.signing, clock)?);
    let key = identity.key();
    Ok((Dialer::new(identity, addresses, CONNECT, Entropy::from_seed(&entropy.bytes())), key))
}

/// Writes the state of a node that does not run.
///
/// # Errors
/// `io.*`.
pub(super) fn write(state: &StateReader, out: &Path) -> Result<()> {
    let writing = |source| Error::writing(out, &source);
    let mut file = BufWriter::new(File::create_new(out).map_err(writing)?);
    let written = state.view()?.write_to(&mut file);
    written.map_err(|error| Error::new(error.code(), shown(out), error.what(), error.next()))?;
    let file = file.into_inner().map_err(|error| writing(error.into_error()))?;
    file.sync_all().map_err(writing)
}

impl Question {
    fn encode(self) -> Vec<u8> {
        let mut w = Writer::new();
        w.array(2).uint(self.transfer).uint(self.number);
        w.finish()
    }

    fn decode(payload: &[u8]) -> Result<Self> {
        let mut r = Reader::new(payload);
        let mut read = || {
            r.array_exact("backup", 2)?;
            Ok(Self { transfer: r.uint("transfer")?, number: r.uint("number")? })
        };
        let question = read().map_err(|error: ct_core::Error| malformed(&error))?;
        r.end().map_err(|error| malformed(&error))?;
        Ok(question)
    }
}

impl Piece {
    fn encode(&self) -> Vec<u8> {
        let mut w = Writer::new();
        w.array(2).uint(self.length).bytes(&self.bytes);
        w.finish()
    }

    fn decode(payload: &[u8]) -> Result<Self> {
        let most = usize::try_from(PIECE_BYTES).unwrap_or(usize::MAX);
        let mut r = Reader::new(payload);
        let mut read = || {
            r.array_exact("piece", 2)?;
            Ok(Self { length: r.uint("length")?, bytes: r.bytes("bytes", most)?.to_vec() })
        };
        let piece = read().map_err(|error: ct_core::Error| malformed(&error))?;
        r.end().map_err(|error| malformed(&error))?;
        Ok(piece)
    }
}

fn malformed(why: &dyn std::fmt::Display) -> Error {
    let next = "use the version of ct-node that the node runs";
    Error::new(Code::MalformedFrame, "a message", format!("is none of a backup ({why})"), next)
}

const PIECE_BYTES: u64 = 1 << 20;
const CONNECT: Duration = Duration::from_secs(3);
const PATIENCE: Duration = Duration::from_secs(30);
const FIRST_PATIENCE: Duration = Duration::from_secs(600);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::StateMachine;

    fn transfers(dir: &Path) -> Transfers {
        let machine = StateMachine::open(&dir.join("machine.redb")).unwrap();
        Transfers::new(2, machine.reader(), dir)
    }

    fn ask(transfers: &Transfers, from: u64, transfer: u64, number: u64) -> Result<Piece> {
        let runtime = Builder::new_current_thread().build().unwrap();
        let answer = runtime.block_on(transfers.answer(from, &Question { transfer, number }.encode()));
        answer.and_then(|piece| Piece::decode(&piece))
    }

    // R8.2, R20.5: a node's state is for nobody else; one transfer at a time, and its pieces in order.
    #[test]
    fn a_state_is_given_to_the_node_itself_and_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let transfers = transfers(dir.path());
        let code = |asked: Result<Piece>| asked.map(drop).map_err(|error| error.code());
        assert_eq!(code(ask(&transfers, 1, 7, 0)), Err(Code::UnknownPeer));
        assert_eq!(code(ask(&transfers, 2, 7, 1)), Err(Code::ReplayedFrame));
        let piece = ask(&transfers, 2, 7, 0).unwrap();
        assert_eq!(piece.length, u64::try_from(piece.bytes.len()).unwrap());
        assert!(piece.bytes.starts_with(b"civictrust state 1\n"));
        // It was the last one, and the file is gone.
        assert_eq!(code(ask(&transfers, 2, 7, 1)), Err(Code::ReplayedFrame));
        assert!(transfers.0.current.lock().unwrap().is_none());
        let runtime = Builder::new_current_thread().build().unwrap();
        for bad in [&b""[..], b"\x82\x01", b"\x82\x01\x01\x00", b"\x81\x01"] {
            let refused = runtime.block_on(transfers.answer(2, bad)).map(drop).map_err(|error| error.code());
            assert_eq!(refused, Err(Code::MalformedFrame), "{bad:?}");
        }
    }

    // A second transfer ends the first, which is told.
    #[test]
    fn one_transfer_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let transfers = transfers(dir.path());
        let file = || {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&vec![5; 2 << 20]).unwrap();
            file.rewind().unwrap();
            file
        };
        *transfers.0.current.lock().unwrap() = Some(Transfer { id: 7, file: file(), length: (2 << 20) + 1, next: 1 });
        assert_eq!(ask(&transfers, 2, 7, 1).unwrap().bytes.len(), 1 << 20);
        assert_eq!(ask(&transfers, 2, 7, 1).map(drop).map_err(|error| error.code()), Err(Code::ReplayedFrame));
        ask(&transfers, 2, 8, 0).unwrap();
        assert_eq!(ask(&transfers, 2, 7, 2).map(drop).map_err(|error| error.code()), Err(Code::ReplayedFrame));
    }
}
