//! A log that was restored signs nothing that it had not signed, before its witnesses have confirmed that nothing is
//! missing (R20.5).

use super::{Event, Invariant};

#[derive(Default)]
pub(super) struct RestoreIsFenced {
    signed: u64,
    /// What the backup covers, while nobody has confirmed it.
    unconfirmed: Option<u64>,
}

impl Invariant for RestoreIsFenced {
    fn name(&self) -> &'static str {
        "RestoreIsFenced"
    }

    fn see(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Restore { sealed, .. } => self.unconfirmed = Some((*sealed).max(1)),
            Event::Confirm { size, .. } => {
                if *size < self.signed {
                    return Err(format!("{size} entries were confirmed, and {} were signed before", self.signed));
                }
                self.unconfirmed = None;
            }
            Event::Sign { node, size, .. } => {
                if let Some(restored) = self.unconfirmed.filter(|restored| size > restored) {
                    return Err(format!(
                        "node {node} signs {size} entries after a restore with {restored}, unconfirmed"
                    ));
                }
                self.signed = self.signed.max(*size);
            }
            _ => {}
        }
        Ok(())
    }
}
