//! What a log that runs as a service says to those who write to it, in English.

use crate::code::Code;
use crate::explanation::{Explanation, say};

// Laid out by hand, in the register's order: title, what it means, what to do next.
#[rustfmt::skip]
pub(super) const fn explain(code: Code) -> Option<Explanation> {
    Some(match code {
        Code::TamperedEnvelope => say("The signature on the request is wrong",
            "The request to the log is not signed by the key that it names, was changed on its way, or was made for \
             another log. Nothing was recorded.",
            "Check which key file and which log's address are used together, and send the request again, newly \
             signed."),
        Code::TamperedPayload => say("The request was changed on its way",
            "The statements that came with the request are not those whose fingerprint (SHA-256) it states. Nothing \
             was recorded.",
            "Send it again. If it happens again, a program between you and the log changes what passes through it."),
        Code::TamperedState => say("The log's own memory contradicts itself",
            "What this node has stored does not fit what it has signed or what the other nodes have. It has \
             stopped, so that no second history can arise.",
            "Keep the node's directory as it is, and compare it with a copy: ct-node fsck DIR."),
        Code::ReplayedRequest => say("The request was sent before",
            "A request with this one-time number was received already. Requests are signed anew each time; this one \
             is a copy of an earlier one, perhaps made by somebody else.",
            "To ask again, sign again with the same request ID: the answer is the original one, and nothing is \
             recorded twice."),
        Code::ConflictRequestId => say("The request ID was used for something else",
            "The log has received a request with this ID, but with other statements. Which of the two is meant \
             cannot be known, so this one was not recorded.",
            "Use a new request ID for a new request, and the same one only to repeat the same statements."),
        Code::ConflictStatement => say("This statement's number was used before",
            "The log has a statement of this issuer with the same request ID (cti) already, and each may be used \
             only once, for ever. Nothing of this request was recorded.",
            "Ask the log what became of the earlier request before issuing anything again."),
        Code::ConflictVersion => say("Somebody else changed it first",
            "The change was made for another version of what the log has by now. It was not carried out, so that nobody's \
             change is lost.",
            "Look at what the log has now, and make the change again if it is still right."),
        Code::UnknownClient => say("The log does not know the sender",
            "The key that signed the request belongs to no client of this log. Nothing was recorded.",
            "Ask the log's operator to register the key, or use the key that is registered."),
        Code::UnknownRequest => say("The log does not know this request",
            "No request with this ID has been recorded, or it was recorded so long ago that its answer is no longer \
             kept.",
            "Check the ID and the log's address. If the request was sent and no answer came, send it again with the \
             same ID."),
        Code::NotAnchoredPending => say("Not final yet",
            "The statement is recorded, but no checkpoint with enough witnesses covers it yet. Until then there is \
             no bundle that anybody could verify.",
            "Ask again in a moment. If it lasts, the log's operator should see whether the witnesses can be \
             reached."),
        Code::StaleRequest => say("The request's time is too far off",
            "The time in the signed request differs from the log's clock by more than is allowed, so it may be an \
             old copy. Nothing was recorded.",
            "Check this machine's clock and time zone, and send the request again, newly signed."),
        Code::UnsupportedMessage => say("The log does not understand this kind of request",
            "The signed request names a version or a type of message that this log does not know, so it was refused \
             unread.",
            "Use a program that is as new as the log, or ask the log's operator which versions it accepts."),
        Code::MalformedEnvelope => say("The request is not written as one",
            "The bytes that were sent are no signed request: a field is missing, or something is written in another \
             way than it must be.",
            "Send requests with ct-node issue, or see specs/envelope.md for the format."),
        Code::TamperedWal => say("The node's write-ahead log is damaged",
            "Records that the node had confirmed are damaged or missing on its disk. Working on would break promises \
             that it has given, so the node does not start; what could not be read was moved to the folder quarantine.",
            "Restore the node's folder from a backup, or let the other nodes bring it up to date under a new ID. Keep \
             the damaged files, and check the disk."),
        Code::UnknownOutcome => say("It is not known whether the command was carried out",
            "The node had accepted the command when it stopped or ceased to lead, before it could answer. The command \
             may have been carried out, or may still be.",
            "Send the command again with the same request ID: it is carried out once, however often it is sent."),
        Code::MalformedRequest => say("The request is not in the right form",
            "A program asked a server for something, and its request is not written as the protocol (HTTP) demands, or \
             names something that it may not. Nothing was changed.",
            "Mend the program that asks; the message says what is wrong."),
        Code::MalformedConfig => say("The configuration file cannot be understood",
            "The configuration has a setting that is unknown, missing, or not written as it should be. The message says \
             which one. The service was not started.",
            "Mend that setting and start again."),
        Code::LimitRequestSize => say("The request is too large",
            "A request has more bytes than the server takes. It was refused before it was read, and nothing was changed.",
            "Send less at once, in several requests."),
        Code::LimitConnections => say("The server has too many connections",
            "As many clients as the server takes are connected already, so this one was turned away. Nothing was \
             changed.",
            "Try again later. If it lasts, the operator should look for clients that connect too often."),
        Code::LimitTooSlow => say("It took too long",
            "A client sent or read too slowly, or the time that it allowed for its request ran out before the answer \
             was ready. The request was given up, and whether it was carried out is not known.",
            "Send the same request again, with the same request ID; allow more time, or check the network."),
        Code::IoPortInUse => say("Another program uses the port",
            "The service cannot listen at its address because another program does so already; perhaps it is running \
             twice. It was not started.",
            "Stop the other program, or choose another port in the configuration."),
        Code::IoNetwork => say("A server could not be reached",
            "No connection could be made to another machine, or it did not answer in time, or what it sent is no \
             answer.",
            "Check the address and the network, and try again. Its operator may know of an interruption."),
        Code::IoLogPoisoned => say("The node could not write its log and stopped",
            "Writing or flushing the write-ahead log failed: the disk is full, defective or was removed. What was not \
             confirmed before may be lost; nothing is confirmed any more.",
            "Make room or replace the disk, then start the node again: it goes on from what is on disk."),
        Code::LimitInFlight => say("The node has too much to do at the moment",
            "As many commands as the node takes at a time, or as many bytes, wait for its answer. This command was \
             refused before anything was done with it.",
            "Send the command again after a pause, with the same request ID."),
        Code::TamperedFrame => say("A message between nodes was changed",
            "What one node of the log received from another is not what was sent, or was meant for somebody else. It \
             was not acted on, and the connection was closed.",
            "See which two nodes it was, and look for what stands between them; if it lasts, compare their keys."),
        Code::ReplayedFrame => say("A message between nodes came twice, or not at all",
            "The messages on a connection between two nodes are counted, and one had the wrong number. It was not \
             acted on, and the connection was closed.",
            "Nothing, if it happens once: the nodes connect anew. If it lasts, look for what stands between them."),
        Code::ConflictMembers => say("The members cannot be changed like this now",
            "The change would leave the log with too few members, or with one that exists already, or another change \
             is under way. Nothing was changed.",
            "Look at the members with ct-node status, and try again when the earlier change is done."),
        Code::NotLeaderNode => say("Another node leads the log",
            "Only the leading node takes requests, and this one does not lead at the moment. Nothing was recorded.",
            "Send the same request, with the same request ID, to the node that the message names; if it names none, \
             try again in a moment."),
        Code::UnknownPeer => say("Not a node of this log",
            "Somebody connected, or answered, with a key that belongs to no member of the log. The connection was \
             closed.",
            "Check the keys and addresses of the nodes in their configurations, and with ct-node status."),
        Code::UnknownMember => say("The log has no such node",
            "No member of the log has the number that was named. Nothing was changed.",
            "See which members there are: ct-node status."),
        Code::IncompleteNode => say("The node is not complete yet",
            "The node has lost what it had stored, or is new, and does not vote or take part before it has everything \
             from the others again.",
            "Let it run, with most of the other nodes running too: it catches up by itself. See: ct-node status."),
        Code::DiscontinuousRestore => say("The restored log is older than what was witnessed",
            "Witnesses have cosigned more of this log than the backup holds, or something else. Were it continued, \
             there would be two histories. Nothing is signed.",
            "Restore a newer backup, or bring the missing entries from published tiles; else the log must end, and \
             begin anew under another origin."),
        Code::MalformedFrame => say("A message between nodes cannot be understood",
            "What one node of the log received from another is not a message of their protocol. It was not acted on, \
             and the connection was closed.",
            "Use the same version of ct-node on all nodes, and check that the address is that of a node."),
        Code::LimitFrameSize => say("A message between nodes is too long",
            "What one node of the log received announces more bytes than such a message may have. It was refused \
             before it was read, and the connection was closed.",
            "Use the same version of ct-node on all nodes, and check that the address is that of a node."),
        _ => return None,
    })
}
