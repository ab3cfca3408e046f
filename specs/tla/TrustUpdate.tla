----------------------------- MODULE TrustUpdate ---------------------------
(***************************************************************************)
(* A verifier goes from one trust root to the next: never back, never over *)
(* a gap, and only where enough keys of the one before have signed.        *)
(*                                                                         *)
(* Code: core/src/trust/mod.rs (Begin is TrustRoot::load, Follow is        *)
(* load_successor, Use is follows), core/src/verify/mod.rs (usable),       *)
(* core/src/state.rs (remember_trust). Decision 0004 says why each run     *)
(* names the roots that it goes through.                                   *)
(*                                                                         *)
(* Actions, and what they are in the code:                                 *)
(*   Begin   a run reads the trust root that somebody chose                *)
(*   Follow  it reads the next one                                         *)
(*   Use     what the state remembers allows the last one; it is used, and *)
(*           remembered                                                    *)
(*                                                                         *)
(* Abstracted: what a trust root says besides its root keys, dates, and    *)
(* bytes: a root is its number, whether it is the publisher's, its keys    *)
(* and who has signed it. The publisher has three keys at a time and       *)
(* replaces one with each root; two must sign. Whoever chooses the first   *)
(* root of a run chooses one of the publisher's, new or old. The thief has *)
(* keys of his own, and those that were stolen.                            *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets

CONSTANTS
  MaxVersion,
  Stolen,              \* publisher's keys in the hands of a thief
  \* Mutations: each is a defect that a named invariant must find.
  OwnKeysOnly,         \* the keys of the root before do not have to sign
  OldKeysOnly,         \* a root's own keys do not have to sign it
  AllowGap,            \* roots between may be left out
  AllowOlder,          \* a number that is not greater will do
  ForgetState,         \* what is remembered is not asked
  CompareNumbersOnly   \* of what is remembered only the number is looked at

VARIABLES
  current,    \* the root that the run has come to, or None
  ancestors,  \* the roots that it was proven to follow, in this run
  memory,     \* [version, by] of the newest root used, or None
  used,       \* [root, known]: what was ever used, and remembered then
  steps       \* <<from, to>>: every step that a run has gone

vars == <<current, ancestors, memory, used, steps>>

Threshold == 2
Versions == 1..MaxVersion
Keys(v) == {v, v + 1, v + 2}
Own == {100, 101}

Honest(v) == [version |-> v, by |-> "publisher", keys |-> Keys(v),
              signed |-> Keys(v) \cup (IF v = 1 THEN {} ELSE Keys(v - 1))]
\* With keys of his own, or with those of the root before as if they were.
Forged(v) == [version |-> v, by |-> "thief", keys |-> Own,
              signed |-> Own \cup Stolen]
Hollow(v) == [version |-> v, by |-> "thief", keys |-> Keys(v),
              signed |-> Own \cup Stolen]
\* The publisher's draft, which those who are to have the keys never signed.
Draft(v) == [version |-> v, by |-> "nobody yet", keys |-> {200, 201, 202},
             signed |-> Keys(v - 1)]
Files == {Honest(v) : v \in Versions} \cup {Forged(v) : v \in Versions} \cup
         {Hollow(v) : v \in Versions} \cup {Draft(v) : v \in 2..MaxVersion}
None == [version |-> 0, by |-> "nobody", keys |-> {}, signed |-> {}]

Name(root) == [version |-> root.version, by |-> root.by]
IsSignedBy(root, keys) == Cardinality(root.signed \cap keys) >= Threshold

Init ==
  /\ current = None
  /\ ancestors = {}
  /\ memory = Name(None)
  /\ used = {}
  /\ steps = {}

Begin(root) ==
  /\ root.by = "publisher"
  /\ IsSignedBy(root, root.keys)
  /\ current' = root
  /\ ancestors' = {}
  /\ UNCHANGED <<memory, used, steps>>

Follow(root) ==
  /\ current # None
  /\ (root.version > current.version \/ AllowOlder)
  /\ (root.version <= current.version + 1 \/ AllowGap)
  /\ (IsSignedBy(root, root.keys) \/ OldKeysOnly)
  /\ (IsSignedBy(root, current.keys) \/ OwnKeysOnly)
  /\ current' = root
  /\ ancestors' = ancestors \cup {Name(current)}
  /\ steps' = steps \cup {<<current, root>>}
  /\ UNCHANGED <<memory, used>>

Follows ==
  \/ memory = Name(None)
  \/ memory \in ancestors \cup {Name(current)}
  \/ ForgetState
  \/ (CompareNumbersOnly /\ memory.version <= current.version)

Use ==
  /\ current # None
  /\ Follows
  /\ used' = used \cup {[root |-> current, known |-> memory]}
  /\ memory' = IF current.version > memory.version
               THEN Name(current) ELSE memory
  /\ UNCHANGED <<current, ancestors, steps>>

Next ==
  \/ \E root \in Files : Begin(root)
  \/ \E root \in Files : Follow(root)
  \/ Use

Spec == Init /\ [][Next]_vars

----------------------------------------------------------------------------

\* The next number, signed by enough keys of the one before and of its own.
EveryStepIsSigned ==
  \A step \in steps :
    /\ step[2].version = step[1].version + 1
    /\ IsSignedBy(step[2], step[1].keys)
    /\ IsSignedBy(step[2], step[2].keys)

\* As long as too few keys of each root are stolen, the publisher decides.
OnlyThePublishersAreUsed == \A use \in used : use.root.by = "publisher"

\* Keys of the first root that are stolen when it is replaced are of no use
\* against those who have gone on.
LateTheftIsVain ==
  \A use \in used :
    use.known.by = "publisher" /\ use.known.version >= 2
    => use.root.by = "publisher"

\* What was used is never taken back, nor exchanged under the same number.
NoRollback ==
  \A use \in used :
    \/ use.root.version > use.known.version
    \/ Name(use.root) = use.known
=============================================================================
