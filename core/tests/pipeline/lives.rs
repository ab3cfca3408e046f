//! Random lives of documents against a small model: issued, revoked, suspended, reinstated, their list's key rotated,
//! their bundles refreshed or not (R17.4, R18.5). Every seed is fixed, and printed on failure.

use crate::report_at;
use ct_core::trust::{Trust, Window};
use ct_core::{Code, Mode, Seconds};
use ct_testdata::note::LineKey;
use ct_testdata::world::{self, BEGIN, DAY, END, ISSUED, ORIGIN};
use ct_testdata::{Draft, LaterDraft, StatusDraft, cosigners, fillers, status};

const SEEDS: u64 = 40;
const STEPS: usize = 30;
const WINDOW: u64 = 10 * DAY;
/// After the list: when the quorum has seen the checkpoint that holds it.
const SEEN_AFTER: u64 = 75;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(bound).unwrap()).unwrap()
    }
}

/// A status list as it was published: the last entry of the log at that time.
#[derive(Clone)]
struct Published {
    draft: StatusDraft,
    /// The log's size with it.
    size: usize,
    statuses: Vec<u8>,
}

struct Document {
    draft: Draft,
    place: usize,
    /// Which of the published lists came with it, and which one its holder has now.
    anchor: usize,
    held: usize,
}

/// The issuer, its log, and what every holder has.
struct World {
    now: u64,
    entries: Vec<Vec<u8>>,
    statuses: Vec<u8>,
    published: Vec<Published>,
    documents: Vec<Document>,
    /// When each status key began; the one before is compromised from then on.
    keys: Vec<u64>,
}

impl World {
    fn new() -> Self {
        let (entries, keys) = (fillers(0, 2), vec![BEGIN]);
        Self { now: ISSUED, entries, statuses: vec![], published: vec![], documents: vec![], keys }
    }

    fn key(number: usize) -> String {
        if number == 0 { "university-2026-status".to_owned() } else { format!("university-status-{number}") }
    }

    fn publish(&mut self) {
        let mut draft = StatusDraft::new(0, self.now);
        draft.list = status::list_of(&self.statuses);
        for kid in [&mut draft.kid, &mut draft.key, &mut draft.issuer_key, &mut draft.header.kid] {
            *kid = Self::key(self.keys.len() - 1);
        }
        self.entries.push(draft.statement());
        self.published.push(Published { draft, size: self.entries.len(), statuses: self.statuses.clone() });
    }

    fn issue(&mut self) {
        let number = self.documents.len();
        let mut draft = Draft::small(&format!("life {number}"), b"document");
        draft.header.issued_at = self.now;
        self.statuses.push(0);
        draft.status = Some((StatusDraft::new(0, self.now).uri, u64::try_from(number).unwrap()));
        let place = self.entries.len();
        self.entries.push(draft.statement());
        self.publish();
        let anchor = self.published.len() - 1;
        self.documents.push(Document { draft, place, anchor, held: anchor });
    }

    fn rotate(&mut self) {
        self.keys.push(self.now);
        self.publish();
    }

    /// The bundle as its holder has it.
    fn bundle(&self, document: &Document) -> Vec<u8> {
        let (anchor, held) = (&self.published[document.anchor], &self.published[document.held]);
        let mut draft = document.draft.clone();
        draft.before = self.entries[..document.place].to_vec();
        // The list itself is the last entry, which the draft adds.
        draft.after = self.entries[document.place + 1..anchor.size - 1].to_vec();
        draft.cosigners = cosigners(anchor.draft.issued_at + SEEN_AFTER - 15);
        if document.held == document.anchor {
            draft.stapled = Some(held.draft.clone());
            return draft.parts().encode();
        }
        draft.after.push(self.entries[anchor.size - 1].clone());
        draft.stapled = Some(held.draft.clone().under(1));
        draft.later = vec![LaterDraft {
            entries: self.entries[anchor.size..held.size - 1].to_vec(),
            log_keys: vec![LineKey::new(ORIGIN)],
            cosigners: cosigners(held.draft.issued_at + SEEN_AFTER - 15),
        }];
        draft.parts().encode()
    }

    fn trust(&self) -> Trust {
        let mut trust = world::trust();
        (trust.policy.strict.evidence, trust.policy.strict.status) = (Seconds::new(WINDOW), Seconds::new(WINDOW));
        let key = |(number, from): (usize, &u64)| {
            let compromised_from = self.keys.get(number + 1).copied().map(world::time);
            let window = Window { from: world::time(*from), until: world::time(END), compromised_from };
            ct_core::trust::IssuerKey { window, ..world::issuer_key(&Self::key(number)) }
        };
        trust.issuers[0].status[0].keys = self.keys.iter().enumerate().map(key).collect();
        trust
    }

    /// What the model says of a document.
    fn expected(&self, number: usize, mode: Mode) -> Code {
        let held = &self.published[self.documents[number].held];
        let issued_at = held.draft.issued_at;
        match held.statuses[number] {
            1 => Code::RevokedDocument,
            2 => Code::RevokedSuspended,
            _ if mode == Mode::Archival => Code::Ok,
            _ if issued_at + SEEN_AFTER + WINDOW < self.now => Code::StaleEvidence,
            _ if issued_at + WINDOW < self.now => Code::StaleStatus,
            _ => Code::Ok,
        }
    }
}

/// One thing happens.
fn step(world: &mut World, random: &mut Random) {
    // Sometimes a moment beyond what the list, but not yet the evidence, is fresh for.
    let pauses = [3_600, DAY, 4 * DAY, WINDOW, WINDOW + SEEN_AFTER / 2];
    world.now += pauses[random.below(pauses.len())];
    let one = random.below(world.documents.len().max(1));
    match random.below(9) {
        _ if world.documents.is_empty() => world.issue(),
        0 | 1 if world.documents.len() < 12 => world.issue(),
        // Revoked is for ever; what is suspended can be reinstated.
        status @ 2..=4 if world.statuses[one] != 1 => {
            world.statuses[one] = u8::try_from(status - 2).unwrap();
            world.publish();
        }
        5 if world.keys.len() < 6 => world.rotate(),
        6..=8 => world.documents[one].held = world.published.len() - 1,
        _ => world.publish(),
    }
}

fn live(seed: u64, met: &mut std::collections::BTreeSet<Code>) {
    let (mut world, mut random) = (World::new(), Random(seed));
    for number in 0..STEPS {
        step(&mut world, &mut random);
        // Verified once the checkpoint has been seen, or some days later.
        let at = world.now;
        world.now += [100, WINDOW, WINDOW + SEEN_AFTER / 2][random.below(3)];
        let trust = world::root(&world.trust());
        let one = random.below(world.documents.len());
        let bundle = world.bundle(&world.documents[one]);
        for mode in [Mode::Strict, Mode::Archival] {
            let (found, expected) = (report_at(&trust, &bundle, mode, world.now).code(), world.expected(one, mode));
            assert_eq!(found, expected, "seed {seed}, step {number}, document {one}, {mode:?}");
            met.insert(found);
        }
        world.now = at + 200;
    }
}

// R17.4, R18.5
#[test]
fn every_document_is_what_the_model_says() {
    let mut met = std::collections::BTreeSet::new();
    for seed in 0..SEEDS {
        live(seed, &mut met);
    }
    let all = [Code::Ok, Code::RevokedDocument, Code::RevokedSuspended, Code::StaleEvidence, Code::StaleStatus];
    assert_eq!(met, all.into(), "the lives are too short to meet all of them");
}
