------------------------------ MODULE Sealing ------------------------------
(***************************************************************************)
(* How a log comes from committed entries to a published checkpoint, so    *)
(* that no reader ever sees two histories: seal, sign, cosign, anchor,     *)
(* publish; under changes of the leader, crashes, and a restore from an    *)
(* older backup.                                                           *)
(*                                                                         *)
(* Code: node/src/service/publisher.rs and leading.rs (who does what       *)
(* when), tiles.rs and node/src/publication.rs (tiles, fence, signature,   *)
(* file), node/src/machine/transition.rs (what a seal, an anchor and a new *)
(* generation need), node/src/restored.rs (the mark), node/src/            *)
(* witness_service/memory.rs (what a witness remembers). Decisions 0010    *)
(* and 0012 say why.                                                       *)
(*                                                                         *)
(* Actions, and what they are in the code:                                 *)
(*   Elect, Crash           the node that leads; what is volatile is lost  *)
(*   Batch                  Command::Batch is applied                      *)
(*   Seal, SealLate         Command::Seal is applied and taken; late: that  *)
(*                          of a leader who leads no more (ProposeSeal)    *)
(*   Sign                   Tiles::stage and Tiles::sign: tiles, then the  *)
(*                          fence, then the signature                      *)
(*   Cosign                 Memory::cosign of a witness, asked by a node   *)
(*   Anchor, AnchorLate     Command::Anchor is applied and taken; late: as  *)
(*                          above (ProposeAnchor)                          *)
(*   Publish                Tiles::publish replaces log/checkpoint         *)
(*   Restore                all nodes get a backup, and the mark           *)
(*   TakeBack               as Restore, but nobody has told the nodes      *)
(*   NewGeneration          Command::NewGeneration is applied and taken    *)
(*   Confirm                Cosign::confirm was content; the mark goes     *)
(*   Settle                 the mark goes: another node has confirmed      *)
(*                                                                         *)
(* Abstracted: consensus (its log is one sequence; what a leader proposes  *)
(* is taken at once, or any time later, or never; one of them is late at a  *)
(* time), time, trust roots and keys, tiles as such (their size only). An entry is the number *)
(* of restores before it, so two histories differ as soon as they may. The *)
(* root of a tree is its sequence of entries: equal roots are equal trees, *)
(* and a consistency proof is "is a prefix of". Nodes may act on an older  *)
(* state than the newest: Sign and Publish take whatever was ever sealed   *)
(* or final in this history, so a node that is down is one that does       *)
(* nothing, and a restart is no step. All nodes are restored together, from *)
(* any state that there was. What a witness answers to one node counts for *)
(* the leader that asks for the same.                                      *)
(***************************************************************************)
EXTENDS Naturals, Sequences, FiniteSets, TLC

CONSTANTS
  Nodes,                 \* numbers above 0
  Witnesses,
  Quorum,                \* so many cosignatures make a checkpoint final
  MaxSize,               \* entries of a log at most
  MaxBatch,              \* entries that come at once at most
  Backups,               \* the sizes of logs of which there is a backup
  MaxRestores,
  \* Mutations: each is a defect that a named invariant must find.
  SignBeforeCommit,      \* the leader signs what it is only about to seal
  SkipFenceOnRestore,    \* the mark of a restored folder is overlooked
  CosignBeforePersist,   \* a witness answers before it remembers
  PublishBeforeTiles,    \* the tiles follow the checkpoint
  ConfirmUnasked,        \* the mark goes before the witnesses were asked
  SameGeneration,        \* a restored log goes on in the generation it had
  AnchorWithoutQuorum,   \* the leader does not wait for the witnesses
  SealWithoutAsking,     \* a new leader trusts what its state says is final
  SealBeforeAnchored,    \* the state takes a second open seal
  SealBackwards,         \* the state takes a seal of any size
  AnchorUnsealed,        \* the state takes an anchor of any size
  AnchorStale,           \* the state takes an anchor of a seal before the last
  SealAhead,             \* the state takes a seal of more than there is
  ApplyBeforeCommit      \* entries are applied that die with their leader

