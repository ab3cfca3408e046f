//! The catalogue in English.

use super::{Explanation, say};
use crate::code::Code;
use crate::verify::{Skip, StepName};

// Laid out by hand, in the register's order: title, what it means, what to do next.
#[rustfmt::skip]
pub(super) const fn explain(code: Code) -> Explanation {
    match code {
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
        Code::TamperedFile => say("A file is not the one that the manifest lists",
            "The manifest lists each file with its fingerprint (SHA-256), and the file that is there now has another. \
             It was changed, damaged or exchanged after the manifest was made.",
            "Keep the file as it is for whoever investigates, and restore it from a copy that agrees with the \
             manifest. If the change was meant, make a new manifest."),
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
        Code::IncompleteFile => say("A file that the manifest lists is missing",
            "There is nothing at the path that the manifest names. The file was moved, renamed or deleted after the \
             manifest was made, or the folder is not the one that the manifest is about.",
            "Check that folder and manifest belong together. Then restore the file from a copy that agrees with the \
             manifest."),
        Code::IncompleteEvidenceLog => say("The last record of the evidence log is cut off",
            "The file ends in the middle of a record: a program was stopped while it wrote, or the file was cut. All \
             records before it hold together.",
            "Append a record with ct log append: the cut-off bytes are then kept in a record of their own, and the \
             chain goes on."),
        Code::UnknownFile => say("A file is not in the manifest",
            "The folder holds a file that the manifest does not list. It was added after the manifest was made; \
             nothing is known about it.",
            "Find out who put it there. If it belongs there, make a new manifest."),
        Code::MalformedEmpty => say("The file is empty",
            "There is nothing in the file, or in a part of it. A download or a copy was probably interrupted; this \
             says nothing about the document.",
            "Get the file again and compare its size with the original's."),
        Code::MalformedCbor => say("The file is not a bundle, or is damaged",
            "The bytes are not in the encoding (CBOR) in which bundles are written. Mostly the file is something \
             else, such as a picture, or was damaged on its way; this says nothing about the document.",
            "Check that the path names a bundle (mostly *.cbor), and get the file again, as an attachment or on a \
             medium."),
        Code::MalformedTruncated => say("The file is cut short",
            "The file ends where a bundle would go on, as after an interrupted download or in a mail that was cut \
             off; or it is no bundle at all. This says nothing about the document.",
            "Check that the path names a bundle (mostly *.cbor). Get the file again and compare its size with the \
             original's."),
        Code::MalformedTrailing => say("The file has extra bytes at its end",
            "The file goes on after its content has ended. Something was appended on its way, or the file is no \
             bundle at all, such as a PDF; this says nothing about the document.",
            "Check that the path names a bundle (mostly *.cbor), and get the file again from whoever made it."),
        Code::MalformedNotDeterministic => say("The file is not in its one standard encoding",
            "The content could be written in several ways, and only one is accepted, so that two files with the same \
             meaning are the same file. A program rewrote the file or writes it wrongly; this says nothing about the \
             document.",
            "Get the original file from whoever made it, and do not let a program re-save it."),
        Code::MalformedProfile => say("The file uses a form that is not allowed",
            "The bytes are well-formed, but use a kind of value that no file of this format contains. The file is \
             something else, or was made by a faulty program; this says nothing about the document.",
            "Check that the path names the right file. If it does, tell whoever made it."),
        Code::MalformedUtf8 => say("A text in the file is damaged",
            "A text in the file is not valid Unicode (UTF-8). The file was damaged on its way or made by a faulty \
             program; this says nothing about the document.",
            "Get the file again from whoever made it, as an attachment or on a medium."),
        Code::MalformedKind => say("The file is of another kind",
            "The file, or a part of it, is not what is expected in this place: a trust root instead of a bundle, for \
             example. This says nothing about the document.",
            "Check the paths: the trust root belongs after --trust, and bundles are given as the other arguments."),
        Code::MalformedField => say("A field of the file is wrong",
            "A part is missing where it must not be, not known, not of the right type or outside its range. The file \
             was damaged, or made by a faulty or newer program; this says nothing about the document.",
            "Get the file again. If the same field is reported, send the report to whoever made the file."),
        Code::MalformedBase64 => say("An encoded value is not in its standard form",
            "A key, hash or signature that is written as text (in base64 or hexadecimal) has a wrong character, \
             length or ending. Mostly it was damaged or mistyped in copying.",
            "Copy the value again from its source as a whole, or get the file again."),
        Code::MalformedNote => say("The signature lines are not in the right form",
            "The signatures under the log's summary (the checkpoint) are not written as the format demands, or one \
             signer stands there twice. Mostly a program changed lines or characters; this says nothing about the \
             document.",
            "Get the file again, as an attachment or on a medium and not as copied text."),
        Code::MalformedCheckpoint => say("The checkpoint is not in the right form",
            "The log's summary (the checkpoint) is not the three lines of name, size and root hash that it must be. \
             Mostly a program changed line ends or spaces; this says nothing about the document.",
            "Get the file again, as an attachment or on a medium and not as copied text."),
        Code::MalformedVkey => say("The verifier key is not in the right form",
            "The text form of a log's or witness's key (the vkey) is not name, ID and key joined by plus signs, or \
             its ID does not belong to its key. Mostly it was mistyped or cut off in copying.",
            "Copy the whole line again from its publisher."),
        Code::MalformedKey => say("The public key cannot be used",
            "The bytes are not a public key of the accepted kind (Ed25519), or one under which signatures prove \
             nothing. It was damaged, belongs to another method, or was made to deceive.",
            "Get the key again from its owner. If it is the same, do not use it."),
        Code::MalformedLeafIndex => say("A position lies beyond the end",
            "The bundle gives a position in the public log, or in a batch of documents, that does not exist at the \
             size that it gives too. It was damaged or altered, or made by a faulty program.",
            "Ask the issuer, or whoever sent the bundle, for an unaltered copy."),
        Code::MalformedProofLength => say("A proof has the wrong number of hashes",
            "How many hashes a proof has follows from the sizes and positions that it is about, and this one has more \
             or fewer. It was damaged or altered, or made by a faulty program.",
            "Ask the issuer, or whoever sent the bundle, for an unaltered copy."),
        Code::MalformedTrustFile => say("The trust.toml cannot be understood",
            "The edited form of a trust root has a field that is unknown, missing, or not written as it should be. \
             The message says which one. Nothing was signed.",
            "Mend that line and build again; `specs/trust.cddl` says what each field means."),
        Code::MalformedPolicy => say("The witness policy is not in the right form",
            "The file is not a C2SP witness policy as it should be written, or uses one key in two places. Nothing of it \
             was taken over.",
            "Mend the line that is named, or ask whoever wrote the policy."),
        Code::MalformedEvidence => say("Nothing in this evidence contradicts itself",
            "The file is written as evidence that a log has shown two histories, but the two checkpoints in it \
             can both be true. It proves nothing against the log.",
            "Ask for the evidence from whoever found it. Verdicts do not take this file into account."),
        Code::MalformedTime => say("A time is not in the right form",
            "Times are written in one way only, in universal time (UTC), for example 2026-11-20T08:00:00Z. This one \
             is written differently or names a day or hour that does not exist.",
            "Write the time in that form. If it stands in a file that you received, tell whoever made the file."),
        Code::MalformedEvidenceLog => say("A line of the evidence log is not a record",
            "The file has a line that no evidence log has: it is another file, or it was edited with another program.",
            "Check the path. If it is right, keep the file as it is and compare it with a copy."),
        Code::MalformedManifest => say("A line of the manifest cannot be read",
            "A manifest consists of lines as sha256sum writes them: 64 hexadecimal digits, two spaces, a path inside \
             the folder. Some line is of another form, names a path outside the folder, or names one twice.",
            "Make the manifest again with ct hash or sha256sum."),
        Code::LimitBundleSize => say("The bundle is too large",
            "A bundle may have 4 MiB, with its document. The file is larger and was not read further; it is something \
             else, or contains a large document. This says nothing about the document.",
            "Check that the path names a bundle. For a large document, ask the issuer for the bundle without it and \
             give it beside (--document FILE)."),
        Code::LimitEntrySize => say("The issuer's statement is too large",
            "The statement is larger than an entry of the public log can be, so no log can have recorded it. The \
             bundle was altered or made by a faulty program.",
            "Ask the issuer for the original bundle."),
        Code::LimitDepth => say("The file is nested too deeply",
            "The file holds lists within lists to a depth that no proper file of this format needs, and was not read \
             further. It is something else, or was made to overload programs.",
            "Check that the path names the right file, and get it again from its source."),
        Code::LimitItems => say("The file has too many items",
            "The file, or a list in it, has more items than the format allows, and was not read further. It is \
             something else, or was made by a faulty program or to overload others.",
            "Check that the path names the right file, and get it again from its source."),
        Code::LimitLength => say("A text or value is too long",
            "A text or value, such as a name, is longer than the format allows, and was not read further. The file is \
             something else, or was made by a faulty program.",
            "Check that the path names the right file. If it does, tell whoever made it."),
        Code::LimitNumber => say("A number is too large",
            "A number, such as a size, a position or a time, is beyond what the format allows. The file was damaged \
             or altered, or made by a faulty program.",
            "Get the file again from its source. If the same field is reported, tell whoever made it."),
        Code::LimitProof => say("A proof is too long",
            "A proof has more hashes than a log of any possible size needs, and was not read further. It was altered, \
             or made by a faulty program.",
            "Ask the issuer, or whoever sent the bundle, for an unaltered copy."),
        Code::LimitSignatures => say("The checkpoint has too many signatures",
            "The log's summary (the checkpoint) bears more signatures than the format allows, and they were not read \
             further. This says nothing about the document.",
            "Ask the issuer for a bundle with fewer witness signatures."),
        Code::LimitRecordSize => say("The record is too large for an evidence log",
            "A record of an evidence log has a size that it may not exceed, so that every reader can hold one in \
             memory. Nothing was written.",
            "Write a shorter record, and keep what is large in a file whose fingerprint (ct hash) the record names."),
        Code::IoNotFound => say("There is no such file or folder",
            "Nothing stands at this path: it is mistyped, the file was moved, or a folder that should hold a new file \
             does not exist. Nothing was verified.",
            "Check the path, and the folder in which the command runs."),
        Code::IoPermission => say("Permission was denied",
            "The user who runs this program may not read or write at this path. Nothing was verified.",
            "Ask the owner of the file for the right to it, or use a copy or a folder of your own."),
        Code::IoNotAFile => say("The path is neither a file nor a folder",
            "The path names something else, such as a device or a pipe, or a folder where a file is needed. It was \
             not opened.",
            "Name an ordinary file or folder. Save what a device or pipe delivers to a file first."),
        Code::IoSymlinkLoop => say("The path leads in a circle",
            "The path goes through links between files that lead back to themselves, or through too many of them. \
             Nothing was verified.",
            "Name the file itself instead of the link."),
        Code::IoNoBundles => say("The folder holds no bundles",
            "In a folder only files whose name ends in .cbor count as bundles, and there is none. Nothing was \
             verified.",
            "Check the folder, or name the bundle files themselves."),
        Code::IoRead => say("Reading failed",
            "The system reported an error while it was read, as with a failing disk, a removed medium or a lost \
             network folder. Nothing can be concluded about the file.",
            "Copy the file to another medium and try again. If that fails, get it again."),
        Code::IoWrite => say("Writing failed",
            "The system reported an error while it was written: the disk may be full or removed. What was being \
             written is incomplete or absent.",
            "Make room or choose another folder, and run the command again."),
        Code::IoExists => say("The file exists already",
            "The command makes a new file and does not overwrite what stands at this path. Nothing was changed.",
            "Choose another name, or move the existing file away if you no longer need it there."),
        Code::IoKeyPermissions => say("Other users can read the private key",
            "A private key is only safe while nobody but its owner can read the file; this one was therefore refused. \
             Somebody may already have copied it.",
            "Restrict the file to its owner (chmod 600 FILE). Replace the key if another user may have read it."),
        Code::IoKeyFile => say("The key file cannot be used",
            "The file is not an Ed25519 key in the form that this program reads (PEM), or is a key for another role \
             or with another ID than asked for. It was not used.",
            "Check the path and the role, and name the file made for this role."),
        Code::IoKeyPassphrase => say("The key's passphrase is missing or wrong",
            "The private key is encrypted. No passphrase was given, or the one that was given does not open it.",
            "Give the passphrase at the prompt, or the file that holds it with --passphrase-file. A forgotten \
             passphrase cannot be recovered: make a new key and have it put into the trust root."),
        Code::TrustMalformed => say("The trust root is damaged or is none",
            "The file given as trust root (the file that says whom to trust) is not written as one: it is something \
             else, or was damaged on its way. No document can be verified with it; about the document this says \
             nothing.",
            "Check the path after --trust, and get the trust root again from its publisher."),
        Code::TrustKind => say("The file is not a trust root",
            "The file given as trust root (the file that says whom to trust) is of another kind: a bundle, perhaps. \
             About the document this says nothing.",
            "Check the paths: the trust root belongs after --trust, and bundles are given as the other arguments."),
        Code::TrustVersion => say("The trust root is of a newer kind",
            "The trust root is written in a version of the format that this program does not know. It may be perfectly \
             good; this program cannot tell.",
            "Get a newer version of this program, or ask the publisher for a trust root in the older format."),
        Code::TrustSize => say("The trust root is too large",
            "A trust root (the file that says whom to trust) may have 1 MiB. The file is larger and was not read; \
             probably it is something else. About the document this says nothing.",
            "Check the path after --trust, and get the trust root again from its publisher."),
        Code::TrustThreshold => say("Too few root keys have signed the trust root",
            "The trust root (the file that says whom to trust) demands signatures of a certain number of its root \
             keys and has fewer. It is unfinished or was altered, and nothing in it counts.",
            "Get the finished trust root from its publisher, and compare its fingerprint by phone."),
        Code::TrustSignature => say("A signature on the trust root does not hold",
            "The trust root (the file that says whom to trust) was changed after it was signed, or somebody else \
             signed it. Nothing in it counts.",
            "Do not use this file. Get the trust root again from its publisher, and compare its fingerprint by phone."),
        Code::TrustKeyReuse => say("The trust root uses one key in two places",
            "Each key may have one place and one role, such as log or witness; otherwise one party could play \
             several, or a signature made for one purpose be shown for another. About the document this says nothing.",
            "Tell the publisher of the trust root. If that is you, make a key of its own for each role."),
        Code::TrustWeakKey => say("The trust root contains an unusable key",
            "One of the keys is damaged, or one under which signatures prove nothing. The whole trust root is \
             refused; about the document this says nothing.",
            "Tell the publisher of the trust root. If that is you, replace the key by one made with ct keygen."),
        Code::TrustDuplicate => say("The trust root uses one name twice",
            "Two logs, witnesses, issuers or keys in the trust root (the file that says whom to trust) have the same \
             name or ID, so that one could pass for the other. About the document this says nothing.",
            "Tell the publisher of the trust root. If that is you, give each its own name and build it again."),
        Code::TrustPolicy => say("The trust root contradicts itself",
            "A rule in the trust root (the file that says whom to trust) cannot be kept: a period that ends before it \
             begins, more witnesses demanded than there are, or a name that is not listed. About the document this \
             says nothing.",
            "Tell the publisher of the trust root. If that is you, correct the field that the report names and build \
             it again."),
        Code::TrustRollback => say("The trust root is older than one used before",
            "This desk has already used a newer trust root of this publisher, or another one of the same number. \
             An old trust root may trust keys that have been withdrawn since.",
            "Use the newest trust root. If two of one number exist, compare their fingerprints with the publisher \
             by phone."),
        Code::TrustChain => say("Nothing links the trust root to the last one used",
            "A new trust root counts if enough root keys of the one before have signed it too. The one that this \
             desk used last is not among those that were given, so that cannot be checked.",
            "Give the trust roots in between as well, oldest first: repeat `--trust`."),
        Code::TrustExpired => say("The trust root has expired",
            "The trust root (the file that says whom to trust) ends on a date that has passed at the time of \
             verification, so it may lack recent revocations and keys. About the document this says nothing.",
            "Check the date of this computer, or --at. If it is right, get the newest trust root from its publisher."),
        Code::TrustNotYetValid => say("The trust root is not yet in force",
            "The trust root (the file that says whom to trust) begins on a date that lies after the time of \
             verification. Mostly the clock of this computer is behind, or --at lies too early.",
            "Check the date of this computer, or --at. If it is right, use the trust root that is in force now."),
        Code::UsageArguments => say("The command line is not understood",
            "An option or argument is missing, unknown or does not go with another one. Nothing was done.",
            "Run the command with --help and correct the line."),
        Code::UsageTime => say("The time given is not in the accepted form",
            "Times are given in universal time (UTC) and in one form only, for example 2026-11-20T08:00:00Z. Nothing \
             was verified.",
            "Write the time in that form. Without --at, the clock of this computer is used."),
        Code::UsageSeveralInputs => say("Several inputs were given where one is expected",
            "A single report was asked for (--json), and the paths lead to several bundles. Nothing was verified.",
            "Name one bundle, or use --jsonl for one report per line."),
        Code::UsageResume => say("The verdicts to go on from are not of this run",
            "The file after --resume holds verdicts of other bundles, another trust root, mode or time, or is no list \
             of verdicts at all. Going on from it would mix two runs. Nothing was verified.",
            "Repeat the options and paths of the first run, or begin a new file."),
        Code::UsageSandbox => say("The sandbox cannot be had here",
            "With --sandbox require the program works only if the system can take its right to open connections away. \
             This system cannot, or the program was built for one where it does not know how. Nothing was read.",
            "Use a Linux system with seccomp and Landlock (5.13 or later), or choose --sandbox auto and read what it \
             says is enforced."),
        Code::Internal => say("The program has a defect",
            "The program came into a state that its makers held to be impossible. Nothing can be concluded, neither \
             for nor against the document.",
            "Report the defect with the program's version, the command and, if you may share it, the file. Do not act \
             on this run."),
        Code::Interrupted => say("The run was stopped",
            "Somebody or something stopped the program before it was done. The verdicts printed until then stand; of \
             the other documents nothing is known.",
            "Run the command again."),
    }
}

