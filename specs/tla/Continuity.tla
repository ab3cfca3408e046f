----------------------------- MODULE Continuity ----------------------------
(***************************************************************************)
(* A verifier that keeps a state, and a log whose witnesses help it to show *)
(* two histories: what the verifier accepts is one history, and where two  *)
(* roots of one size meet, there is evidence that convinces anybody.       *)
(*                                                                         *)
(* Code: core/src/verify/anchor.rs (Show: continuity, seen, evidence),     *)
(* core/src/state.rs (what is remembered, Begin, merge, forget),           *)
(* core/src/evidence.rs, cli/src/desk.rs and state.rs.                     *)
(*                                                                         *)
(* Actions, and what they are in the code:                                 *)
(*   Begin  a run reads the state                                          *)
(*   Show   a bundle is verified: its anchor, and later checkpoints, each  *)
(*          proven to follow from the one before                           *)
(*                                                                         *)
(* Abstracted: one log, no pins, no compromised keys; every checkpoint has *)
(* its signature and its quorum, because the worst log has. The root of a  *)
(* tree is its sequence of entries, and a proof is "is a prefix of". A     *)
(* bundle whose proofs do not hold is refused before, and shows nothing.   *)
(*                                                                         *)
(* One of the mutations is what the code does today, see README.md:        *)
(* JudgeBySnapshot. RememberUnproven was, until this module showed it.     *)
(***************************************************************************)
EXTENDS Naturals, Sequences, FiniteSets

CONSTANTS
  Histories,           \* how many the log shows; they part after one entry
  MaxSize,
  MaxRemembered,
  \* Mutations: each is a defect that a named invariant must find.
  AcceptUnlinked,      \* nothing has to link a bundle to what is remembered
  RememberUnproven,    \* what only follows from an old checkpoint is kept too
  JudgeBySnapshot,     \* all of a batch is judged by what was known before
  ReplaceRemembered,   \* the newest word about a size counts
  AccuseWithoutProof,  \* a missing proof is taken for evidence
  KeepNoEvidence       \* a contradiction is refused and forgotten

VARIABLES
  memory,      \* the roots that the state remembers, one of a size
  snapshot,    \* the state as the run has read it
  accepted,    \* every anchor that was ever accepted
  contradicted,\* <<remembered, shown>>: roots of one size that differed
  evidence     \* what was kept as evidence

vars == <<memory, snapshot, accepted, contradicted, evidence>>

Root(history, size) == [i \in 1..size |-> IF i = 1 THEN 0 ELSE history]
Checkpoints == {Root(h, s) : h \in 1..Histories, s \in 1..MaxSize}
IsPrefix(s, t) == Len(s) <= Len(t) /\ s = SubSeq(t, 1, Len(s))
OneWay(s, t) == IsPrefix(s, t) \/ IsPrefix(t, s)

\* An anchor, and at most one later checkpoint.
Bundles == {<<a>> : a \in Checkpoints} \cup
           {b \in Checkpoints \X Checkpoints :
              IsPrefix(b[1], b[2]) /\ b[1] # b[2]}

Points(bundle) == {bundle[i] : i \in 1..Len(bundle)}
Newest(roots) == CHOOSE r \in roots : \A s \in roots : Len(s) <= Len(r)

Init ==
  /\ memory = {}
  /\ snapshot = {}
  /\ accepted = {}
  /\ contradicted = {}
  /\ evidence = {}

Known == IF JudgeBySnapshot THEN snapshot ELSE memory

Clashes(bundle) ==
  {c \in Known \X Points(bundle) : Len(c[1]) = Len(c[2]) /\ c[1] # c[2]}

Links(bundle) == Points(bundle) \cap Known

\* Only what is proven to be one with all that is remembered: it comes before
\* something remembered, or after the newest.
Worth(bundle) ==
  IF Known = {} \/ RememberUnproven \/ ReplaceRemembered THEN Points(bundle)
  ELSE {p \in Points(bundle) :
          \E l \in Links(bundle) : IsPrefix(p, l) \/ l = Newest(Known)}

\* Of one size the first is kept; beyond the limit the smallest but one goes.
Smallest(roots) == CHOOSE r \in roots : \A s \in roots : Len(r) <= Len(s)

RECURSIVE Limited(_)
Limited(roots) ==
  IF Cardinality(roots) <= MaxRemembered THEN roots
  ELSE Limited(roots \ {Smallest(roots \ {Smallest(roots)})})

Merge(old, new) ==
  Limited(IF ReplaceRemembered
          THEN new \cup {o \in old : \A n \in new : Len(n) # Len(o)}
          ELSE old \cup {n \in new : \A o \in old : Len(n) # Len(o)})

\* (The state is read before each bundle, except in the mutation.)
Begin ==
  /\ JudgeBySnapshot
  /\ snapshot' = memory
  /\ UNCHANGED <<memory, accepted, contradicted, evidence>>

Accept(bundle) ==
  /\ accepted' = accepted \cup {bundle[1]}
  /\ memory' = Merge(memory, Worth(bundle))
  /\ UNCHANGED <<contradicted, evidence>>

Refuse(clashes, kept) ==
  /\ contradicted' = contradicted \cup clashes
  /\ evidence' = evidence \cup kept
  /\ UNCHANGED <<memory, accepted>>

Show(bundle) ==
  /\ \/ /\ Clashes(bundle) # {}
        /\ ~ReplaceRemembered
        /\ Refuse(Clashes(bundle), IF KeepNoEvidence THEN {}
                                   ELSE Clashes(bundle))
     \/ /\ (Clashes(bundle) = {} \/ ReplaceRemembered)
        /\ (Known = {} \/ Links(bundle) # {} \/ AcceptUnlinked)
        /\ Accept(bundle)
     \/ /\ Clashes(bundle) = {}
        /\ Known # {}
        /\ Links(bundle) = {}
        /\ ~AcceptUnlinked
        /\ Refuse({}, IF AccuseWithoutProof
                      THEN {<<Newest(Known), bundle[1]>>} ELSE {})
  /\ UNCHANGED snapshot

Next ==
  \/ Begin
  \/ \E bundle \in Bundles : Show(bundle)

Spec == Init /\ [][Next]_vars

----------------------------------------------------------------------------

\* Whatever is accepted and remembered, in whatever order it came.
OneHistory == \A r, s \in memory \cup accepted : OneWay(r, s)

\* Nothing is accepted without a proof from what is remembered.
AcceptedIsLinked ==
  [][\A a \in accepted' \ accepted :
       memory = {} \/ \E r \in memory : OneWay(a, r)]_vars

\* What is remembered is never replaced; only the limit makes room.
RememberedStays ==
  [][\A r \in memory : \/ r \in memory'
                       \/ Cardinality(memory') = MaxRemembered
                          /\ \A s \in memory' : Len(s) # Len(r)]_vars

\* Who is shown another root than the one remembered can show that to others.
ContradictionIsKept == contradicted \subseteq evidence

\* Evidence convinces: an honest log has nothing that could be shown.
EvidenceConvinces == \A e \in evidence : Len(e[1]) = Len(e[2]) /\ e[1] # e[2]
=============================================================================
