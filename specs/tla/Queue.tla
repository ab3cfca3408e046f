------------------------------- MODULE Queue -------------------------------
(***************************************************************************)
(* The bounded queue between those who append to a log and the one thread  *)
(* that writes it: never more than its bound, nothing lost, nothing out of *)
(* order, nobody left asleep, and an end.                                  *)
(*                                                                         *)
(* Code: node/src/wal/queue.rs (Push, Take, Sleep, Close), writer.rs       *)
(* (Write, Fail, Refuse). The same properties are looked for in the code   *)
(* itself by node/tests/schedules/queue_orders.rs and log_orders.rs.       *)
(*                                                                         *)
(* Abstracted: what the jobs are, and time. What is done under the lock is *)
(* one action; waiting gives the lock up and falls asleep in the same      *)
(* action. A sleeper is woken by nothing but a notification: a patience    *)
(* that ends is not relied on. Bytes are small numbers.                    *)
(***************************************************************************)
EXTENDS Naturals, Sequences

CONSTANTS
  Jobs,                \* each is named by its bytes
  MostBytes,           \* that may wait, unless it is a single job
  \* Mutations: each is a defect that a named claim must find.
  LostNotification,    \* whoever pushes does not wake the writer
  SilentClose,         \* whoever closes does not wake the writer
  GapBeforeWait,       \* the writer looks, and then falls asleep
  BoundBeforeLock,     \* the bound is looked at before the lock is taken
  NoRoomForLarge,      \* a job above the bound is refused by itself, too
  EndBeforeWork,       \* the writer ends although jobs wait
  PushAfterClose,      \* a closed queue takes jobs
  NewestFirst,         \* the last job is taken first
  LastReason,          \* a later reason to close takes the place of the first
  AnswerBeforePoison   \* a failure is told before the queue is closed

VARIABLES
  job,       \* "new", "checked", "waiting", "taken", "good", "bad", "refused"
  waiting,   \* the jobs that wait
  reason,    \* "open", or why it is closed: "end", "poison"
  writer,    \* "awake", "drowsy", "asleep", "working", "failed", "ended"
  hands,     \* the jobs that the writer has taken
  accepted,  \* all jobs that were accepted, in this order
  answered   \* all that were answered, in this order

vars == <<job, waiting, reason, writer, hands, accepted, answered>>

RECURSIVE Bytes(_)
Bytes(s) == IF s = <<>> THEN 0 ELSE Head(s) + Bytes(Tail(s))

RECURSIVE Reverse(_)
Reverse(s) == IF s = <<>> THEN <<>> ELSE Append(Reverse(Tail(s)), Head(s))

Set(s) == {s[i] : i \in DOMAIN s}

Init ==
  /\ job = [j \in Jobs |-> "new"]
  /\ waiting = <<>>
  /\ reason = "open"
  /\ writer = "awake"
  /\ hands = <<>>
  /\ accepted = <<>>
  /\ answered = <<>>

IsOpen == reason = "open" \/ PushAfterClose
HasRoom(j) ==
  \/ waiting = <<>> /\ ~NoRoomForLarge
  \/ Bytes(waiting) + j <= MostBytes

Woken == IF writer = "asleep" THEN "awake" ELSE writer

Accept(j) ==
  /\ job' = [job EXCEPT ![j] = "waiting"]
  /\ waiting' = Append(waiting, j)
  /\ accepted' = Append(accepted, j)
  /\ writer' = IF LostNotification THEN writer ELSE Woken
  /\ UNCHANGED <<reason, hands, answered>>

Refused(j) ==
  /\ job' = [job EXCEPT ![j] = "refused"]
  /\ UNCHANGED <<waiting, reason, writer, hands, accepted, answered>>

Push(j) ==
  /\ job[j] = "new"
  /\ ~BoundBeforeLock
  /\ IF IsOpen /\ HasRoom(j) THEN Accept(j) ELSE Refused(j)

\* The defect: looked at in one step, and added in another.
Look(j) ==
  /\ job[j] = "new"
  /\ BoundBeforeLock
  /\ IF IsOpen /\ HasRoom(j)
     THEN /\ job' = [job EXCEPT ![j] = "checked"]
          /\ UNCHANGED <<waiting, reason, writer, hands, accepted, answered>>
     ELSE Refused(j)
Add(j) == job[j] = "checked" /\ IF IsOpen THEN Accept(j) ELSE Refused(j)