VARIABLES
  log,         \* the committed entries
  sealed,      \* [generation, size]: of the last seal; the root is log's
  anchored,    \* [generation, size]: what is final, as the state says
  late,        \* a command that was proposed and not taken, or nothing
  leader,      \* the newest leader, or 0
  answers,     \* witnesses that cosigned what is sealed since Elect and Seal
  tiles,       \* on the disk of each node: how many entries have their tiles
  fence,       \* on the disk of each node: the root that it signed last
  published,   \* on the disk of each node: the root that readers see
  mark,        \* on the disk of each node: the restored generation, or 0
  memory,      \* on the disk of each witness: the root that it cosigned last
  restores,    \* how often the log was taken back
  \* What only an observer of everything knows:
  cosigned,    \* <<witness, root>>: every cosignature that was ever given
  sealedEver,  \* every root that was ever sealed
  final,       \* every root that was ever anchored
  signed,      \* every root that was ever signed
  base,        \* what may be signed after a restore without asking
  early        \* roots that were signed after a restore without asking

state == <<log, sealed, anchored, late>>
disks == <<tiles, fence, published, mark>>
seen == <<cosigned, sealedEver, final, signed, base, early>>
vars == <<state, leader, answers, disks, memory, restores, seen>>

Least(a, b) == IF a < b THEN a ELSE b
Root(size) == SubSeq(log, 1, Least(size, Len(log)))
IsPrefix(s, t) == Len(s) <= Len(t) /\ s = SubSeq(t, 1, Len(s))
OneHistory(s, t) == IsPrefix(s, t) \/ IsPrefix(t, s)
IsQuorum(some) == Cardinality(some) >= Quorum

\* Nobody has to ask about this much.
NoBase == MaxSize

\* The first entry is the genesis: the same in every history.
Init ==
  /\ log = <<0>>
  /\ sealed = [generation |-> 1, size |-> 0]
  /\ anchored = [generation |-> 1, size |-> 0]
  /\ late = {}
  /\ leader = 0
  /\ answers = {}
  /\ tiles = [n \in Nodes |-> 0]
  /\ fence = [n \in Nodes |-> <<>>]
  /\ published = [n \in Nodes |-> <<>>]
  /\ mark = [n \in Nodes |-> 0]
  /\ memory = [w \in Witnesses |-> <<>>]
  /\ restores = 0
  /\ cosigned = {}
  /\ sealedEver = {}
  /\ final = {}
  /\ signed = {}
  /\ base = NoBase
  /\ early = {}

Elect(n) ==
  /\ leader' = n
  /\ answers' = {}
  /\ UNCHANGED <<state, disks, memory, restores, seen>>

Crash(n) ==
  /\ leader' = IF leader = n THEN 0 ELSE leader
  /\ answers' = IF leader = n THEN {} ELSE answers
  /\ log' = IF ApplyBeforeCommit /\ leader = n /\ sealed.size > 0
            THEN Root(sealed.size) ELSE log
  /\ UNCHANGED <<sealed, anchored, late, disks, memory, restores, seen>>

Batch(count) ==
  /\ leader # 0
  /\ Len(log) + count <= MaxSize
  /\ log' = log \o [entry \in 1..count |-> restores]
  /\ UNCHANGED <<sealed, anchored, late, leader, answers, disks, memory,
                 restores, seen>>

\* What the state machine asks of a seal.
MayBeSealed(size) ==
  /\ (size <= Len(log) \/ SealAhead)
  /\ (size > sealed.size \/ SealBackwards)
  /\ (sealed.size = 0 \/ anchored = sealed \/ SealBeforeAnchored)

