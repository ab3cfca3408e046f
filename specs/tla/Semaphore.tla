----------------------------- MODULE Semaphore -----------------------------
(***************************************************************************)
(* A weighted semaphore: permits that tasks of different weight take, wait *)
(* for and give back. Never more are held than there are, none is lost,    *)
(* and nobody waits for ever.                                              *)
(*                                                                         *)
(* Code: node/src/consensus/log_store.rs (the room of the writer, in       *)
(* kibibytes: tasks wait), node/src/consensus/proposals.rs (commands and   *)
(* kibibytes in flight: tasks are refused), node/src/service/workers.rs    *)
(* (places are refused, workers are waited for). All of them use tokio's   *)
(* semaphore; here is what it has to do, and what its users have to do.    *)
(* node/tests/schedules/workers_orders.rs looks for the same in the code.  *)
(*                                                                         *)
(* Actions, and what they are in the code:                                 *)
(*   Try        try_acquire_many_owned: at once or not at all              *)
(*   Ask        acquire_many_owned is polled first: it waits its turn      *)
(*   Grant      permits that came back go to whoever waits longest         *)
(*   Run        the task that was granted them is polled, and has them     *)
(*   Cancel     a task that waits, or was granted permits, is dropped      *)
(*   Finish, Panic  a task ends; the permits come back in either case      *)
(*                                                                         *)
(* Abstracted: what the tasks do. Each may come again and again. A task    *)
(* that holds permits ends at some time: for the log's room that is what   *)
(* Queue says (every job is answered), for workers that requests are       *)
(* limited in size.                                                        *)
(***************************************************************************)
EXTENDS Naturals, Sequences, FiniteSets

CONSTANTS
  Tasks,             \* each is named by the weight that it would like
  Room,              \* permits
  MostWaiting,       \* tasks that may wait
  \* Mutations: each is a defect that a named claim must find.
  KeepOnPanic,       \* a task that panics keeps its permits
  KeepOnCancel,      \* permits that were granted to a dropped task are gone
  KeepPlace,         \* a dropped task still stands in the queue
  GiveBackTwice,     \* a task that ends gives back twice
  TakeTooMuch,       \* whoever tries does not look at what is free
  Overtake,          \* whoever tries does not look at who waits
  NoGrant,           \* what comes back is offered to nobody
  NoMostWaiting,     \* any number of tasks may wait
  NoClamp            \* a weight may be greater than all permits

VARIABLES
  free,     \* permits that nobody has
  task,     \* "idle", "waiting", "granted", "holding"
  queue     \* the tasks that wait, the first is the next one

vars == <<free, task, queue>>

Min(a, b) == IF a < b THEN a ELSE b
Weight(t) == IF NoClamp THEN t ELSE Min(t, Room)

RECURSIVE Sum(_)
Sum(S) ==
  IF S = {} THEN 0
  ELSE LET t == CHOOSE t \in S : TRUE IN Weight(t) + Sum(S \ {t})

Held == Sum({t \in Tasks : task[t] \in {"granted", "holding"}})

Init ==
  /\ free = Room
  /\ task = [t \in Tasks |-> "idle"]
  /\ queue = <<>>

Without(s, t) == SelectSeq(s, LAMBDA x : x # t)

Try(t) ==
  /\ task[t] = "idle"
  /\ queue = <<>> \/ Overtake
  /\ Weight(t) <= free \/ TakeTooMuch
  /\ free' = IF Weight(t) <= free THEN free - Weight(t) ELSE 0
  /\ task' = [task EXCEPT ![t] = "holding"]
  /\ UNCHANGED queue

Ask(t) ==
  /\ task[t] = "idle"
  /\ Len(queue) < MostWaiting \/ NoMostWaiting
  /\ task' = [task EXCEPT ![t] = "waiting"]
  /\ queue' = Append(queue, t)
  /\ UNCHANGED free

Grant ==
  /\ queue # <<>>
  /\ ~NoGrant
  /\ Weight(Head(queue)) <= free
  /\ free' = free - Weight(Head(queue))
  /\ task' = [task EXCEPT ![Head(queue)] = "granted"]
  /\ queue' = Tail(queue)

Run(t) ==
  /\ task[t] = "granted"
  /\ task' = [task EXCEPT ![t] = "holding"]
  /\ UNCHANGED <<free, queue>>

Cancel(t) ==
  /\ task[t] \in {"waiting", "granted"}
  /\ free' = IF task[t] = "granted" /\ ~KeepOnCancel
             THEN free + Weight(t) ELSE free
  /\ task' = [task EXCEPT ![t] = "idle"]
  /\ queue' = IF KeepPlace THEN queue ELSE Without(queue, t)

Ends(t, permits) ==
  /\ task[t] = "holding"
  /\ free' = free + permits
  /\ task' = [task EXCEPT ![t] = "idle"]
  /\ UNCHANGED queue

Finish(t) == Ends(t, IF GiveBackTwice THEN 2 * Weight(t) ELSE Weight(t))
Panic(t) == Ends(t, IF KeepOnPanic THEN 0 ELSE Weight(t))

Next ==
  \/ Grant
  \/ \E t \in Tasks :
       Try(t) \/ Ask(t) \/ Run(t) \/ Cancel(t) \/ Finish(t) \/ Panic(t)

\* Nobody has to come, or to go away; whoever has permits gives them back.
Spec ==
  /\ Init /\ [][Next]_vars
  /\ WF_vars(Grant)
  /\ \A t \in Tasks : WF_vars(Run(t)) /\ WF_vars(Finish(t) \/ Panic(t))

----------------------------------------------------------------------------
\* No more is held than there is.
ResourceIsBounded == Held <= Room

\* Every permit is free or held.
NoPermitIsLost == free + Held = Room

\* No more tasks wait than may.
WaitingIsBounded == Len(queue) <= MostWaiting

\* A task waits exactly as long as it stands in the queue, once.
QueueIsOfThoseWhoWait ==
  /\ {queue[i] : i \in DOMAIN queue} = {t \in Tasks : task[t] = "waiting"}
  /\ Len(queue) = Cardinality({t \in Tasks : task[t] = "waiting"})

\* Whoever waits gets its permits, or goes away.
WaitingEnds == \A t \in Tasks : task[t] = "waiting" ~> task[t] # "waiting"
=============================================================================
