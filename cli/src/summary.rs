//! How a run went: verdicts by code, and the one that decides the exit status.

use crate::output;
use ct_core::{Class, Code};
use std::collections::BTreeMap;

/// Verdicts counted by their code.
#[derive(Default)]
pub(crate) struct Summary {
    counts: BTreeMap<Code, u64>,
}

impl Summary {
    pub(crate) fn count(&mut self, code: Code) {
        *self.counts.entry(code).or_default() += 1;
    }

    pub(crate) fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    /// A code of the worst class; of a run without a verdict nothing is known.
    pub(crate) fn worst(&self) -> Code {
        let worst = self.counts.keys().max_by_key(|code| code.class().batch_rank());
        worst.copied().unwrap_or(Code::Internal)
    }

    /// Tells how many verdicts there are of each code but `ok`, the worst first, and how many of all.
    pub(crate) fn tell(&self) {
        let mut codes: Vec<_> = self.counts.iter().filter(|(code, _)| code.class() != Class::Verified).collect();
        codes.sort_by_key(|(code, _)| (u8::MAX - code.class().batch_rank(), code.as_str()));
        for (code, count) in codes {
            output::remark(&format!("{count:>8}  {code}"));
        }
        let verified = self.of_class(Class::Verified);
        output::remark(&format!("{verified} verified, {} not", self.total() - verified));
    }

    fn of_class(&self, class: Class) -> u64 {
        self.counts.iter().filter(|(code, _)| code.class() == class).map(|(_, count)| *count).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // R1.1
    #[test]
    fn the_worst_is_in_the_fixed_order_and_not_the_last() {
        let worst = |codes: &[Code]| {
            let mut summary = Summary::default();
            codes.iter().for_each(|code| summary.count(*code));
            summary.worst().class().exit_status()
        };
        let order = [
            (Code::Ok, 0),
            (Code::StaleEvidence, 3),
            (Code::MalformedCbor, 4),
            (Code::TamperedDocument, 1),
            (Code::IoRead, 5),
            (Code::TrustExpired, 6),
            (Code::Internal, 70),
        ];
        for (number, (_, status)) in order.iter().enumerate() {
            let mut codes: Vec<Code> = order[..=number].iter().map(|(code, _)| *code).collect();
            assert_eq!(worst(&codes), *status);
            codes.reverse();
            assert_eq!(worst(&codes), *status);
        }
        assert_eq!(worst(&[]), 70);
    }
}
