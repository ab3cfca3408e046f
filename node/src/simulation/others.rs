//! Entries that a node lacks, from the published files of the others.

use super::place::World;
use super::wire::Air;
use crate::error::{Error, Result};
use crate::service::{Archive, EntrySource};
use ct_core::{Code, TreeSize};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

/// The other nodes, as this one reaches them.
pub(super) struct Others {
    node: u64,
    air: Arc<Air>,
    folders: Vec<(u64, PathBuf)>,
}

impl Others {
    pub(super) fn new(node: u64, world: &World) -> Self {
        let others = (1..=world.nodes).filter(|other| *other != node);
        let folders = others.map(|other| (other, world.dir.join(format!("node-{other}/data")))).collect();
        Self { node, air: Arc::clone(&world.air), folders }
    }
}

impl EntrySource for Others {
    fn entries(&mut self, first: u64, count: usize) -> Result<Vec<Vec<u8>>> {
        let nobody = || Error::new(Code::IoNetwork, "the other nodes", "do not answer", "");
        let (other, folder) = self.folders.first().ok_or_else(nobody)?;
        let is_up = self.air.listeners.lock().unwrap().contains_key(other);
        if !is_up || self.air.is_cut(self.node, *other) || self.air.is_cut(*other, self.node) {
            return Err(nobody());
        }
        let note = fs::read_to_string(folder.join("log/checkpoint")).map_err(|_| nobody())?;
        let size = note.lines().nth(1).and_then(|size| size.parse().ok()).ok_or_else(nobody)?;
        Archive::open(folder)?.portion(first, count, TreeSize::new(size)?)
    }

    fn distrust(&mut self) -> String {
        self.folders.rotate_left(1);
        "a node".to_owned()
    }
}
