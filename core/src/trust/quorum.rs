//! Nested k-of-n groups of witnesses, and the times that a quorum states.

use super::{Epoch, Witness};
use crate::code::Code;
use crate::error::Error;
use crate::time::Timestamp;
use alloc::vec::Vec;

/// A group's members resolved: every name is a witness, or a group that stands before it.
///
/// Built only from groups that keep the rules of C2SP tlog-policy: backward references, one group per member,
/// 1 <= threshold <= members, names shared by nobody. So a witness counts once, whatever the nesting.
#[derive(Clone, Debug)]
pub struct Quorum {
    groups: Vec<Group>,
    root: Member,
}

#[derive(Clone, Debug)]
struct Group {
    threshold: usize,
    members: Vec<Member>,
}

#[derive(Clone, Copy, Debug)]
enum Member {
    Witness(usize),
    Group(usize),
}

impl Quorum {
    /// Resolves an epoch's groups against the trust root's witnesses.
    ///
    /// # Errors
    /// `trust.policy` for a name that is not there (yet), a member of two groups or a threshold out of range;
    /// `trust.duplicate` for a name used twice.
    pub(super) fn resolve(epoch: &Epoch, witnesses: &[Witness]) -> Result<Self, Error> {
        let mut names = Names::default();
        for (index, witness) in witnesses.iter().enumerate() {
            names.add(witness.name.as_str(), Member::Witness(index));
        }
        let mut groups = Vec::new();
        for group in &epoch.groups {
            let mut members = Vec::new();
            for name in &group.members {
                let member = names.place(name);
                members.push(member.ok_or(Error::new(Code::TrustPolicy, "epochs.groups.members"))?);
            }
            let threshold = usize::try_from(group.threshold).unwrap_or(usize::MAX);
            if threshold == 0 || threshold > members.len() {
                return Err(Error::new(Code::TrustPolicy, "epochs.groups.threshold"));
            }
            if !names.add(group.name.as_str(), Member::Group(groups.len())) {
                return Err(Error::new(Code::TrustDuplicate, "epochs.groups.name"));
            }
            groups.push(Group { threshold, members });
        }
        let root = names.get(&epoch.quorum).map(|named| named.member);
        Ok(Self { groups, root: root.ok_or(Error::new(Code::TrustPolicy, "epochs.quorum"))? })
    }

    /// The smallest t such that the witnesses that state a time <= t satisfy the quorum.
    #[must_use]
    pub fn earliest(&self, statements: &[(usize, Timestamp)]) -> Option<Timestamp> {
        let times = statements.iter().map(|(_, time)| *time);
        times.filter(|limit| self.satisfied(statements, &|time| time <= *limit)).min()
    }

    /// The largest t such that the witnesses that state a time >= t satisfy the quorum.
    #[must_use]
    pub fn latest(&self, statements: &[(usize, Timestamp)]) -> Option<Timestamp> {
        let times = statements.iter().map(|(_, time)| *time);
        times.filter(|limit| self.satisfied(statements, &|time| time >= *limit)).max()
    }

    fn satisfied(&self, statements: &[(usize, Timestamp)], counts: &dyn Fn(Timestamp) -> bool) -> bool {
        let mut met: Vec<bool> = Vec::with_capacity(self.groups.len());
        let holds = |met: &[bool], member: Member| match member {
            Member::Witness(index) => statements.iter().any(|(witness, time)| *witness == index && counts(*time)),
            Member::Group(index) => met.get(index).copied().unwrap_or(false),
        };
        for group in &self.groups {
            let count = group.members.iter().filter(|member| holds(&met, **member)).count();
            met.push(count >= group.threshold);
        }
        holds(&met, self.root)
    }
}

/// What each name stands for, ascending by name.
#[derive(Default)]
struct Names<'a>(Vec<Named<'a>>);

struct Named<'a> {
    name: &'a str,
    member: Member,
    /// It is a member of a group.
    is_placed: bool,
}

impl<'a> Names<'a> {
    /// Adds a name, unless it is there already; whether it was added.
    fn add(&mut self, name: &'a str, member: Member) -> bool {
        let place = self.0.binary_search_by(|named| named.name.cmp(name));
        if let Err(at) = place {
            self.0.insert(at, Named { name, member, is_placed: false });
        }
        place.is_err()
    }

