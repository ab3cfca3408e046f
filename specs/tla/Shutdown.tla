----------------------------- MODULE Shutdown ------------------------------
(***************************************************************************)
(* How a node ends: it takes nothing more, answers what it has taken, lets *)
(* its parts end one after the other, and closes its log last. No accepted *)
(* request is lost, and the end comes, with or without a majority of the   *)
(* other nodes.                                                            *)
(*                                                                         *)
(* Code: Node::serve in node/src/service/node.rs, with                     *)
(*   Accept, Turn   Server::serve and Crowd::admit (node/src/http)         *)
(*   Stop           the signal: the listener is dropped                    *)
(*   Hear           an answer reaches its client                           *)
(*   Cut            Crowd::drain: the time to drain is over                *)
(*   Drained        the last connection is gone, and with it the last way  *)
(*                  into the queue                                         *)
(*   Propose, Commit, Told  the sequencer's run() and commit()             *)
(*   Sequenced      run() has ended: queue empty, no batch under way       *)
(*   Abandon        ENDING is over: Consensus::abandon                     *)
(*   Close          Consensus::shutdown and Wal::close                     *)
(*                                                                         *)
(* Abstracted: batches, the publisher (a thread that ends between two      *)
(* steps) and other nodes: there is a majority or there is none, and it    *)
(* may go and come at any time. Times are chances: a time-out may strike   *)
(* at any moment of its phase.                                             *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets

CONSTANTS
  Requests,
  MostQueued,         \* requests that wait for their batch
  \* Mutations: each is a defect that a named claim must find.
  TakeWhileEnding,    \* the listener stays open
  QueueWithoutLimit,  \* the queue takes whatever comes
  DropQueue,          \* the sequencer ends although requests wait
  DropFlying,         \* it ends although batches are under way
  CloseLogFirst,      \* the log is closed while requests are drained
  WaitForMajority,    \* nothing is ever abandoned
  WaitForClients,     \* connections are never cut
  AcknowledgeEarly,   \* a request is answered when it is proposed
  ForgetUnknown       \* what is under way is told to be refused

VARIABLES
  phase,     \* "serving", "draining", "ending", "closing", "ended"
  majority,  \* whether there is one
  request,   \* "new", "queued", "flying", "good", "unknown", "refused"
  client,    \* "asks", "heard", "cut"
  log        \* requests that are in the log

vars == <<phase, majority, request, client, log>>

Queued == {r \in Requests : request[r] = "queued"}
Flying == {r \in Requests : request[r] = "flying"}
Settled == {r \in Requests : request[r] \in {"good", "unknown", "refused"}}
Accepted == {r \in Requests : request[r] # "new"}

Init ==
  /\ phase = "serving"
  /\ majority = TRUE
  /\ request = [r \in Requests |-> "new"]
  /\ client = [r \in Requests |-> "asks"]
  /\ log = {}

Set(r, how) == request' = [request EXCEPT ![r] = how]

IsOpen == phase = "serving" \/ TakeWhileEnding /\ phase = "draining"
LogIsOpen == phase # "ended" /\ ~(CloseLogFirst /\ phase # "serving")

Accept(r) ==
  /\ IsOpen
  /\ request[r] = "new"
  /\ Cardinality(Queued) < MostQueued \/ QueueWithoutLimit
  /\ Set(r, "queued")
  /\ UNCHANGED <<phase, majority, client, log>>

\* The queue is full: that is an answer, and nothing was accepted.
Turn(r) ==
  /\ IsOpen
  /\ request[r] = "new"
  /\ Cardinality(Queued) >= MostQueued
  /\ Set(r, "refused")
  /\ UNCHANGED <<phase, majority, client, log>>

Propose(r) ==
  /\ phase # "ended"
  /\ request[r] = "queued"
  /\ Set(r, IF AcknowledgeEarly THEN "good" ELSE "flying")
  /\ UNCHANGED <<phase, majority, client, log>>

\* A majority has it on disk, and so has this node.
Commit(r) ==
  /\ majority
  /\ request[r] = "flying"
  /\ phase # "ended"
  /\ log' = IF LogIsOpen THEN log \union {r} ELSE log
  /\ Set(r, "good")
  /\ UNCHANGED <<phase, majority, client>>

\* Another leader's time came: what was proposed may be in the log or not.
Lost(r) ==
  /\ request[r] = "flying"
  /\ phase # "ended"
  /\ \E there \in BOOLEAN : log' = IF there THEN log \union {r} ELSE log
  /\ Set(r, "unknown")
  /\ UNCHANGED <<phase, majority, client>>

Hear(r) ==
  /\ client[r] = "asks"
  /\ r \in Settled
  /\ client' = [client EXCEPT ![r] = "heard"]
  /\ UNCHANGED <<phase, majority, request, log>>

Majority ==
  /\ phase # "ended"
  /\ majority' = ~majority
  /\ UNCHANGED <<phase, request, client, log>>

Stop ==
  /\ phase = "serving"
  /\ phase' = "draining"
  /\ UNCHANGED <<majority, request, client, log>>

\* Whoever has not been answered in time hears nothing; the request goes on.
Cut ==
  /\ phase = "draining"
  /\ ~WaitForClients
  /\ client' = [r \in Requests |->
       IF client[r] = "asks" /\ r \in Accepted THEN "cut" ELSE client[r]]
  /\ UNCHANGED <<phase, majority, request, log>>

Drained ==
  /\ phase = "draining"
  /\ \A r \in Accepted : client[r] # "asks"
  /\ phase' = "ending"
  /\ UNCHANGED <<majority, request, client, log>>

Sequenced ==
  /\ phase = "ending"
  /\ Queued = {} \/ DropQueue
  /\ Flying = {} \/ DropFlying
  /\ phase' = "closing"
  /\ UNCHANGED <<majority, request, client, log>>

\* No answer comes in time: what waits is refused, for nobody has proposed it,
\* and what is under way is unknown: others may have it, and commit it.
Abandon ==
  /\ phase = "ending"
  /\ ~WaitForMajority
  /\ request' = [r \in Requests |->
       IF r \in Queued \/ ForgetUnknown /\ r \in Flying THEN "refused"
       ELSE IF r \in Flying THEN "unknown" ELSE request[r]]
  /\ \E S \in SUBSET Flying : log' = log \union S
  /\ UNCHANGED <<phase, majority, client>>

Close ==
  /\ phase = "closing"
  /\ phase' = "ended"
  /\ UNCHANGED <<majority, request, client, log>>

Ended == phase = "ended" /\ UNCHANGED vars

Next ==
  \/ \E r \in Requests :
       Accept(r) \/ Turn(r) \/ Propose(r) \/ Commit(r) \/ Lost(r) \/ Hear(r)
  \/ Majority \/ Stop \/ Cut \/ Drained \/ Sequenced \/ Abandon \/ Close
  \/ Ended

\* Nobody has to ask, to hear, or to stop the node, and no majority has to be
\* there. Time-outs strike in the end.
Spec ==
  /\ Init /\ [][Next]_vars
  /\ WF_vars(Cut) /\ WF_vars(Drained) /\ WF_vars(Sequenced)
  /\ WF_vars(Abandon) /\ WF_vars(Close)

----------------------------------------------------------------------------
\* What was acknowledged is in the log.
AcknowledgedIsCommitted == \A r \in Requests : request[r] = "good" => r \in log

\* What was refused is not.
RefusedIsNot == \A r \in Requests : request[r] = "refused" => r \notin log

\* At the end nothing is half done: each request that was accepted is settled.
NoAcceptedIsLost == phase \in {"closing", "ended"} => Accepted \subseteq Settled

\* A node that ends takes nothing more.
EndingTakesNothing == [][phase # "serving" => Accepted' = Accepted]_vars

\* What waits has its bound.
QueueIsBounded == Cardinality(Queued) <= MostQueued

\* The end comes.
StoppingEnds == phase = "draining" ~> phase = "ended"
=============================================================================
