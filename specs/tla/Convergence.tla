---------------------------- MODULE Convergence ----------------------------
(***************************************************************************)
(* What verifiers remember of one log comes together: whoever merges what  *)
(* others have seen, in whatever order and however often, ends up with the *)
(* same.                                                                   *)
(*                                                                         *)
(* Code: core/src/state.rs (State::remember, State::merge, forget), which  *)
(* cli/src/state.rs calls when several runs write one state.               *)
(*                                                                         *)
(* Actions, and what they are in the code:                                 *)
(*   Learn  a run has verified a checkpoint: State::remember               *)
(*   Offer  a state is written, or sent, as it is at that moment           *)
(*   Merge  another one takes it over: State::merge; perhaps late, perhaps *)
(*          twice, perhaps never                                           *)
(*                                                                         *)
(* Abstracted: one log, whose checkpoints are of one history (Continuity   *)
(* is about two), so a checkpoint is its size. Notes and the trust root    *)
(* are left out. The limit of all logs together is left out.               *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets

CONSTANTS
  Replicas,
  MaxSize,
  MaxRemembered,
  \* Mutations: each is a defect that a named invariant must find.
  LastWins,        \* what comes is taken instead of what is there
  ForgetAlways,    \* a full memory makes room, needed or not
  ForgetOnce,      \* each merge makes room for one
  ForgetNever,     \* nothing makes room
  ForgetNewest,    \* room is made at the end
  OfferOnce        \* nobody offers its state again

VARIABLES
  memory,   \* of each replica: the sizes that it remembers
  learnt,   \* sizes that somebody has verified
  offered,  \* states on their way
  offers    \* who has ever offered something

vars == <<memory, learnt, offered, offers>>

Sizes == 1..MaxSize
Min(S) == CHOOSE x \in S : \A y \in S : x <= y
Max(S) == CHOOSE x \in S : \A y \in S : y <= x
\* The first keeps the link to the beginning, the newest serve best.
Leaving(S) ==
  IF ForgetNewest THEN Max(S)
  ELSE Min(S \ {Min(S)})

RECURSIVE Limited(_)
Limited(S) ==
  IF Cardinality(S) <= MaxRemembered \/ ForgetNever THEN S
  ELSE IF ForgetOnce THEN S \ {Leaving(S)}
  ELSE Limited(S \ {Leaving(S)})

Merged(S, T) ==
  IF LastWins THEN T
  ELSE IF ForgetAlways /\ Cardinality(S) >= MaxRemembered
    THEN Limited((S \cup T) \ {Leaving(S \cup T)})
  ELSE Limited(S \cup T)

Init ==
  /\ memory = [r \in Replicas |-> {}]
  /\ learnt = {}
  /\ offered = {}
  /\ offers = {}

Learn(r, size) ==
  /\ size \notin learnt
  /\ learnt' = learnt \cup {size}
  /\ memory' = [memory EXCEPT ![r] = Merged(@, {size})]
  /\ UNCHANGED <<offered, offers>>

Offer(r) ==
  /\ memory[r] # {}
  /\ (r \notin offers \/ ~OfferOnce)
  /\ offered' = offered \cup {memory[r]}
  /\ offers' = IF OfferOnce THEN offers \cup {r} ELSE offers
  /\ UNCHANGED <<memory, learnt>>

Merge(r, state) ==
  /\ memory' = [memory EXCEPT ![r] = Merged(@, state)]
  /\ UNCHANGED <<learnt, offered, offers>>

Next ==
  \/ \E r \in Replicas, size \in Sizes : Learn(r, size)
  \/ \E r \in Replicas : Offer(r)
  \/ \E r \in Replicas : \E state \in offered : Merge(r, state)

Spec == Init /\ [][Next]_vars

\* Whoever remembers something offers it, and everybody merges what is new.
Exchange(r, s) == memory[s] \in offered /\ Merge(r, memory[s])
FairSpec ==
  /\ Spec
  /\ \A r \in Replicas : WF_vars(Offer(r))
  /\ \A r, s \in Replicas : WF_vars(Exchange(r, s))

----------------------------------------------------------------------------

States == {memory[r] : r \in Replicas} \cup offered

MergeIsCommutative == \A a, b \in States : Merged(a, b) = Merged(b, a)

MergeIsAssociative ==
  \A a, b, c \in States :
    Merged(Merged(a, b), c) = Merged(a, Merged(b, c))

MergeIsIdempotent == \A a \in States : Merged(a, a) = a

MemoryIsBounded == \A r \in Replicas : Cardinality(memory[r]) <= MaxRemembered

\* The newest checkpoint, and the first, are not forgotten for another.
NewestStays ==
  [][\A r \in Replicas : memory[r] # {} =>
       /\ memory'[r] # {}
       /\ Max(memory'[r]) >= Max(memory[r])
       /\ Min(memory'[r]) <= Min(memory[r])]_vars

\* Sooner or later all remember the same, and go on doing so.
Converges == <>[](\A r, s \in Replicas : memory[r] = memory[s])
=============================================================================
