//! The power fails at every operation, and again while the log is being recovered.

use super::*;
use crate::entropy::Entropy;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// What a log may say after a crash: one of these, from `floor` on.
struct Allowed {
    /// After none, one, two ... of the records that were given.
    states: Vec<Contents>,
    /// After the last record of the last job that was acknowledged.
    floor: usize,
}

/// Writes until the power fails.
fn work(disk: &FaultyDisk, start: &Contents, jobs: &[Vec<Record>]) -> Allowed {
    let mut allowed = Allowed { states: vec![start.clone()], floor: 0 };
    let Ok(found) = recover(Box::new(disk.clone())) else { return allowed };
    assert_eq!(found.contents(), start);
    let mut contents = start.clone();
    let Ok((mut writer, _)) = found.into_writer(SMALL) else { return allowed };
    for records in jobs {
        for record in records {
            contents.take(record.clone()).unwrap();
            allowed.states.push(contents.clone());
        }
        let (job, answer) = job(records.clone());
        let result = writer.commit_all(vec![job]);
        if answer.recv().unwrap().is_ok() {
            allowed.floor = allowed.states.len() - 1;
        }
        if result.is_err() {
            break;
        }
    }
    allowed
}

/// Votes, entries, hints, truncations and purges that go with what is there.
fn jobs(entropy: &mut Entropy, start: &Contents, count: usize) -> Vec<Vec<Record>> {
    let mut contents = start.clone();
    let mut jobs = Vec::new();
    for _ in 0..count {
        let [kind, size] = entropy.bytes();
        let next = contents.last().map_or(0, |last| last.index + 1);
        let first = contents.purged().map_or(0, |purged| purged.index + 1);
        let records = match kind % 12 {
            0 => vec![vote(u64::from(size))],
            1 if next > first => vec![Record::Truncate { from: next - 1 }, entry(next - 1)],
            2 if next > first => {
                vec![Record::Purge(Position { term: 1, index: first + u64::from(size) % (next - first) })]
            }
            3 => vec![committed(next)],
            _ => (next..=next + u64::from(size % 4)).map(entry).collect(),
        };
        records.iter().for_each(|record| contents.take(record.clone()).unwrap());
        jobs.push(records);
    }
    jobs
}

/// Everything acknowledged is there, and nothing that was not given; only hints may lag behind.
fn check(found: &Recovered, allowed: &Allowed, what: &str) {
    assert!(matches!(found.damage(), Damage::None | Damage::Torn), "{what}: {:?}", found.damage());
    let says = |contents: &Contents| {
        let entries: Vec<_> = contents.entries(0..u64::MAX).cloned().collect();
        (contents.vote(), contents.purged(), entries)
    };
    let states = allowed.states.iter().skip(allowed.floor);
    assert!(states.map(says).any(|state| state == says(found.contents())), "{what}");
}

// R10.1 to R10.4: the power fails after each single operation of the disk, and then recovery is interrupted as well.
#[test]
fn the_power_may_fail_at_every_operation() {
    let script: Vec<_> = [vec![vote(1)], vec![entry(0), entry(1), entry(2)], vec![committed(1)]]
        .into_iter()
        .chain((3..20).map(|index| vec![entry(index)]))
        .chain([vec![Record::Purge(Position { term: 1, index: 9 })], vec![entry(20)], vec![entry(21)]])
        .collect();
    let new = Contents::default();
    let whole = FaultyDisk::default();
    let allowed = work(&whole, &new, &script);
    assert_eq!(allowed.floor, allowed.states.len() - 1);
    let operations = whole.operations();
    assert!(operations > 60, "{operations}");
    let mut entropy = Entropy::from_seed(&[10; 32]);
    for cut in 0..operations {
        let disk = FaultyDisk::default();
        disk.cut_power(cut);
        let allowed = work(&disk, &new, &script);
        let what = format!("power failed after {cut} operations");
        let mut kept = || entropy.bytes::<1>()[0].is_multiple_of(3);
        let images = [disk.crash(|| false), disk.crash(|| true), disk.crash(&mut kept), disk.crash(&mut kept)];
        for image in images {
            // A second failure, while recovering from the first.
            let trial = image.kill();
            drop(recovered(&trial));
            for again in 0..trial.operations() {
                let second = image.kill();
                second.cut_power(again);
                drop(recover(Box::new(second.clone())));
                check(&recovered(&second.crash(&mut kept)), &allowed, &format!("{what}, then {again}"));
            }
            let found = recovered(&image);
            check(&found, &allowed, &what);
            let contents = found.contents().clone();
            drop(found);
            let found = recovered(&image);
            assert_eq!((found.damage(), found.contents()), (Damage::None, &contents), "{what}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(10),
        ..ProptestConfig::default()
    })]

    // R10.1 to R10.5: several lives of one log, each ended by a power failure.
    #[test]
    fn no_life_of_a_log_loses_what_was_acknowledged(
        seed in any::<[u8; 32]>(),
        cuts in prop::collection::vec(0_usize..120, 1..5),
    ) {
        let mut entropy = Entropy::from_seed(&seed);
        let mut disk = FaultyDisk::default();
        for cut in cuts {
            let start = recovered(&disk).contents().clone();
            let jobs = jobs(&mut entropy, &start, 40);
            disk.cut_power(cut);
            let allowed = work(&disk, &start, &jobs);
            disk = disk.crash(|| entropy.bytes::<1>()[0].is_multiple_of(2));
            check(&recovered(&disk), &allowed, &format!("seed {seed:?}, power failed after {cut}"));
        }
    }

    // What parses encodes to the same bytes.
    #[test]
    fn frames_are_written_as_they_are_read(lsn in 1_u64.., term: u64, key: u64, op in 0_u8..8, value: Vec<u8>) {
        let record = record::Record::from_parts((op, term, key, &value));
        if let Some(record) = record {
            let frame = Frame { lsn: Lsn::new(lsn), synced: Lsn::new(lsn - 1), record };
            let mut bytes = Vec::new();
            frame.encode(&mut bytes);
            bytes.push(9);
            prop_assert_eq!(Frame::parse(&bytes), Ok((frame, &[9_u8][..])));
        }
    }
}
