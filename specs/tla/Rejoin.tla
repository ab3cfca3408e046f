------------------------------- MODULE Rejoin ------------------------------
(***************************************************************************)
(* A node that has lost its write-ahead log, and with it votes that it has *)
(* given and entries that it has confirmed, takes part again under its old *)
(* number without breaking a promise that it no longer knows.              *)
(*                                                                         *)
(* Code: node/src/consensus/rejoin.rs (Hear, the gate), start.rs (Lose,    *)
(* Resume), receiving.rs (Vote), log_store.rs (what is on disk before an   *)
(* answer). Decision 0011 has the argument; the protocol is Raft, as the   *)
(* crate openraft does it.                                                 *)
(*                                                                         *)
(* Actions, and what they are in the code:                                 *)
(*   Stand      a node becomes a candidate in the next term                *)
(*   Vote       another one votes for it; the vote is on disk              *)
(*   Lead       the votes are a majority; the new leader writes an entry   *)
(*   Replicate  the leader's log is on the disk of a node that confirms    *)
(*              it; if it is a majority that has, the log is committed     *)
(*   Lose       a node starts and finds its log damaged or gone            *)
(*   Hear       it asks one of the others how far that one is              *)
(*   Resume     enough have answered: it begins in a term beyond all       *)
(*   Lift       it has applied an entry of such a term: it votes again     *)
(*                                                                         *)
(* Abstracted: the log of a node is the sequence of the terms of its       *)
(* entries, and each leader writes one; it is replaced as a whole. Messages*)
(* that are late are those to which nobody reacts yet. Restarts with a     *)
(* whole log change nothing. The members do not change. It begins with a   *)
(* leader whose entry nobody else has yet, or with five nodes later on.    *)
(***************************************************************************)
EXTENDS Naturals, Sequences, FiniteSets

CONSTANTS
  Nodes,
  First,               \* the leader of term 1
  Fragile,             \* nodes that may lose their log
  MaxTerm,
  MaxLosses,
  \* Mutations: each is a defect that a named invariant must find.
  VoteWithCorruptWal,  \* it goes on as if it were new
  FillUpOnly,          \* it does not vote before it is filled up: no new term
  VoteAtOnce,          \* it begins in a new term, and votes at once
  AskOne               \* one answer is enough for it

VARIABLES
  term,      \* on disk of each node: the greatest term that it has seen
  voted,     \* on disk: for whom it voted in that term, or 0
  log,       \* on disk: the terms of its entries
  gate,      \* on disk: it votes after an entry beyond this term; 0: now
  votes,     \* a candidate's: who has voted for it
  leads,     \* the nodes that lead, or believe that they do
  acks,      \* a leader's: who has confirmed its log
  heard,     \* a node without a log's: <<node, term>>, who has answered what
  lost,      \* nodes without a log, that have not resumed
  losses,
  leaders,   \* <<term, node>>: all there ever were
  commits    \* [term, entries]: all that was ever committed

disk == <<term, voted, log, gate>>
vars == <<disk, votes, leads, acks, heard, lost, losses, leaders, commits>>

IsMajority(some) == 2 * Cardinality(some) > Cardinality(Nodes)
IsPrefix(s, t) == Len(s) <= Len(t) /\ s = SubSeq(t, 1, Len(s))
Newest(s) == IF s = <<>> THEN 0 ELSE s[Len(s)]
UpToDate(s, t) ==
  \/ Newest(s) > Newest(t)
  \/ (Newest(s) = Newest(t) /\ Len(s) >= Len(t))

Init ==
  /\ term = [n \in Nodes |-> 1]
  /\ voted = [n \in Nodes |-> First]
  /\ log = [n \in Nodes |-> IF n = First THEN <<1>> ELSE <<>>]
  /\ gate = [n \in Nodes |-> 0]
  /\ votes = [n \in Nodes |-> {}]
  /\ leads = {First}
  /\ acks = [n \in Nodes |-> IF n = First THEN {First} ELSE {}]
  /\ heard = [n \in Nodes |-> {}]
  /\ lost = {}
  /\ losses = 0
  /\ leaders = {<<1, First>>}
  /\ commits = {}

\* Five nodes, of which two lead: 1 since term 2, elected by 1, 2 and 3; and 4
\* since term 3, by 4, 2 and 3. Node 5 has heard of neither, and 1 not of 4.
\* Nobody has their entries yet. What one answer does not tell node 3 matters
\* only where the one that is asked can be neither of the two that led.
InitFive ==
  /\ term = <<2, 3, 3, 3, 1>>
  /\ voted = <<1, 4, 4, 4, 1>>
  /\ log = <<<<1, 2>>, <<>>, <<>>, <<3>>, <<>>>>
  /\ gate = [n \in Nodes |-> 0]
  /\ votes = [n \in Nodes |-> {}]
  /\ leads = {1, 4}
  /\ acks = [n \in Nodes |-> IF n \in {1, 4} THEN {n} ELSE {}]
  /\ heard = [n \in Nodes |-> {}]
  /\ lost = {}
  /\ losses = 0
  /\ leaders = {<<1, 1>>, <<2, 1>>, <<3, 4>>}
  /\ commits = {}

MayVote(n) == n \notin lost /\ gate[n] = 0

Stand(n) ==
  /\ MayVote(n)
  /\ term[n] < MaxTerm
  /\ term' = [term EXCEPT ![n] = @ + 1]
  /\ voted' = [voted EXCEPT ![n] = n]
  /\ votes' = [votes EXCEPT ![n] = {n}]
  /\ leads' = leads \ {n}
  /\ acks' = [acks EXCEPT ![n] = {}]
  /\ UNCHANGED <<log, gate, heard, lost, losses, leaders, commits>>

IsCandidate(c) == c \notin leads /\ voted[c] = c /\ votes[c] # {}

Vote(n, c) ==
  /\ n # c
  /\ MayVote(n)
  /\ IsCandidate(c)
  /\ \/ term[c] > term[n]
     \/ (term[c] = term[n] /\ voted[n] = 0)
  /\ UpToDate(log[c], log[n])
  /\ term' = [term EXCEPT ![n] = term[c]]
  /\ voted' = [voted EXCEPT ![n] = c]
  /\ votes' = [votes EXCEPT ![c] = @ \cup {n}, ![n] = {}]
  /\ leads' = leads \ {n}
  /\ acks' = [acks EXCEPT ![n] = {}]
  /\ UNCHANGED <<log, gate, heard, lost, losses, leaders, commits>>

Lead(c) ==
  /\ IsCandidate(c)
  /\ IsMajority(votes[c])
  /\ leads' = leads \cup {c}
  /\ votes' = [votes EXCEPT ![c] = {}]
  /\ log' = [log EXCEPT ![c] = Append(@, term[c])]
  /\ acks' = [acks EXCEPT ![c] = {c}]
  /\ leaders' = leaders \cup {<<term[c], c>>}
  /\ UNCHANGED <<term, voted, gate, heard, lost, losses, commits>>

Replicate(c, n) ==
  /\ n # c
  /\ c \in leads
  /\ n \notin acks[c]
  /\ n \notin lost
  /\ term[c] >= term[n]
  /\ term' = [term EXCEPT ![n] = term[c]]
  /\ voted' = [voted EXCEPT ![n] = IF term[c] > term[n] THEN 0 ELSE @]
  /\ log' = [log EXCEPT ![n] = log[c]]
  /\ acks' = [acks EXCEPT ![c] = @ \cup {n}, ![n] = {}]
  /\ votes' = [votes EXCEPT ![n] = {}]
  /\ leads' = leads \ {n}
  /\ commits' = IF IsMajority(acks[c] \cup {n})
                THEN commits \cup {[term |-> term[c], entries |-> log[c]]}
                ELSE commits
  /\ UNCHANGED <<gate, heard, lost, losses, leaders>>

Lose(n) ==
  /\ n \in Fragile
  /\ losses < MaxLosses
  /\ losses' = losses + 1
  /\ term' = [term EXCEPT ![n] = 0]
  /\ voted' = [voted EXCEPT ![n] = 0]
  /\ log' = [log EXCEPT ![n] = <<>>]
  /\ votes' = [votes EXCEPT ![n] = {}]
  /\ leads' = leads \ {n}
  /\ acks' = [acks EXCEPT ![n] = {}]
  /\ heard' = [heard EXCEPT ![n] = {}]
  /\ lost' = IF VoteWithCorruptWal THEN lost ELSE lost \cup {n}
  /\ UNCHANGED <<gate, leaders, commits>>

Hear(n, m) ==
  /\ n \in lost
  /\ m \notin lost
  /\ \A h \in heard[n] : h[1] # m
  /\ heard' = [heard EXCEPT ![n] = @ \cup {<<m, term[m]>>}]
  /\ UNCHANGED <<disk, votes, leads, acks, lost, losses, leaders, commits>>

\* With one fewer than a majority, they are more than there are others.
Enough ==
  IF AskOne THEN 1 ELSE Cardinality(Nodes) - (Cardinality(Nodes) \div 2)

Greatest(n) == CHOOSE t \in 0..(MaxTerm + MaxLosses) :
  /\ \E h \in heard[n] : h[2] = t
  /\ \A h \in heard[n] : h[2] <= t

Resume(n) ==
  /\ n \in lost
  /\ Cardinality(heard[n]) >= Enough
  /\ lost' = lost \ {n}
  /\ heard' = [heard EXCEPT ![n] = {}]
  /\ gate' = [gate EXCEPT ![n] = IF VoteAtOnce THEN 0 ELSE Greatest(n)]
  /\ term' = [term EXCEPT ![n] = IF FillUpOnly THEN 0 ELSE Greatest(n) + 1]
  /\ voted' = [voted EXCEPT ![n] = IF FillUpOnly THEN 0 ELSE n]
  /\ UNCHANGED <<log, votes, leads, acks, losses, leaders, commits>>

Lift(n) ==
  /\ gate[n] > 0
  /\ n \notin lost
  /\ \E c \in commits : /\ IsPrefix(c.entries, log[n])
                        /\ Newest(c.entries) > gate[n]
  /\ gate' = [gate EXCEPT ![n] = 0]
  /\ UNCHANGED <<term, voted, log, votes, leads, acks, heard, lost, losses,
                 leaders, commits>>

Next ==
  \/ \E n \in Nodes : Stand(n)
  \/ \E n, c \in Nodes : Vote(n, c)
  \/ \E c \in Nodes : Lead(c)
  \/ \E c, n \in Nodes : Replicate(c, n)
  \/ \E n \in Nodes : Lose(n)
  \/ \E n, m \in Nodes : Hear(n, m)
  \/ \E n \in Nodes : Resume(n)
  \/ \E n \in Nodes : Lift(n)

Spec == Init /\ [][Next]_vars
SpecFive == InitFive /\ [][Next]_vars

----------------------------------------------------------------------------

OneLeaderPerTerm == \A a, b \in leaders : a[1] = b[1] => a = b

\* What was committed is in the log of every later leader, and is never
\* contradicted by what is committed elsewhere.
CommittedStays ==
  /\ \A a, b \in commits : IsPrefix(a.entries, b.entries) \/
                           IsPrefix(b.entries, a.entries)
  /\ \A c \in commits : \A n \in leads :
       term[n] > c.term => IsPrefix(c.entries, log[n])
=============================================================================