\* What the leader waits for besides: the mark is gone, and the witnesses
\* have cosigned what was sealed last since it leads. Only the genesis,
\* whose root is the same in every history, goes without.
MayProposeSeal(n, size) ==
  \/ /\ sealed.size = 0
     /\ size = 1
     /\ (sealed.generation > mark[n] \/ SkipFenceOnRestore)
  \/ /\ sealed.size > 0
     /\ (mark[n] = 0 \/ SkipFenceOnRestore)
     /\ (IsQuorum(answers) \/ SealWithoutAsking \/ SealBeforeAnchored)
     /\ Len(fence[n]) = sealed.size

TakeSeal(size) ==
  /\ sealed' = [sealed EXCEPT !.size = size]
  /\ sealedEver' = sealedEver \cup {Root(size)}
  /\ answers' = {}
  /\ UNCHANGED <<log, anchored, leader, disks, memory, restores,
                 cosigned, final, signed, base, early>>

Seal(n, size) ==
  /\ leader = n
  /\ MayBeSealed(size)
  /\ MayProposeSeal(n, size)
  /\ TakeSeal(size)
  /\ UNCHANGED late

\* The leader does not hear what becomes of it: its term ends.
ProposeSeal(n, size) ==
  /\ leader = n
  /\ late = {}
  /\ MayBeSealed(size)
  /\ MayProposeSeal(n, size)
  /\ late' = {<<"seal", sealed.generation, size>>}
  /\ UNCHANGED <<log, sealed, anchored, leader, answers, disks, memory,
                 restores, seen>>

SealLate(size) ==
  /\ <<"seal", sealed.generation, size>> \in late
  /\ MayBeSealed(size)
  /\ TakeSeal(size)
  /\ late' = {}

\* The tiles are on disk and read again before the fence is written, and the
\* fence is on disk before there is a signature. A crash in between leaves
\* tiles that are written again. The same may be signed again: it is the same.
Sign(n, size) ==
  /\ size >= Len(fence[n])
  /\ size <= Len(log)
  /\ \/ /\ Root(size) \in sealedEver
        /\ size <= sealed.size
     \/ (SignBeforeCommit /\ leader = n)
  /\ fence' = [fence EXCEPT ![n] = Root(size)]
  /\ tiles' = [tiles EXCEPT ![n] = IF PublishBeforeTiles THEN @ ELSE size]
  /\ signed' = signed \cup {Root(size)}
  /\ early' = IF size > base THEN early \cup {Root(size)} ELSE early
  /\ UNCHANGED <<state, leader, answers, published, mark, memory,
                 restores, cosigned, sealedEver, final, base>>

\* The witness writes its memory and flushes it; then it answers. The answer
\* may be lost, or come to a node that leads no more.
Cosign(w, size) ==
  \E n \in Nodes :
    /\ size > 0
    /\ Len(fence[n]) = size
    /\ IsPrefix(memory[w], fence[n])
    /\ memory' = [memory EXCEPT ![w] = IF CosignBeforePersist THEN @
                                       ELSE fence[n]]
    /\ cosigned' = cosigned \cup {<<w, fence[n]>>}
    /\ answers' = IF /\ leader # 0
                     /\ fence[leader] = fence[n]
                     /\ size = sealed.size
                  THEN answers \cup {w} ELSE answers
    /\ UNCHANGED <<state, leader, disks, restores, sealedEver, final,
                   signed, base, early>>

\* What the state machine asks of an anchor.
MayBeAnchored(size) ==
  /\ size > 0
  /\ size <= Len(log)
  /\ \/ size = sealed.size
     \/ AnchorUnsealed
     \/ AnchorStale /\ Root(size) \in sealedEver

\* What the leader waits for.
MayProposeAnchor ==
  /\ leader # 0
  /\ Len(fence[leader]) = sealed.size
  /\ (mark[leader] = 0 \/ SkipFenceOnRestore)
  /\ (IsQuorum(answers) \/ AnchorWithoutQuorum)

