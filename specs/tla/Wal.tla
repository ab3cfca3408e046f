-------------------------------- MODULE Wal --------------------------------
(***************************************************************************)
(* The write-ahead log of one node: what was acknowledged is there after a *)
(* crash, or the node knows that it is not and does not go on.             *)
(*                                                                         *)
(* Code: node/src/wal/queue.rs and writer.rs (Push to Acknowledge, Begin,  *)
(* Purge, LetGo, Remove), watermark.rs (Quiet), recovery.rs (Recover,      *)
(* Accept), node/src/consensus/persistence.rs (Persist). The format, and   *)
(* what each step promises, is in specs/wal.md; decision 0009 says why     *)
(* every record names the last flush before it.                            *)
(*                                                                         *)
(* Actions, and what they are in the code:                                 *)
(*   Push         Queue::push takes a record                               *)
(*   Write, Begin Writer::encode gives it a number, in the segment that    *)
(*                there is, or in a new one (then all before is flushed)   *)
(*   Flush        Writer::flush: the disk has it; the watermark is written *)
(*   FlushFails   the disk says no: the log is poisoned                    *)
(*   Acknowledge  Job::done is called                                      *)
(*   Quiet        Writer::flush_watermark, after a while without work      *)
(*   Kill, Crash  the program ends; or the power fails                     *)
(*   Damage       the disk spoils a record                                 *)
(*   Recover      recover(): read, judge, repair                           *)
(*   Accept       Recovered::accept_loss                                   *)
(*   Persist      the machine has made its state durable and read it back  *)
(*   Purge        the record that says which entries are not needed        *)
(*   LetGo, Remove the watermark says which segment will be the oldest;    *)
(*                then the ones before go                                  *)
(*                                                                         *)
(* Abstracted: bytes, lengths, votes and truncations: a record is its      *)
(* number. A torn record, a record of zeros and a bad checksum are all "not*)
(* good". Of what was not flushed, a power failure keeps a beginning, and  *)
(* perhaps a stretch after a gap. A record that was flushed is spoiled only*)
(* once, and not if it is of the very last flush before the watermark was  *)
(* flushed: that loss nobody can notice, as specs/wal.md says. Segments    *)
(* are removed or kept as a whole.                                         *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets

CONSTANTS
  MaxLsn,                  \* records at most
  MaxQueue,                \* that wait for the disk at most
  Damages,                 \* records that the disk spoils at most
  \* Mutations: each is a defect that a named invariant must find.
  AcknowledgeBeforeFlush,  \* acknowledged when it is written
  PurgeBeforePersist,      \* entries go that the state does not have
  ForgetCorruption,        \* a recovery does not write down what is lost
  IgnoreLaterRecords,      \* only the watermark is evidence of a loss
  TornIsLost,              \* a good record after a bad one is a loss
  RetryFlush,              \* a flush that failed is tried again
  SkipRewrite,             \* recovery flushes, and does not write again
  RemoveBeforeWatermark,   \* segments go before the watermark says so
  RestartNumbers,          \* recovery begins to count where it reads from
  QueueWithoutLimit        \* the queue takes whatever comes

VARIABLES
  phase,      \* "open", "poisoned", "down", "dark" (no power), "refused"
  queued,     \* records that wait
  written,    \* the number of the last record
  synced,     \* what the writer knows to be on disk
  acked,      \* the greatest number that was acknowledged
  visible,    \* good records that a reader finds, on disk or in memory
  durable,    \* good records that are on disk
  dropped,    \* records in memory only that the system takes for written
  made,       \* of each record: what was synced when it was made
  segments,   \* the first numbers of the segments that there are
  mark,       \* the watermark as it was written: [oldest, synced, lost]
  flushed,    \* the watermark as it is on disk
  persisted,  \* the state that is on disk covers so many records
  purged,     \* records that may go
  spoiled,    \* records that were spoiled since the last recovery
  damages     \* how many were, ever

files == <<visible, durable, dropped, made, segments, mark, flushed>>
kept == <<persisted, purged>>
harm == <<spoiled, damages>>
vars == <<phase, queued, written, synced, acked, files, kept, harm>>

Lsns == 1..MaxLsn
Max(S) == CHOOSE x \in S : \A y \in S : y <= x
Min(S) == CHOOSE x \in S : \A y \in S : x <= y
Newest == Max(segments)
Oldest == Min(segments)

Init ==
  /\ phase = "open"
  /\ queued = 0
  /\ written = 0
  /\ synced = 0
  /\ acked = 0
  /\ visible = {}
  /\ durable = {}
  /\ dropped = {}
  /\ made = [l \in Lsns |-> 0]
  /\ segments = {1}
  /\ mark = [oldest |-> 1, synced |-> 0, lost |-> 0]
  /\ flushed = [oldest |-> 1, synced |-> 0, lost |-> 0]
  /\ persisted = 0
  /\ purged = 0
  /\ spoiled = {}
  /\ damages = 0

Push ==
  /\ phase = "open"
  /\ (queued < MaxQueue \/ QueueWithoutLimit)
  /\ written + queued < MaxLsn
  /\ queued' = queued + 1
  /\ UNCHANGED <<phase, written, synced, acked, files, kept, harm>>

Write ==
  /\ phase = "open"
  /\ queued > 0
  /\ queued' = queued - 1
  /\ written' = written + 1
  /\ visible' = visible \cup {written + 1}
  /\ made' = [made EXCEPT ![written + 1] = synced]
  /\ UNCHANGED <<phase, synced, acked, durable, dropped, segments, mark, flushed,
                 kept, harm>>

\* The segment before is cut, flushed, and noted in the watermark.
Begin ==
  /\ phase = "open"
  /\ queued > 0
  /\ written >= Newest
  /\ queued' = queued - 1
  /\ written' = written + 1
  /\ synced' = written
  /\ durable' = visible \ dropped
  /\ visible' = visible \cup {written + 1}
  /\ made' = [made EXCEPT ![written + 1] = written]
  /\ segments' = segments \cup {written + 1}
  /\ mark' = [mark EXCEPT !.synced = written]
  /\ flushed' = [mark EXCEPT !.synced = written]
  /\ UNCHANGED <<phase, acked, dropped, kept, harm>>

Flush ==
  /\ phase = "open"
  /\ durable' = visible \ dropped
  /\ synced' = written
  /\ mark' = [mark EXCEPT !.synced = written]
  /\ UNCHANGED <<phase, queued, written, acked, visible, dropped, made,
                 segments, flushed, kept, harm>>

\* After a failed flush the system takes for written what is not on disk.
FlushFails ==
  /\ phase = "open"
  /\ written > synced
  /\ phase' = IF RetryFlush THEN "open" ELSE "poisoned"
  /\ dropped' = visible \ durable
  /\ queued' = 0
  /\ UNCHANGED <<written, synced, acked, visible, durable, made, segments, mark,
                 flushed, kept, harm>>

Told == IF AcknowledgeBeforeFlush THEN written ELSE synced

Acknowledge ==
  /\ phase = "open"
  /\ Told >= acked
  /\ acked' = Told
  /\ UNCHANGED <<phase, queued, written, synced, files, kept, harm>>

Quiet ==
  /\ phase = "open"
  /\ flushed' = mark
  /\ UNCHANGED <<phase, queued, written, synced, acked, visible, durable, dropped,
                 made, segments, mark, kept, harm>>

\* What was written can be read again, whether it is on disk or not.
Kill ==
  /\ phase \in {"open", "poisoned", "refused"}
  /\ phase' = "down"
  /\ queued' = 0
  /\ UNCHANGED <<written, synced, acked, files, kept, harm>>

\* The power fails: what was not flushed may be there or not.
Crash ==
  /\ phase \in {"open", "poisoned", "refused", "down"}
  /\ phase' = "dark"
  /\ queued' = 0
  /\ UNCHANGED <<written, synced, acked, files, kept, harm>>

\* Whether anything on disk tells later that this record was there.
IsTold(l) ==
  \/ l <= flushed.synced
  \/ \E m \in durable : m > l /\ made[m] >= l
  \/ l < Newest

Damage(l) ==
  /\ damages < Damages
  /\ l \in durable
  /\ IsTold(l)
  /\ visible' = visible \ {l}
  /\ durable' = durable \ {l}
  /\ spoiled' = spoiled \cup {l}
  /\ damages' = damages + 1
  /\ UNCHANGED <<phase, queued, written, synced, acked, dropped, made, segments,
                 mark, flushed, kept>>

\* The last record of the whole beginning of what is found.
Last(found) == Max({Oldest - 1} \cup
                   {l \in found : \A m \in Oldest..l : m \in found})

\* Up to which record something proves that all were on disk.
Evidence(found, said, last) ==
  Max({said.synced, Newest - 1} \cup
      {made[l] : l \in {m \in found : m <= last \/ ~IgnoreLaterRecords}})

IsLost(found, said, last) ==
  \/ said.lost > 0
  \/ Evidence(found, said, last) > last
  \/ Oldest > said.oldest
  \/ (TornIsLost /\ \E l \in found : l > last)

\* What is not good goes to the quarantine. What is lost is written down
\* before; what remains is written again and flushed, and is as good as
\* acknowledged from then on.
Repair(said, last, lost, whole) ==
  /\ phase' = IF lost THEN "refused" ELSE "open"
  /\ visible' = whole
  /\ durable' = IF SkipRewrite THEN whole \ dropped ELSE whole
  /\ dropped' = IF SkipRewrite THEN whole \cap dropped ELSE {}
  /\ written' = IF RestartNumbers THEN Newest - 1 ELSE last
  /\ synced' = last
  /\ acked' = IF lost \/ acked > last THEN acked ELSE last
  /\ made' = [l \in Lsns |-> IF l \in whole THEN made[l] ELSE 0]
  /\ segments' = {s \in segments : s = Oldest \/ s <= last + 1}
  /\ mark' = [oldest |-> said.oldest, synced |-> last,
              lost |-> IF lost /\ ~ForgetCorruption THEN 1 ELSE 0]
  /\ flushed' = mark'
  /\ spoiled' = {}
  /\ UNCHANGED <<queued, kept, damages>>

\* (One value each, so that it is computed once.)
RecoverFrom(found, said) ==
  \E last \in {Last(found)} : \E lost \in {IsLost(found, said, last)} :
    Repair(said, last, lost, {l \in found : l <= last})

\* Of what was not flushed before the power failed, a beginning is there, and
\* perhaps a stretch after a gap; nothing of what a failed flush has left.
Findable ==
  IF phase = "down" THEN {visible}
  ELSE {durable \cup {l \in visible \ dropped : l <= far /\ l # gap} :
        gap \in (synced + 1)..(written + 1), far \in synced..written}

Recover ==
  /\ phase \in {"down", "dark"}
  /\ \E found \in Findable :
     \E said \in IF phase = "down" THEN {mark} ELSE {mark, flushed} :
       RecoverFrom(found, said)

\* Whoever accepts a loss has got the records from elsewhere, or answers for
\* them. (In the code, at the same start; here, before the next.)
Accept ==
  /\ phase = "refused"
  /\ phase' = "open"
  /\ acked' = written
  /\ persisted' = IF persisted > written THEN written ELSE persisted
  /\ purged' = IF purged > written THEN written ELSE purged
  /\ mark' = [oldest |-> Oldest, synced |-> written, lost |-> 0]
  /\ flushed' = [oldest |-> Oldest, synced |-> written, lost |-> 0]
  /\ UNCHANGED <<queued, written, synced, visible, durable, dropped, made,
                 segments, harm>>

Persist(upto) ==
  /\ phase = "open"
  /\ upto > persisted
  /\ upto <= acked
  /\ persisted' = upto
  /\ UNCHANGED <<phase, queued, written, synced, acked, files, purged, harm>>

Purge(upto) ==
  /\ phase = "open"
  /\ upto > purged
  /\ upto <= IF PurgeBeforePersist THEN acked ELSE persisted
  /\ purged' = upto
  /\ UNCHANGED <<phase, queued, written, synced, acked, files, persisted,
                 harm>>

\* The oldest segment of which something may still be needed.
Needed == Max({s \in segments : s = Oldest \/ s <= purged + 1})

LetGo ==
  /\ phase = "open"
  /\ Needed > mark.oldest
  /\ mark' = [mark EXCEPT !.oldest = Needed]
  /\ flushed' = [mark EXCEPT !.oldest = Needed]
  /\ UNCHANGED <<phase, queued, written, synced, acked, visible, durable, dropped,
                 made, segments, kept, harm>>

Remove ==
  /\ phase = "open"
  /\ Cardinality(segments) > 1
  /\ \E next \in {Min(segments \ {Oldest})} :
       /\ next <= IF RemoveBeforeWatermark THEN Needed ELSE flushed.oldest
       /\ segments' = segments \ {Oldest}
       /\ visible' = {l \in visible : l >= next}
       /\ durable' = {l \in durable : l >= next}
       /\ dropped' = {l \in dropped : l >= next}
       /\ made' = [l \in Lsns |-> IF l < next THEN 0 ELSE made[l]]
  /\ UNCHANGED <<phase, queued, written, synced, acked, mark, flushed, kept,
                 harm>>

Next ==
  \/ Push
  \/ Write
  \/ Begin
  \/ Flush
  \/ FlushFails
  \/ Acknowledge
  \/ Quiet
  \/ Kill
  \/ Crash
  \/ \E l \in Lsns : Damage(l)
  \/ Recover
  \/ Accept
  \/ \E upto \in Lsns : Persist(upto)
  \/ \E upto \in Lsns : Purge(upto)
  \/ LetGo
  \/ Remove

Spec == Init /\ [][Next]_vars

----------------------------------------------------------------------------

\* A node that goes on has what it acknowledged, in its log or in its state;
\* but what was spoiled meanwhile shows at the next start.
AcknowledgedIsRecovered ==
  phase = "open" =>
    \A l \in 1..acked : l <= persisted \/ l \in visible \cup spoiled

BufferIsBounded == queued <= MaxQueue

\* No number is given twice, unless the record before was never acknowledged.
LsnOnlyGrows ==
  phase = "open" => acked <= written /\ \A l \in visible : l <= written

PurgedIsPersisted == purged <= persisted /\ Oldest - 1 <= persisted

\* A write that was cut off is no loss: only a disk that spoils records makes a
\* node refuse to start.
OnlyDamageIsALoss == phase = "refused" => damages > 0
=============================================================================
