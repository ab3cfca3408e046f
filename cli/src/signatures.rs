//! Signatures that were checked before: bundles of one log share checkpoints, witnesses and status lists, and what they
//! share is checked once.

use ct_core::ed25519::{PublicKey, SIGNATURE_LEN, SignatureChecker};
use ct_core::{Hash, Hasher};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Answers from memory where it can. Bounded: what was not asked about for a while is forgotten, so a long batch of
/// documents with a signature each keeps what they share and little else.
#[derive(Default)]
pub(crate) struct Remembered {
    generations: Mutex<Generations>,
}

/// Two generations of answers. An answer that is asked for again moves into the newer one; when that one is full, it
/// becomes the older one, and what nobody asked for meanwhile goes.
#[derive(Default)]
struct Generations {
    newer: HashMap<Hash, Answer>,
    older: HashMap<Hash, Answer>,
}

/// Filled in by the thread that comes first; others wait for it.
type Answer = Arc<OnceLock<bool>>;

/// Answers in one generation.
const GENERATION: usize = 4_096;

impl SignatureChecker for Remembered {
    fn holds(&self, key: &PublicKey, message: &[u8], signature: &[u8; SIGNATURE_LEN]) -> bool {
        let answer = self.answer(fingerprint(key, message, signature));
        *answer.get_or_init(|| key.verify(message, signature))
    }
}

impl Remembered {
    fn answer(&self, fingerprint: Hash) -> Answer {
        // A panic while the lock is held cannot leave a wrong answer: answers are filled in outside of it.
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = generations.newer.get(&fingerprint) {
            return Arc::clone(answer);
        }
        let answer = generations.older.remove(&fingerprint).unwrap_or_default();
        if generations.newer.len() >= GENERATION {
            generations.older = std::mem::take(&mut generations.newer);
        }
        generations.newer.insert(fingerprint, Arc::clone(&answer));
        answer
    }
}

/// Key and signature are of fixed length, so no two questions have the same preimage.
fn fingerprint(key: &PublicKey, message: &[u8], signature: &[u8; SIGNATURE_LEN]) -> Hash {
    let mut hasher = Hasher::new();
    hasher.update(key.as_bytes());
    hasher.update(signature);
    hasher.update(message);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ct_testdata::cases;

    fn question(number: usize) -> Hash {
        Hash::of(&number.to_be_bytes())
    }

    fn is_known(remembered: &Remembered, number: usize) -> bool {
        let generations = remembered.generations.lock().unwrap();
        let asked = question(number);
        generations.newer.contains_key(&asked) || generations.older.contains_key(&asked)
    }

    #[test]
    fn what_is_asked_again_is_kept_and_what_is_not_is_forgotten() {
        let remembered = Remembered::default();
        for number in 1..=5 * GENERATION {
            remembered.answer(question(0));
            remembered.answer(question(number));
            let generations = remembered.generations.lock().unwrap();
            assert!(generations.newer.len() <= GENERATION && generations.older.len() <= GENERATION);
        }
        assert!(is_known(&remembered, 0) && is_known(&remembered, 5 * GENERATION));
        assert!(!is_known(&remembered, 1));
    }

    #[test]
    fn an_answer_is_given_once_and_the_same_to_all() {
        let remembered = Remembered::default();
        let first = remembered.answer(question(1));
        assert!(first.set(true).is_ok());
        assert_eq!(remembered.answer(question(1)).get(), Some(&true));
        assert_eq!(remembered.answer(question(2)).get(), None);
    }

    #[test]
    fn key_signature_and_message_are_all_asked_about() {
        let keys = [ct_testdata::key::public("university-2026"), ct_testdata::key::public("forger")];
        let mut fingerprints = std::collections::BTreeSet::new();
        for key in &keys {
            for message in [b"a".as_slice(), b"b", b""] {
                for signature in [[0; SIGNATURE_LEN], [1; SIGNATURE_LEN]] {
                    fingerprints.insert(fingerprint(key, message, &signature));
                }
            }
        }
        assert_eq!(fingerprints.len(), 12);
    }

    // R8.5, R19.5: memory changes no verdict, also where bundles differ in a signature only.
    #[test]
    fn every_case_gives_the_same_report_from_memory() {
        let remembered = Remembered::default();
        for _ in 0..2 {
            for case in cases() {
                assert_eq!(case.verify_with(&remembered).to_json(), case.verify().to_json(), "{}", case.name);
            }
        }
    }
}
