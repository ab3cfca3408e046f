//! What a verdict on a document, or on kept evidence, means: the classes verified, invalid and indeterminate, in English.

use crate::code::Code;
use crate::explanation::{Explanation, say};

// Laid out by hand, in the register's order: title, what it means, what to do next.
#[rustfmt::skip]
pub(super) const fn explain(code: Code) -> Option<Explanation> {
    Some(match code {
        Code::Ok => say("The document is verified",
            "A trusted issuer signed this document, the public log recorded it, enough witnesses saw the record, and \
             nothing in the trust root revokes it. That says who issued it and that it is unaltered, not that what it \
             says is true.",
            "Read the reason of every check marked as skipped; if it is the check of the document, compare the \
             document's SHA-256 yourself. On the first use of a trust root, compare its fingerprint with its \
             publisher by phone."),
        Code::TamperedDocument => say("The document was altered",
            "The document at hand is not, byte for byte, the one that was issued. Somebody may have changed it; the \
             same happens when a program opened and re-saved the PDF, or when the document belongs to another bundle.",
            "Get the document again as the issuer sent it, do not open and save it, and verify that copy. If it fails \
             too, ask the issuer; do not accept this copy."),
        Code::TamperedDocumentHash => say("The bundle names two different documents",
            "The document's fingerprint (SHA-256) in the bundle differs from the one in the entry that the issuer \
             made for it. The bundle was altered or put together from several; about the original bundle this says \
             nothing.",
            "Ask the issuer, or whoever sent the bundle, for the original bundle and verify that."),
        Code::TamperedSubject => say("The issuer's statement is about another document",
            "The entry about this document (the subject) is not the one that the issuer's signed statement covers. \
             The bundle was altered, or mixes parts of several bundles.",
            "Ask the issuer for the bundle of this very document and verify that."),
        Code::TamperedBatch => say("The bundle contradicts the size of the signed batch",
            "An issuer can sign many documents at once, and signs how many they are. The bundle states another \
             number, so its proof that this document was one of them does not count.",
            "Ask the issuer for the original bundle of this document and verify that."),
        Code::TamperedStatement => say("The issuer's signature does not hold",
            "The statement, as it stands, was not signed with the issuer's key in your trust root. It was changed \
             after signing or never came from this issuer; more rarely, the trust root holds another key under the \
             same name.",
            "Do not accept the document. Get the bundle from the issuer itself and the current trust root from its \
             publisher, and verify again."),
        Code::TamperedTreeSize => say("The bundle contradicts its checkpoint",
            "The bundle gives one size of the public log, and the log's signed summary (the checkpoint) another. The \
             bundle was altered, or mixes parts of several bundles.",
            "Ask the issuer, or whoever sent the bundle, for an unaltered copy and verify that."),
        Code::TamperedCheckpoint => say("The log's signature does not hold",
            "The summary of the public log (the checkpoint) names a key of the log that your trust root knows, but \
             the signature does not fit. The checkpoint was changed or somebody else wrote it; that the log itself \
             cheated is not shown.",
            "Do not accept the document. Get the bundle from the issuer itself and verify that."),
        Code::TamperedCosignature => say("A witness's signature does not hold",
            "A signature on the log's summary (the checkpoint) names a trusted witness, but does not fit. The \
             checkpoint or the signature was changed or forged; one such signature is enough to refuse the bundle.",
            "Do not accept the document. Get the bundle from the issuer itself and verify that."),
        Code::TamperedInclusion => say("The record in the public log is not proven",
            "The proof in the bundle does not lead from the issuer's statement to the log's signed summary (the \
             checkpoint). The proof, the statement or the checkpoint was changed; whether the statement is in the log \
             stays open.",
            "Ask the issuer for the original bundle of this document and verify that."),
        Code::TamperedConsistency => say("The newer checkpoint does not continue the older one",
            "The bundle adds a newer summary of the public log (a checkpoint), and the proof that nothing was \
             rewritten in between does not hold. The addition was changed or belongs elsewhere; that the log cheated \
             is not shown by this alone.",
            "Ask the issuer for a newly refreshed bundle. If that fails in the same way, send it to the publisher of \
             your trust root."),
        Code::TamperedDisclosure => say("The claims shown are not the document's",
            "The claims in the bundle, or the proof that they belong to the document, do not fit what the issuer \
             signed. A value was changed, or the proof was cut or put together from another document.",
            "Do not accept the claims. Ask the holder for the bundle as the issuer made it, or for a new \
             selection made with `ct redact`."),
        Code::TamperedMandatoryClaim => say("A claim that must be shown is withheld",
            "The issuer decided that the first claims of this document are always shown, for example that it is \
             provisional. At least one of them is missing from the bundle.",
            "Do not accept the document like this. Ask the holder for a bundle in which all mandatory claims are \
             shown."),
        Code::TamperedStatus => say("The status does not belong to this document",
            "The status list in the bundle is of another list or another issuer, was not signed by a key that \
             your trust root accepts for it, or is not recorded in the log as it should be. It says nothing about \
             this document.",
            "Ask the issuer, or whoever sent the bundle, for the bundle with its current status."),
        Code::TamperedBackdated => say("The document claims to be older than its record",
            "Between the stated issue time and the time at which witnesses saw the record lies more than the trust \
             root allows. The document was backdated, or was recorded too late; the same is reported where the trust \
             root has no rule for the time of the record.",
            "Ask the issuer when and how the document was issued, and to issue it again."),
        Code::TamperedPostdated => say("The document claims to be newer than its record",
            "The issue time that the issuer signed is later than the time at which witnesses saw the record. The \
             issuer's clock was wrong, or the issue time is not true.",
            "Ask the issuer to issue the document again with the right time."),
        Code::RevokedDocument => say("The issuer has revoked the document",
            "The issuer's status list says that this document is no longer valid. It was genuine when it was \
             issued; that does not help it now.",
            "Do not accept the document. Its holder can ask the issuer why it was revoked, and for a new one."),
        Code::RevokedSuspended => say("The issuer has suspended the document",
            "The issuer's status list says that this document is not valid for the time being. It may become \
             valid again.",
            "Do not accept the document now. Ask the issuer when that will be decided, and verify again with the \
             status of that day."),
        Code::RevokedByTrustRoot => say("The document is revoked",
            "Your trust root lists this document, or the statement by which it was issued, as revoked. That counts in \
             every mode, however intact the document is.",
            "Do not accept the document. Ask the issuer for the reason and for a replacement."),
        Code::RevokedIssuer => say("The issuer is no longer trusted",
            "Your trust root withdraws this issuer from a certain date on. The document was recorded on that date or \
             later, or the time of its record is not known; documents shown to be recorded earlier are not affected.",
            "Do not accept the document. Ask the publisher of the trust root who issues such documents now."),
        Code::RevokedIssuerKey => say("The issuer's key is compromised",
            "Somebody else could sign with this key of the issuer when the document was recorded, or the time of its \
             record is not known. Whether the issuer itself made the document can no longer be told.",
            "Do not accept the document. Ask the issuer for one that is signed with a current key."),
        Code::RevokedLogKey => say("The log's key is compromised",
            "Each log key that signed the log's summary (the checkpoint) is listed as compromised, so that somebody \
             else could have made it, at any time. Your trust root does not vouch for this checkpoint in another way.",
            "Get the newest trust root from its publisher: it may vouch for the checkpoint. Otherwise ask the issuer \
             to issue the document again."),
        Code::ExpiredDocument => say("The document has expired",
            "The issuer gave the document an end date, which has passed at the time of verification (in archival \
             mode: had passed when it was recorded). This does not mean that the document was altered.",
            "Check the date that was used, then ask the issuer for a renewed document. To learn whether it was valid \
             on an earlier day, verify as of that day (--at)."),
        Code::ExpiredIssuerKey => say("The issuer's key had expired",
            "The document was recorded after the period in which this key of the issuer counts. A document recorded \
             in time outlives the key; this one was recorded too late.",
            "Verify with the newest trust root from its publisher. If that fails too, ask the issuer to issue the \
             document again with a current key."),
        Code::ExpiredLogKey => say("The log's key had expired",
            "The log's summary (the checkpoint) was witnessed after the period in which the log key that signed it \
             counts. This says nothing about the issuer's signature.",
            "Verify with the newest trust root from its publisher. If that fails too, ask the issuer for a new \
             bundle."),
        Code::NotYetValidDocument => say("The document is not yet valid",
            "The issuer gave the document a start date, which has not come at the time of verification (in archival \
             mode: had not come when it was recorded).",
            "Check the date that was used. If it is right, verify again when the document has become valid."),
        Code::NotYetValidIssuerKey => say("The issuer's key was not yet valid",
            "The document was recorded before the period in which this key of the issuer counts. A key that signs too \
             early is not the one that the trust root describes, or the trust root states a wrong date.",
            "Verify with the newest trust root from its publisher. If that fails too, ask the issuer to issue the \
             document again."),
        Code::NotYetValidLogKey => say("The log's key was not yet valid",
            "The log's summary (the checkpoint) was witnessed before the period in which the log key that signed it \
             counts. This says nothing about the issuer's signature.",
            "Verify with the newest trust root from its publisher. If that fails too, ask the issuer for a new \
             bundle."),
        Code::NotYetValidCosignature => say("A witness's time lies in the future",
            "A trusted witness states a time later than the time of verification. Mostly the clock of this computer \
             is behind, or the time given with --at lies before the bundle was made; a witness's clock can be wrong \
             as well.",
            "Correct the computer's date and time, or --at, and verify again. If both are right, tell the issuer."),
        Code::ExpiredStatus => say("The status list has expired",
            "The issuer said until when its status list may be used, and that time is over. What has been revoked \
             since then, the list cannot say.",
            "Ask the issuer, or whoever sent the bundle, for the bundle with a current status."),
        Code::EquivocationCheckpoint => say("Two checkpoints of the log contradict each other",
            "This checkpoint and one that was seen earlier, or that the trust root vouches for, are of one log \
             and one size, and contradict each other. A log that is honest never does that.",
            "Accept nothing that rests on this log for now. If evidence was written, send it to the publisher of \
             the trust root and to the log's witnesses: it convinces by itself."),
        Code::EquivocationLog => say("The log has shown two histories",
            "Your trust root says that this log showed different contents to different people, and it does not vouch \
             for the log's summary (the checkpoint) in this bundle. The document may be genuine; the log cannot show \
             it.",
            "Get the newest trust root from its publisher: it may vouch for the checkpoint. Otherwise ask the issuer \
             to issue the document again in another log."),
        Code::TamperedFile => say("A file is not the one that was recorded",
            "A manifest lists each file with its fingerprint (SHA-256), or a log's checkpoint fixes what its files \
             hold, and the file that is there now is another. It was changed, damaged or exchanged afterwards.",
            "Keep the file as it is for whoever investigates, and restore it from a copy that agrees with the \
             record. If a manifest's file was meant to change, make a new manifest."),
        Code::TamperedEvidenceLog => say("The evidence log was altered",
            "Each record of an evidence log names the fingerprint (SHA-256) of the one before it, and at this place \
             the two do not fit: a record was changed, removed, inserted or moved.",
            "Keep the file as it is and compare it with a copy. The records before this place still hold together."),
        Code::IncompleteDocumentHash => say("The bundle lacks the document's fingerprint",
            "The SHA-256 that says which document the bundle is about is missing. Nothing can be concluded, neither \
             for nor against the document.",
            "Ask the issuer, or whoever sent the bundle, for the complete bundle."),
        Code::IncompleteSubject => say("The bundle lacks the entry about the document",
            "The entry that ties the document to the issuer's statement (the subject) is missing. Nothing can be \
             concluded, neither for nor against the document.",
            "Ask the issuer, or whoever sent the bundle, for the complete bundle."),
        Code::IncompleteStatement => say("The bundle lacks the issuer's statement",
            "What the issuer signed is missing, so the bundle does not show who issued the document. Nothing can be \
             concluded, neither for nor against it.",
            "Ask the issuer, or whoever sent the bundle, for the complete bundle."),
        Code::IncompleteLeafIndex => say("The bundle lacks the position in the log",
            "The bundle does not say where in the public log the issuer's statement stands, so the proof of its \
             record cannot be checked. Nothing can be concluded, neither for nor against the document.",
            "Ask the issuer, or whoever sent the bundle, for the complete bundle."),
        Code::IncompleteTreeSize => say("The bundle lacks the size of the log",
            "The bundle does not say how large the public log was, so the proof of the record cannot be checked. \
             Nothing can be concluded, neither for nor against the document.",
            "Ask the issuer, or whoever sent the bundle, for the complete bundle."),
        Code::IncompleteInclusionProof => say("The bundle lacks the proof of its record",
            "The proof that the issuer's statement is in the public log (the inclusion proof) is missing. The \
             document may have been signed and never recorded; nothing can be concluded.",
            "Ask the issuer for the complete bundle, which exists once the document is recorded."),
        Code::IncompleteCheckpoint => say("The bundle lacks the log's checkpoint",
            "The signed summary of the public log (the checkpoint) is missing, so nothing shows that the document was \
             recorded, or when. Nothing can be concluded, neither for nor against it.",
            "Ask the issuer for the complete bundle, which exists once the document is recorded."),
        Code::IncompleteCheckpointSignature => say("The bundle lacks the checkpoint's signatures",
            "The signatures of the log and its witnesses on the log's summary (the checkpoint) are missing, and your \
             trust root does not vouch for this checkpoint. Without them anybody could have written it.",
            "Ask the issuer for the complete bundle, which exists once the witnesses have signed."),
        Code::IncompleteDocument => say("The document is missing",
            "The bundle does not contain the document, and no matching document was given beside it. If you gave one, \
             it is not the one that was issued: it was altered or re-saved, or belongs to another bundle.",
            "Give the document together with the bundle (--document FILE), as the issuer sent it."),
        Code::IncompleteBatch => say("The bundle lacks the document's place in its batch",
            "The issuer signed several documents at once, and the proof that this document was one of them is \
             missing. Nothing can be concluded, neither for nor against the document.",
            "Ask the issuer, or whoever sent the bundle, for the complete bundle."),
        Code::IncompleteDisclosure => say("No claim is shown",
            "The document is made of claims, and the bundle shows none of them. There is nothing to compare.",
            "Ask the holder for a bundle that shows the claims you need."),
        Code::IncompleteStatus => say("The status of the document is missing",
            "The issuer can revoke or suspend this document later, through a status list, and the bundle shows no \
             usable status. Whether the document still counts is not known.",
            "Ask the issuer for the bundle with a current status, and verify that."),
        Code::StaleEvidence => say("The evidence is too old",
            "The newest time that enough witnesses confirm lies further back than the trust root allows in this mode. \
             The document may be genuine; whether something has changed since is not known.",
            "Check the date of this computer, or --at. If it is right, ask the issuer for a refreshed bundle."),
        Code::StaleStatus => say("The status is too old",
            "The status list in the bundle is older than your trust root allows. The document may have been \
             revoked since then.",
            "Ask the issuer, or whoever sent the bundle, for the bundle with a current status."),
        Code::UnknownLog => say("The log is not in your trust root",
            "The document was recorded in a public log that your trust root (the file that says whom to trust) does \
             not list. Often the trust root is another one than the document was made for; anybody can run a log, so \
             it proves nothing.",
            "Ask the publisher of your trust root whether a newer one lists the log; never take a trust root from \
             whoever shows the document. If none does, do not accept it."),
        Code::UnknownIssuer => say("The issuer is not in your trust root",
            "The statement names an issuer that your trust root (the file that says whom to trust) does not list. \
             Often the trust root is old or made for another purpose; anybody can call themselves an issuer, so the \
             name proves nothing.",
            "Ask the publisher of your trust root whether a newer one lists the issuer. If none does, do not accept \
             the document."),
        Code::UnknownIssuerKey => say("The issuer's key is not in your trust root",
            "Your trust root lists the issuer, but not the key with which the statement says it was signed. The key \
             may be newer than your trust root, or not the issuer's at all.",
            "Verify with the newest trust root from its publisher. If that fails too, ask the issuer whether the key \
             is its own."),
        Code::UnknownDocumentType => say("The issuer is not trusted for this type of document",
            "Your trust root lists the issuer, but not for documents of this type: a school, say, that signed a land \
             title. The signature holds; the right to issue is not shown.",
            "Ask the publisher of your trust root whether the issuer may issue such documents and whether a newer \
             trust root says so."),
        Code::NotAnchoredLogSignature => say("The log has not signed the checkpoint",
            "No log key in your trust root has signed the summary of the public log (a checkpoint) in the bundle. \
             Without that signature anybody could have written it; the log may also have changed its key.",
            "Verify with the newest trust root from its publisher. If that fails too, ask the issuer for a complete \
             bundle."),
        Code::NotAnchoredQuorum => say("Too few witnesses saw the record",
            "Your trust root demands a certain number of independent witnesses, and fewer of those it trusts have \
             signed, with keys that count at the time they state. The bundle may have been made too early or for \
             another trust root.",
            "Verify with the newest trust root from its publisher. If that fails too, ask the issuer for a bundle \
             that enough witnesses have signed."),
        Code::DiscontinuousNoProof => say("Nothing links the log to what was seen before",
            "This desk has seen the log before, and nothing in the bundle proves that what the log shows now \
             continues what it showed then. The log may be honest; that cannot be told from this bundle.",
            "Ask whoever sent the bundle to refresh it, so that it carries a proof up to a checkpoint that this \
             desk has seen."),
        Code::UnsupportedVersion => say("The file is of an unknown format version",
            "The bundle or the trust root is written in a format version that this program does not know, probably a \
             newer one. This says nothing about the document.",
            "Install the newest version of this program from its publisher and verify again."),
        Code::UnsupportedAlgorithm => say("The signature method is not accepted",
            "The file uses a method of signing or of making fingerprints that this program does not accept, because \
             it is newer than the program or not considered safe. This says nothing about the document itself.",
            "Install the newest version of this program and verify again. If that fails too, tell the issuer."),
        Code::UnsupportedStatementType => say("The statement is not about a document",
            "The signed statement is of another kind than the one by which documents are issued, or of a kind that \
             this program does not know. It cannot show that a document was issued.",
            "Ask the issuer for the bundle of the document. If the program is old, install its newest version first."),
        Code::UnsupportedStatus => say("The document has a status that is not known",
            "The issuer's status list gives this document a status that this program has no meaning for. Only \
             valid, revoked and suspended are known to it.",
            "Ask the issuer what the status means, and do not accept the document until then."),
        Code::IncompleteFile => say("A recorded file is missing",
            "There is nothing at the path that a manifest names, or at which a log must have a file. It was moved, \
             renamed or deleted, or the folder is not the one that the record is about.",
            "Check that folder and manifest, or checkpoint, belong together. Then restore the file from a copy that \
             agrees with the record."),
        Code::IncompleteEvidenceLog => say("The last record of the evidence log is cut off",
            "The file ends in the middle of a record: a program was stopped while it wrote, or the file was cut. All \
             records before it hold together.",
            "Append a record with ct log append: the cut-off bytes are then kept in a record of their own, and the \
             chain goes on."),
        Code::UnknownFile => say("A file is not in the manifest",
            "The folder holds a file that the manifest does not list. It was added after the manifest was made; \
             nothing is known about it.",
            "Find out who put it there. If it belongs there, make a new manifest."),
        _ => return None,
    })
}
