---------------------------- MODULE Submission -----------------------------
(***************************************************************************)
(* What becomes of a request: a client sends it again and again, to        *)
(* whichever node leads, until it has an answer; its statement gets one    *)
(* place in the log, and the answer is the same however often it asks.     *)
(*                                                                         *)
(* Code: node/src/machine/transition.rs (Apply), node/src/machine/         *)
(* snapshot.rs (Install), node/src/service/sequencer.rs and api.rs         *)
(* (Commit, Answer, Final), node/src/client/attempt.rs (Submit). The rules *)
(* stand in specs/state-machine.md and specs/envelope.md.                  *)
(*                                                                         *)
(* Actions, and what they are in the code:                                 *)
(*   Submit     a client sends a request, for the first time or again      *)
(*   Lose       it does not arrive, or is turned away; nothing is recorded *)
(*   TimeOut    the client waits no longer; the request may be under way,  *)
(*              and will be there twice                                    *)
(*   Commit     a node that leads has it committed, in a Command::Batch    *)
(*              with the time of that node, and applies it; some time may  *)
(*              have passed                                                *)
(*   Apply      another node applies its next command                      *)
(*   Install    a node that is behind installs the snapshot of another     *)
(*   Answer     the answer of some node reaches the client                 *)
(*   Anchor     what is in the log up to some size is final (Sealing)      *)
(*   Final      a bundle is handed out                                     *)
(*                                                                         *)
(* Abstracted: consensus is a sequence of commands, and whoever leads has  *)
(* applied all of them (what nobody has applied, nobody can see). A batch  *)
(* has one request, a request one statement. Signatures, trust root and    *)
(* nonces are left out: they only refuse more (a retry is signed anew). A  *)
(* request is <<ID, statement>>: the same ID with another statement is     *)
(* another payload. The clients' clocks are right; the clock of a node     *)
(* that leads may be wrong. Faults of the network, of clients and of       *)
(* clocks are limited in number.                                           *)
(***************************************************************************)
EXTENDS Naturals, Sequences, FiniteSets

CONSTANTS
  Nodes,
  Asked,                  \* which requests there are
  MaxTime,
  Kept,                   \* so long an answer is remembered
  WrongTimes,             \* what a clock that is wrong may say
  MaxFaults,
  \* Mutations: each is a defect that a named invariant must find.
  SnapshotForgetsDedupe,  \* a snapshot leaves the answers out
  ForgetIdentity,         \* that a statement is in the log is not looked up
  IgnorePayload,          \* an ID is enough to be the same request
  ForgetTooEarly,         \* answers are kept for a shorter time
  ForgetByWrongClock,     \* a batch that is not in time lets answers go
  JudgeByOwnClock,        \* a node forgets by its own time
  FinalBeforeAnchored,    \* a bundle is handed out for what is sequenced
  GiveUp                  \* a client asks only once

VARIABLES
  now,
  faults,
  wire,      \* of each request: copies on their way
  asked,     \* requests that were ever sent
  waiting,   \* requests whose clients wait for an answer
  got,       \* of each request: the answer, once its client has it
  commands,  \* what consensus has decided: [request, at]
  applied,   \* of each node: how many commands
  tree,      \* of each node: the statements in the log
  store,     \* of each node: the answers it remembers
  results,   \* [command, result]: what each apply came to, on any node
  anchored,  \* so many statements are final
  finals     \* requests of which there is a bundle

machine == <<applied, tree, store>>
client == <<wire, asked, waiting, got>>
vars == <<now, faults, client, commands, machine, results, anchored, finals>>

Id(r) == r[1]
Statement(r) == r[2]

\* Two statements under one ID; one under two; one request; and for traces.
Requests ==
  CASE Asked = "one ID" -> {<<1, 1>>, <<1, 2>>}
    [] Asked = "one statement" -> {<<1, 1>>, <<2, 1>>}
    [] Asked = "one request" -> {<<1, 1>>}
    [] Asked = "many requests" -> {<<i, i>> : i \in 1..40}

\* An answer says when it was first given.
None == [kind |-> "none", index |-> 0, at |-> 0]
Sequenced(index, at) == [kind |-> "sequenced", index |-> index, at |-> at]
Refused(kind, at) == [kind |-> kind, index |-> 0, at |-> at]
IsRemembered(answer) == answer.kind \in {"sequenced", "conflict.statement"}

Init ==
  /\ now = 0
  /\ faults = 0
  /\ wire = [r \in Requests |-> 0]
  /\ asked = {}
  /\ waiting = {}
  /\ got = [r \in Requests |-> None]
  /\ commands = <<>>
  /\ applied = [n \in Nodes |-> 0]
  /\ tree = [n \in Nodes |-> <<>>]
  /\ store = [n \in Nodes |-> {}]
  /\ results = {}
  /\ anchored = 0
  /\ finals = {}

Submit(r) ==
  /\ got[r] = None
  /\ r \notin waiting
  /\ (r \notin asked \/ ~GiveUp)
  /\ wire' = [wire EXCEPT ![r] = @ + 1]
  /\ asked' = asked \cup {r}
  /\ waiting' = waiting \cup {r}
  /\ UNCHANGED <<now, faults, got, commands, machine, results, anchored,
                 finals>>

Fault ==
  /\ faults < MaxFaults
  /\ faults' = faults + 1

\* The client hears nothing, or that it may try again.
Lose(r) ==
  /\ wire[r] > 0
  /\ Fault
  /\ wire' = [wire EXCEPT ![r] = @ - 1]
  /\ waiting' = waiting \ {r}
  /\ UNCHANGED <<now, asked, got, commands, machine, results, anchored,
                 finals>>

TimeOut(r) ==
  /\ r \in waiting
  /\ Fault
  /\ waiting' = waiting \ {r}
  /\ UNCHANGED <<now, wire, asked, got, commands, machine, results, anchored,
                 finals>>

\* What a node still remembers when it applies a command of this time.
Remembered(n, command) ==
  LET kept == IF ForgetTooEarly THEN 0 ELSE Kept IN
  IF command.at = command.sent \/ ForgetByWrongClock
  THEN {known \in store[n] : known.answer.at + kept >=
                              IF JudgeByOwnClock THEN now ELSE command.at}
  ELSE store[n]

\* What the command comes to on a node that remembers this. Only an answer
\* that is remembered is the answer to the request from then on.
Result(n, command, remembered) ==
  LET r == command.request
      same == {known \in remembered : known.id = Id(r)}
      isThere == \E i \in 1..Len(tree[n]) : tree[n][i] = Statement(r)
  IN
  IF command.at # command.sent THEN Refused("stale", command.at)
  ELSE IF same # {} THEN
    LET known == CHOOSE known \in same : TRUE IN
    IF known.statement = Statement(r) \/ IgnorePayload THEN known.answer
    ELSE Refused("conflict.request_id", command.at)
  ELSE IF isThere /\ ~ForgetIdentity
    THEN Refused("conflict.statement", command.at)
  ELSE Sequenced(Len(tree[n]) + 1, command.at)

ApplyTo(n, command, remembered, result) ==
  LET r == command.request
      isNew == /\ IsRemembered(result)
               /\ ~\E known \in remembered : known.id = Id(r)
  IN
  /\ applied' = [applied EXCEPT ![n] = @ + 1]
  /\ tree' = [tree EXCEPT ![n] =
                IF isNew /\ result.kind = "sequenced"
                THEN Append(@, Statement(r)) ELSE @]
  /\ store' = [store EXCEPT ![n] = remembered \cup
                IF isNew
                THEN {[id |-> Id(r), statement |-> Statement(r),
                       answer |-> result]}
                ELSE {}]
  /\ results' = results \cup {[command |-> applied[n] + 1, result |-> result]}

