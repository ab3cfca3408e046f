//! What a witness has cosigned it knows after its next start.

use super::{Event, Invariant};

pub(super) struct WitnessRemembers;

impl Invariant for WitnessRemembers {
    fn name(&self) -> &'static str {
        "WitnessRemembers"
    }

    fn see(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Cosign { witness, size, remembered, .. } if remembered < size => {
                Err(format!("witness {witness} has cosigned {size} entries, and remembers {remembered}"))
            }
            _ => Ok(()),
        }
    }
}