TakeAnchor(size) ==
  /\ anchored' = [sealed EXCEPT !.size = size]
  /\ final' = final \cup {Root(size)}
  /\ UNCHANGED <<log, sealed, leader, answers, disks, memory, restores,
                 cosigned, sealedEver, signed, base, early>>

Anchor(size) ==
  /\ MayProposeAnchor
  /\ MayBeAnchored(size)
  /\ TakeAnchor(size)
  /\ UNCHANGED late

ProposeAnchor(size) ==
  /\ late = {}
  /\ size = sealed.size
  /\ MayProposeAnchor
  /\ MayBeAnchored(size)
  /\ late' = {<<"anchor", sealed.generation, size>>}
  /\ UNCHANGED <<log, sealed, anchored, leader, answers, disks, memory,
                 restores, seen>>

AnchorLate(size) ==
  /\ <<"anchor", sealed.generation, size>> \in late
  /\ size = sealed.size
  /\ TakeAnchor(size)
  /\ late' = {}

Publish(n, size) ==
  /\ Len(fence[n]) = size
  /\ fence[n] \in final
  /\ published' = [published EXCEPT ![n] = fence[n]]
  /\ UNCHANGED <<state, leader, answers, tiles, fence, mark, memory,
                 restores, seen>>

\* The state as it was once: `size` entries, of which `s` were sealed, `a`
\* final, and `p` published by the node that made the backup.
Back(size, s, a, p) ==
  LET was(at) == at = 0 \/ Root(at) \in sealedEver IN
  /\ size <= Len(log)
  /\ was(s) /\ was(a) /\ was(p)
  /\ \A at \in (a + 1)..(s - 1) : Root(at) \notin sealedEver
  /\ (a = 0 \/ Root(a) \in final)
  /\ log' = Root(size)
  /\ sealed' = [sealed EXCEPT !.size = s]
  /\ anchored' = [anchored EXCEPT !.size = a]
  /\ tiles' = [n \in Nodes |-> p]
  /\ fence' = [n \in Nodes |-> Root(p)]
  /\ published' = [n \in Nodes |-> Root(p)]
  /\ late' = {}
  /\ leader' = 0
  /\ answers' = {}
  /\ restores' = restores + 1
  /\ UNCHANGED <<memory, cosigned, sealedEver, final, signed, early>>

Restore ==
  /\ restores < MaxRestores
  /\ \E size \in Backups : \E s \in 0..Least(size, sealed.size) :
     \E a \in 0..s : \E p \in 0..a :
    /\ Back(size, s, a, p)
    /\ mark' = [n \in Nodes |-> sealed.generation]
    /\ base' = IF s = 0 THEN 1 ELSE s

TakeBack ==
  /\ restores < MaxRestores
  /\ \E size \in Backups : \E s \in 0..Least(size, sealed.size) :
     \E a \in 0..s : \E p \in 0..a :
    /\ Back(size, s, a, p)
    /\ UNCHANGED <<mark, base>>

NewGeneration(n) ==
  /\ leader = n
  /\ mark[n] # 0
  /\ ~SkipFenceOnRestore
  /\ sealed.generation <= mark[n]
  /\ sealed' = [sealed EXCEPT !.generation = @ + 1]
  /\ UNCHANGED <<log, anchored, late, leader, answers, disks, memory, restores,
                 seen>>

\* Every witness that answers has cosigned what this node has signed last,
\* which none does that has seen more; a quorum has answered.
Agreeing(n) == {w \in Witnesses : memory[w] = fence[n]}

Confirm(n) ==
  /\ leader = n
  /\ mark[n] # 0
  /\ (sealed.generation > mark[n] \/ SameGeneration)
  /\ fence[n] # <<>>
  /\ (IsQuorum(Agreeing(n)) \/ ConfirmUnasked)
  /\ mark' = [mark EXCEPT ![n] = 0]
  /\ base' = IF IsQuorum(Agreeing(n)) /\ sealed.generation > mark[n]
             THEN NoBase ELSE base
  /\ answers' = IF Len(fence[n]) = sealed.size THEN Agreeing(n) ELSE {}
  /\ UNCHANGED <<state, leader, tiles, fence, published, memory, restores,
                 cosigned, sealedEver, final, signed, early>>

