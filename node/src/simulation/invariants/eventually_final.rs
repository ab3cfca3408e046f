//! Once nothing is in the way any more, everything that was acknowledged becomes final, and all nodes publish it; and no
//! node gives up (R18.1, R20.1).

use super::super::history::End;
use super::{Event, Invariant};

pub(super) struct EventuallyFinal;

impl Invariant for EventuallyFinal {
    fn name(&self) -> &'static str {
        "EventuallyFinal"
    }

    fn see(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::GiveUp { node, why } => Err(format!("node {node} gives up: {why}")),
            _ => Ok(()),
        }
    }

    fn end(&mut self, end: &End) -> Result<(), String> {
        match &end.stuck {
            Some(what) if !end.is_fenced => Err(what.clone()),
            _ => Ok(()),
        }
    }
}
