//! What a clerk was told is in the log is there in the end, at the place that was told (R9 to R12).

use super::super::history::End;
use super::{Event, Invariant};
use ct_core::Hash;
use std::collections::BTreeMap;

#[derive(Default)]
pub(super) struct AcknowledgedIsRecovered(BTreeMap<u64, (u64, Hash)>);

impl Invariant for AcknowledgedIsRecovered {
    fn name(&self) -> &'static str {
        "AcknowledgedIsRecovered"
    }

    fn see(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Answer { request, first, statements } => {
                for (place, statement) in (*first..).zip(statements) {
                    let (earlier, there) = *self.0.entry(place).or_insert((*request, *statement));
                    if there != *statement {
                        return Err(format!("requests {earlier} and {request} were both given place {place}"));
                    }
                }
                Ok(())
            }
            // What came after the backup is lost, as its operator was told.
            Event::Restore { size, .. } => {
                self.0.retain(|place, _| place < size);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn end(&mut self, end: &End) -> Result<(), String> {
        for (node, entries) in &end.published {
            // A log that rightly does not go on still has what its backup had.
            let until = if end.is_fenced { u64::try_from(entries.len()).unwrap() } else { u64::MAX };
            for (place, (request, statement)) in self.0.range(..until) {
                let entry = usize::try_from(*place).ok().and_then(|place| entries.get(place));
                if entry.map(|entry| Hash::of(entry)) != Some(*statement) {
                    return Err(format!("request {request} was given place {place}, and is not there on node {node}"));
                }
            }
        }
        Ok(())
    }
}
