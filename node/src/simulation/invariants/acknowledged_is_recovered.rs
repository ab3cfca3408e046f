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
        if end.is_fenced {
            return Ok(());
        }
        for (node, entries) in &end.published {
            for (place, (request, statement)) in &self.0 {
                let entry = usize::try_from(*place).ok().and_then(|place| entries.get(place));
                if entry.map(|entry| Hash::of(entry)) != Some(*statement) {
                    return Err(format!("request {request} was given place {place}, and is not there on node {node}"));
                }
            }
        }
        Ok(())
    }
}