Take ==
  /\ writer = "awake"
  /\ waiting # <<>>
  /\ ~(EndBeforeWork /\ reason # "open")
  /\ hands' = IF NewestFirst THEN Reverse(waiting) ELSE waiting
  /\ waiting' = <<>>
  /\ job' = [j \in Jobs |-> IF job[j] = "waiting" THEN "taken" ELSE job[j]]
  /\ writer' = "working"
  /\ UNCHANGED <<reason, accepted, answered>>

Sleep ==
  /\ writer = "awake"
  /\ waiting = <<>>
  /\ reason = "open"
  /\ writer' = IF GapBeforeWait THEN "drowsy" ELSE "asleep"
  /\ UNCHANGED <<job, waiting, reason, hands, accepted, answered>>

\* The defect: what came in between is slept over.
FallAsleep ==
  /\ writer = "drowsy"
  /\ writer' = "asleep"
  /\ UNCHANGED <<job, waiting, reason, hands, accepted, answered>>

End ==
  /\ writer = "awake"
  /\ waiting = <<>> \/ EndBeforeWork
  /\ reason # "open"
  /\ writer' = "ended"
  /\ UNCHANGED <<job, waiting, reason, hands, accepted, answered>>

\* All that is in these jobs' callbacks hears this.
Answer(s, how) ==
  /\ job' = [j \in Jobs |-> IF j \in Set(s) THEN how ELSE job[j]]
  /\ answered' = answered \o s

Write ==
  /\ writer = "working"
  /\ Answer(hands, "good")
  /\ hands' = <<>>
  /\ writer' = "awake"
  /\ UNCHANGED <<waiting, reason, accepted>>

Closed(why) == IF reason = "open" \/ LastReason THEN why ELSE reason

\* The disk says no: the queue is closed before anybody hears of it.
Fail ==
  /\ writer = "working"
  /\ writer' = "failed"
  /\ IF AnswerBeforePoison
     THEN /\ Answer(hands, "bad")
          /\ hands' = <<>>
          /\ UNCHANGED <<waiting, reason, accepted>>
     ELSE /\ reason' = Closed("poison")
          /\ UNCHANGED <<job, waiting, hands, accepted, answered>>

Refuse ==
  /\ writer = "failed"
  /\ Answer(hands \o waiting, "bad")
  /\ hands' = <<>>
  /\ waiting' = <<>>
  /\ reason' = Closed("poison")
  /\ writer' = "ended"
  /\ UNCHANGED accepted

\* Also when it is closed already: then the first reason stays.
Close ==
  /\ reason' = Closed("end")
  /\ writer' = IF SilentClose THEN writer ELSE Woken
  /\ UNCHANGED <<job, waiting, hands, accepted, answered>>

Next ==
  \/ \E j \in Jobs : Push(j) \/ Look(j) \/ Add(j)
  \/ Take \/ Sleep \/ FallAsleep \/ End \/ Write \/ Fail \/ Refuse
  \/ Close

\* The writer goes on as long as it can; nobody has to push, or to close.
Spec ==
  /\ Init /\ [][Next]_vars
  /\ WF_vars(Take \/ Sleep \/ FallAsleep \/ End)
  /\ WF_vars(Write \/ Refuse)

----------------------------------------------------------------------------
\* What waits has no more bytes than it may, or is a single job.
BufferIsBounded == Bytes(waiting) <= MostBytes \/ Len(waiting) = 1

\* Answers come once, in the order in which the jobs were accepted.
InOrder ==
  /\ Len(answered) <= Len(accepted)
  /\ \A i \in DOMAIN answered : answered[i] = accepted[i]

\* When the writer has ended, everything that was accepted is answered.
NothingIsLost == writer = "ended" => answered = accepted

\* Whoever hears of a failure cannot add anything any more.
HeardIsClosed == (\E j \in Jobs : job[j] = "bad") => reason # "open"

\* A closed queue takes nothing.
ClosedTakesNothing == [][reason # "open" => accepted' = accepted]_vars

\* A job is refused only if it comes too late, or if others wait.
RefusedForAReason ==
  [][\A j \in Jobs : job[j] # job'[j] /\ job'[j] = "refused" =>
       reason # "open" \/ waiting # <<>>]_vars

\* What it is closed for does not change.
FirstReasonStays == [][reason # "open" => reason' = reason]_vars

\* Every job that waits is answered, also if no other follows it.
EveryJobIsAnswered ==
  \A j \in Jobs : job[j] = "waiting" ~> job[j] \in {"good", "bad"}

\* A queue that is closed comes to its end.
ClosingEnds == reason # "open" ~> writer = "ended"
=============================================================================