Run(n, command) ==
  \E remembered \in {Remembered(n, command)} :
  \E result \in {Result(n, command, remembered)} :
    ApplyTo(n, command, remembered, result)

\* A clock that is wrong is a fault: the client is told, and asks again.
Commit(n, r, time, at) ==
  /\ wire[r] > 0
  /\ applied[n] = Len(commands)
  /\ now' = time
  /\ \/ at = time /\ faults' = faults
     \/ at # time /\ Fault
  /\ wire' = [wire EXCEPT ![r] = @ - 1]
  /\ commands' = Append(commands, [request |-> r, at |-> at, sent |-> time])
  /\ Run(n, [request |-> r, at |-> at, sent |-> time])
  /\ waiting' = IF at = time THEN waiting ELSE waiting \ {r}
  /\ UNCHANGED <<asked, got, anchored, finals>>

Apply(n) ==
  /\ applied[n] < Len(commands)
  /\ Run(n, commands[applied[n] + 1])
  /\ UNCHANGED <<now, faults, client, commands, anchored, finals>>

\* The snapshot is the whole state.
Install(n, from) ==
  /\ applied[n] < applied[from]
  /\ applied' = [applied EXCEPT ![n] = applied[from]]
  /\ tree' = [tree EXCEPT ![n] = tree[from]]
  /\ store' = [store EXCEPT ![n] =
                 IF SnapshotForgetsDedupe THEN {} ELSE store[from]]
  /\ UNCHANGED <<now, faults, client, commands, results, anchored, finals>>