Settle(n) ==
  /\ mark[n] # 0
  /\ anchored.generation > mark[n]
  /\ mark' = [mark EXCEPT ![n] = 0]
  /\ UNCHANGED <<state, leader, answers, tiles, fence, published, memory,
                 restores, seen>>

Next ==
  \/ \E n \in Nodes : Elect(n)
  \/ \E n \in Nodes : Crash(n)
  \/ \E count \in 1..MaxBatch : Batch(count)
  \/ \E n \in Nodes, size \in 1..MaxSize : Seal(n, size)
  \/ \E n \in Nodes, size \in 1..Len(log) : Sign(n, size)
  \/ \E w \in Witnesses, size \in 1..Len(log) : Cosign(w, size)
  \/ \E size \in 1..Len(log) : Anchor(size)
  \/ \E n \in Nodes, size \in 1..Len(log) : ProposeSeal(n, size)
  \/ \E size \in 1..Len(log) : SealLate(size)
  \/ \E size \in 1..Len(log) : ProposeAnchor(size)
  \/ \E size \in 1..Len(log) : AnchorLate(size)
  \/ \E n \in Nodes, size \in 1..Len(log) : Publish(n, size)
  \/ Restore
  \/ TakeBack
  \/ \E n \in Nodes : NewGeneration(n)
  \/ \E n \in Nodes : Confirm(n)
  \/ \E n \in Nodes : Settle(n)

Spec == Init /\ [][Next]_vars

WitnessSymmetry == Permutations(Witnesses)

----------------------------------------------------------------------------

\* What was ever final, before or after a restore, is one history: of one
\* size there is one root, and readers see nothing else.
OneRootPerSize ==
  /\ \A s, t \in final : OneHistory(s, t)
  /\ \A n \in Nodes : (published[n] = <<>> \/ published[n] \in final)

\* Nothing is signed that consensus has not agreed to.
SignedIsSealed == signed \subseteq sealedEver

\* What a witness has answered is on its disk, or something that extends it.
WitnessRemembers == \A c \in cosigned : IsPrefix(c[2], memory[c[1]])

PublishedHasTiles == \A n \in Nodes : Len(published[n]) <= tiles[n]

\* After a restore nothing new is signed before the witnesses were asked, and
\* nothing in the generation that was restored.
RestoreIsFenced == early = {}

SealedIsWithinTheLog == sealed.size <= Len(log)

AnchoredIsSealed ==
  /\ anchored.generation <= sealed.generation
  /\ anchored.size <= sealed.size

\* The rest is about steps. A restore begins another history.
Goes(on) == restores' = restores => on

LogOnlyGrows == [][Goes(IsPrefix(log, log'))]_vars

SealsOnlyAdvance ==
  [][Goes(/\ sealed.generation <= sealed'.generation
          /\ sealed.size <= sealed'.size)]_vars

FinalStaysFinal ==
  [][/\ Goes(/\ anchored.generation <= anchored'.generation
             /\ anchored.size <= anchored'.size)
     /\ final \subseteq final']_vars

OneSealIsOpen ==
  [][Goes(sealed'.size # sealed.size /\ sealed.size > 0
          => anchored = sealed)]_vars

\* A log that was taken back, whether it knows it or not, signs nothing
\* against what a quorum has seen.
SignedExtendsTheWitnessed ==
  [][\A root \in signed' \ signed : \A seen1 \in {c[2] : c \in cosigned} :
       IsQuorum({w \in Witnesses : <<w, seen1>> \in cosigned})
       => OneHistory(root, seen1)]_vars
=============================================================================