pub(super) const fn step_title(step: StepName) -> &'static str {
    match step {
        StepName::Form => "The file is a well-formed bundle",
        StepName::Completeness => "No part of the evidence is missing",
        StepName::Trust => "The trust root can be used",
        StepName::Document => "The document is unaltered",
        StepName::Subject => "The issuer's statement is about this document",
        StepName::Issuer => "A trusted issuer signed the statement",
        StepName::Checkpoint => "A trusted log vouches for its checkpoint",
        StepName::Witnesses => "Enough trusted witnesses saw the checkpoint",
        StepName::Inclusion => "The statement is recorded in the log",
        StepName::Continuity => "The log continues what was seen of it before",
        StepName::Time => "All times fit together",
        StepName::Status => "The document is not revoked",
    }
}

pub(super) const fn skip_reason(skip: Skip) -> &'static str {
    match skip {
        Skip::NoForm => "the file is not a well-formed bundle",
        Skip::Incomplete => "a part that this check needs is missing",
        Skip::NoTrust => "there is no usable trust root",
        Skip::Unfounded => "a check that this one builds on failed",
        Skip::HashOnly => "only the hash was asked about; compare the document's SHA-256 yourself",
        Skip::NoState => "nothing remembered from earlier runs was given",
        Skip::FirstSeen => "nothing is remembered of this log yet",
    }
}