    fn get(&mut self, name: &str) -> Option<&mut Named<'a>> {
        let at = self.0.binary_search_by(|named| named.name.cmp(name)).ok()?;
        self.0.get_mut(at)
    }

    /// What a name stands for that no group has had yet.
    fn place(&mut self, name: &str) -> Option<Member> {
        let named = self.get(name).filter(|named| !named.is_placed)?;
        named.is_placed = true;
        Some(named.member)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::c2sp::KeyName;
    use crate::time::Seconds;
    use crate::trust::GroupOf;
    use alloc::string::ToString;
    use alloc::{format, vec};

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_seconds(seconds).unwrap()
    }

    fn witnesses(count: usize) -> Vec<Witness> {
        (0..count).map(|index| Witness { name: KeyName::new(&format!("w{index}")).unwrap(), keys: vec![] }).collect()
    }

    fn epoch(groups: &[(&str, u64, &[&str])], quorum: &str) -> Epoch {
        let groups = groups.iter().map(|(name, threshold, members)| GroupOf {
            name: name.to_string(),
            threshold: *threshold,
            members: members.iter().map(ToString::to_string).collect(),
        });
        Epoch {
            from: at(0),
            until: Timestamp::MAX,
            groups: groups.collect(),
            quorum: quorum.to_string(),
            max_anchor_delay: Seconds::new(60),
        }
    }

    #[test]
    fn two_of_three_takes_the_second_time_from_either_end() {
        let quorum = Quorum::resolve(&epoch(&[("q", 2, &["w0", "w1", "w2"])], "q"), &witnesses(3)).unwrap();
        let seen = [(0, at(30)), (1, at(10)), (2, at(20))];
        assert_eq!(quorum.earliest(&seen), Some(at(20)));
        assert_eq!(quorum.latest(&seen), Some(at(20)));
        assert_eq!(quorum.earliest(&seen[..1]), None);
        assert_eq!(quorum.latest(&[]), None);
    }

    // One witness with two keys is one witness.
    #[test]
    fn a_witness_counts_once() {
        let quorum = Quorum::resolve(&epoch(&[("q", 2, &["w0", "w1"])], "q"), &witnesses(2)).unwrap();
        assert_eq!(quorum.earliest(&[(0, at(1)), (0, at(2))]), None);
    }

    #[test]
    fn groups_nest() {
        let groups: &[(&str, u64, &[&str])] =
            &[("city", 1, &["w0", "w1"]), ("press", 2, &["w2", "w3"]), ("all", 2, &["city", "press"])];
        let quorum = Quorum::resolve(&epoch(groups, "all"), &witnesses(4)).unwrap();
        assert_eq!(quorum.earliest(&[(0, at(1)), (1, at(2)), (2, at(3))]), None);
        assert_eq!(quorum.earliest(&[(1, at(2)), (2, at(3)), (3, at(9))]), Some(at(9)));
        assert_eq!(quorum.latest(&[(1, at(2)), (2, at(3)), (3, at(9))]), Some(at(2)));
    }

    #[test]
    fn a_lone_witness_is_a_quorum() {
        let quorum = Quorum::resolve(&epoch(&[], "w1"), &witnesses(2)).unwrap();
        assert_eq!(quorum.earliest(&[(1, at(7))]), Some(at(7)));
        assert_eq!(quorum.earliest(&[(0, at(7))]), None);
    }

    #[test]
    fn refuses_groups_that_break_the_rules() {
        type Case<'a> = (&'a [(&'a str, u64, &'a [&'a str])], &'a str, Code);
        let cases: &[Case<'_>] = &[
            (&[("q", 0, &["w0"])], "q", Code::TrustPolicy),
            (&[("q", 2, &["w0"])], "q", Code::TrustPolicy),
            (&[("q", 1, &[])], "q", Code::TrustPolicy),
            (&[("q", 1, &["nobody"])], "q", Code::TrustPolicy),
            (&[("q", 1, &["later"]), ("later", 1, &["w0"])], "q", Code::TrustPolicy),
            (&[("q", 1, &["q"])], "q", Code::TrustPolicy),
            (&[("q", 2, &["w0", "w0"])], "q", Code::TrustPolicy),
            (&[("a", 1, &["w0"]), ("q", 1, &["w0"])], "q", Code::TrustPolicy),
            (&[("w0", 1, &["w1"])], "w0", Code::TrustDuplicate),
            (&[("a", 1, &["w0"]), ("a", 1, &["w1"])], "a", Code::TrustDuplicate),
            (&[], "nobody", Code::TrustPolicy),
        ];
        for (groups, quorum, code) in cases {
            let refused = Quorum::resolve(&epoch(groups, quorum), &witnesses(2)).map(|_| ()).map_err(Error::code);
            assert_eq!(refused, Err(*code), "{groups:?}");
        }
    }
}
