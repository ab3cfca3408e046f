//! The same request has the same answer, however often it is sent, and to whom (R12.4).

use super::{Event, Invariant};
use std::collections::BTreeMap;

#[derive(Default)]
pub(super) struct SameAnswer(BTreeMap<u64, (u64, usize)>);

impl Invariant for SameAnswer {
    fn name(&self) -> &'static str {
        "SameAnswer"
    }

    fn see(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Answer { request, first, statements } => {
                let answer = (*first, statements.len());
                let earlier = *self.0.entry(*request).or_insert(answer);
                if earlier == answer {
                    return Ok(());
                }
                Err(format!("request {request} was answered with {} and now with {first}", earlier.0))
            }
            Event::Refuse { request, code } => match self.0.get(request) {
                Some((first, _)) => Err(format!("request {request} was answered with {first} and now with {code}")),
                None => Ok(()),
            },
            // What came after the backup may be asked anew; what it has is answered as before.
            Event::Restore { size, .. } => {
                self.0.retain(|_, (first, _)| *first < *size);
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