\* A conflict of its ID is the end for a client, although nobody remembers it.
Answer(r) ==
  \E known \in results :
    /\ r \in waiting
    /\ commands[known.command].request = r
    /\ known.result.kind # "stale"
    /\ got' = [got EXCEPT ![r] = known.result]
    /\ waiting' = waiting \ {r}
    /\ UNCHANGED <<now, faults, wire, asked, commands, machine, results,
                   anchored, finals>>

Anchor(size) ==
  /\ size > anchored
  /\ \E n \in Nodes : size <= Len(tree[n])
  /\ anchored' = size
  /\ UNCHANGED <<now, faults, client, commands, machine, results, finals>>

Final(r) ==
  /\ r \notin finals
  /\ got[r].kind = "sequenced"
  /\ (got[r].index <= anchored \/ FinalBeforeAnchored)
  /\ finals' = finals \cup {r}
  /\ UNCHANGED <<now, faults, client, commands, machine, results, anchored>>

Next ==
  \/ \E r \in Requests : Submit(r)
  \/ \E r \in Requests : Lose(r)
  \/ \E r \in Requests : TimeOut(r)
  \/ \E n \in Nodes, r \in Requests : \E time \in now..MaxTime :
     \E at \in {time} \cup WrongTimes : Commit(n, r, time, at)
  \/ \E n \in Nodes : Apply(n)
  \/ \E n, from \in Nodes : Install(n, from)
  \/ \E r \in Requests : Answer(r)
  \/ \E size \in 1..Len(commands) : Anchor(size)
  \/ \E r \in Requests : Final(r)

Spec == Init /\ [][Next]_vars

\* What goes on as long as it can: clients ask, what arrives is committed and
\* applied, what is in the log is anchored.
FairSpec ==
  /\ Spec
  /\ \A r \in Requests : /\ WF_vars(Submit(r))
                         /\ WF_vars(\E n \in Nodes : Commit(n, r, now, now))
                         /\ WF_vars(Answer(r))
                         /\ WF_vars(Final(r))
  /\ \A n \in Nodes : WF_vars(Apply(n))
  /\ WF_vars(\E size \in 1..Len(commands) : Anchor(size))

----------------------------------------------------------------------------

\* No statement has two places in the log.
OneIndexPerStatement ==
  \A n \in Nodes : \A i, j \in 1..Len(tree[n]) :
    tree[n][i] = tree[n][j] => i = j

Apart(a, b) == a.at > b.at + Kept \/ b.at > a.at + Kept

\* As long as an answer is remembered, its ID has no other, and is of no other
\* request: whichever node answers, and however often it is asked.
SameAnswer ==
  \A a, b \in results :
    LET r == commands[a.command].request
        s == commands[b.command].request
    IN
    \/ Id(r) # Id(s)
    \/ ~IsRemembered(a.result)
    \/ ~IsRemembered(b.result)
    \/ (r = s /\ a.result = b.result)
    \/ Apart(a.result, b.result)

\* The same command comes to the same on every node.
ReplicasAgree ==
  /\ \A a, b \in results : a.command = b.command => a.result = b.result
  /\ \A n, m \in Nodes : applied[n] = applied[m] =>
       tree[n] = tree[m] /\ store[n] = store[m]

\* A bundle says the truth: the statement is there, and it is final.
FinalIsAnchored ==
  \A r \in finals :
    /\ got[r].index <= anchored
    /\ \E n \in Nodes : /\ got[r].index \in 1..Len(tree[n])
                        /\ tree[n][got[r].index] = Statement(r)

\* Every request that was ever sent comes to an end.
EventuallyFinal ==
  \A r \in Requests :
    r \in asked ~> (r \in finals \/ got[r].kind \in
                      {"conflict.statement", "conflict.request_id"})
=============================================================================
