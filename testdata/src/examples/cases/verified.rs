//! Cases that verify: what a verifier must not refuse.

use super::plan::{DOCUMENT, Plan};
use crate::draft::{BatchDraft, Draft};
use crate::note::LineKey;
use crate::world::{self, ANCHORED, DAY, END, ISSUED, ORIGIN};
use ct_core::trust::Pin;
use ct_core::{Hash, Mode};

pub(super) fn plans() -> Vec<Plan> {
    vec![
        Plan::verified("document-inside", "The document is in the bundle."),
        Plan::verified("document-beside", "The document is given beside the bundle.").beside(DOCUMENT),
        Plan::verified("hash-only", "Only the hash is asked about.").hash_only(),
        Plan::verified("first-entry-after-genesis", "The log has two entries.").draft(|draft| {
            draft.before.truncate(1);
            draft.after.clear();
        }),
        Plan::verified("one-of-five", "The statement covers five subjects.").draft(|draft| draft.batch = Some(batch())),
        Plan::verified("refreshed-twice", "Two later checkpoints follow the anchor.").draft(|draft| {
            *draft = twice_refreshed(draft);
        }),
        Plan::verified("two-witnesses-of-three", "The quorum is met and no more.")
            .draft(|draft| draft.cosigners.truncate(2)),
        Plan::verified("unknown-witness-ignored", "A witness has cosigned that the trust root does not know.")
            .draft(|draft| draft.cosigners.push((LineKey::new("witness.elsewhere.example"), ISSUED + 60))),
        Plan::verified("unknown-log-key-ignored", "A second key has signed under the log's name.").draft(|draft| {
            draft.log_keys.insert(0, LineKey { name: ORIGIN.to_owned(), key: "forger".to_owned() });
        }),
        Plan::verified("anchor-pinned-and-unsigned", "The anchor is pinned and has no signatures at all.")
            .trust("anchor-pinned", |trust| trust.logs[0].pins.push(anchor_pin()))
            .parts(|parts| parts.checkpoint_signature = None)
            .mode(Mode::Archival),
        Plan::verified("compromised-log-key-but-pinned", "The log's key is compromised; a pin vouches for the anchor.")
            .trust("log-key-compromised-and-anchor-pinned", |trust| {
                trust.logs[0].keys[0].window.compromised_from = Some(world::time(ISSUED));
                trust.logs[0].pins.push(anchor_pin());
            }),
        Plan::verified("equivocated-log-but-pinned", "The log showed two histories; a pin vouches for the anchor.")
            .trust("log-equivocated-and-anchor-pinned", |trust| {
                trust.logs[0].equivocated = Some(world::time(ISSUED));
                trust.logs[0].pins.push(anchor_pin());
            }),
        Plan::verified("compromised-log-key-but-proven-into-a-pin", "The second later checkpoint is pinned.")
            .trust("log-key-compromised-and-later-pinned", |trust| {
                trust.logs[0].keys[0].window.compromised_from = Some(world::time(ISSUED));
                let pinned = twice_refreshed(&Draft::new("case", DOCUMENT)).parts().later[1].pin(ISSUED + 7_200);
                trust.logs[0].pins.push(pinned);
            })
            .draft(|draft| *draft = twice_refreshed(draft)),
        Plan::verified("archived-for-fifty-years", "Everything expired long ago, and the archive does not mind.")
            .at(END + 30 * 365 * DAY)
            .mode(Mode::Archival),
        Plan::verified("grace-after-expiry", "The trust root expired a month ago, which grace allows.")
            .at(END + 30 * DAY)
            .mode(Mode::Grace),
    ]
}

pub(super) fn batch() -> BatchDraft {
    BatchDraft { others: (1..5).map(|number| Hash::of(&[number])).collect(), position: 2 }
}

fn twice_refreshed(draft: &Draft) -> Draft {
    draft.clone().refreshed(30, ISSUED + 3_600).refreshed(1, ISSUED + 7_200)
}

/// The pin of the anchor that every case has.
fn anchor_pin() -> Pin {
    Draft::new("case", DOCUMENT).parts().pin(ANCHORED)
}
