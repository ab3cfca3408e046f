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
        _ => return None,
    })
}
