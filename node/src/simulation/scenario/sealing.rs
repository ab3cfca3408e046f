//! From committed entries to a published checkpoint.

use super::super::QUORUM;
use super::super::history::{Event, Told};
use super::{Verdict, written};
use std::collections::{BTreeMap, BTreeSet};

/// The run as steps of `specs/tla/Sealing.tla`: what it is that nodes and witnesses did with checkpoints. Steps that
/// change nothing in the specification are left out.
pub(in super::super) fn sealing(told: &[Told], verdict: Verdict) -> String {
    let mut steps = Sealing { size: 1, generation: 1, ..Sealing::default() };
    told.iter().for_each(|told| steps.take(&told.event));
    written(verdict, &[format!("Backups={{{}}}", steps.backup.max(1))], &steps.lines)
}

/// For whoever has come furthest.
#[derive(Default)]
struct Sealing {
    lines: Vec<String>,
    /// Before which line the last leader but one ended.
    ended: usize,
    terms: BTreeSet<u64>,
    leader: u64,
    size: u64,
    generation: u64,
    sealed: u64,
    anchored: (u64, u64),
    /// By node.
    signed: BTreeMap<u64, u64>,
    published: BTreeMap<u64, u64>,
    marked: BTreeSet<u64>,
    /// By witness.
    memory: BTreeMap<u64, u64>,
    answers: BTreeSet<u64>,
    /// How many entries the backup had.
    backup: u64,
}

impl Sealing {
    fn step(&mut self, action: &str, expression: &str) {
        self.lines.push(format!("action: {action}; {expression}"));
    }

    fn take(&mut self, event: &Event) {
        match *event {
            Event::Lead { node, term } if self.terms.insert(term) => {
                if self.leader != 0 {
                    self.ended = self.lines.len();
                }
                self.leader = node;
                self.answers.clear();
                self.step("Elect", &format!("leader' = {node}"));
            }
            Event::Crash { node, .. } if node == self.leader => {
                self.ended = self.lines.len();
                self.leader = 0;
                self.answers.clear();
                self.step("Crash", "leader' = 0");
            }
            Event::Reach { size, .. } => {
                while self.size < size {
                    self.size = size.min(self.size + MAX_BATCH);
                    self.step("Batch", &format!("Len(log') = {}", self.size));
                }
            }
            Event::Seal { generation, .. } if generation > self.generation => {
                self.generation = generation;
                self.step("NewGeneration", &format!("sealed'.generation = {generation}"));
            }
            Event::Seal { size, .. } if size > self.sealed => {
                let is_late = self.sealed > 0 && self.answers.len() < QUORUM;
                self.taken("Seal", is_late, size, &format!("sealed'.size = {size}"));
                self.sealed = size;
                self.answers.clear();
            }
            Event::Sign { node, size, .. } if size > self.signed.get(&node).copied().unwrap_or(0) => {
                self.signed.insert(node, size);
                self.step("Sign", &format!("Len(fence'[{node}]) = {size}"));
            }
            Event::Cosign { witness, node, size, .. } => self.cosign(witness + 1, node, size),
            Event::Anchor { generation, size, .. } if (generation, size) > self.anchored && size > 0 => {
                self.anchored = (generation, size);
                let is_late = self.answers.len() < QUORUM;
                let seal = format!("anchored'.size = {size} /\\ anchored'.generation = {generation}");
                self.taken("Anchor", is_late, size, &seal);
            }
            Event::Publish { node, size, .. } if size > self.published.get(&node).copied().unwrap_or(0) => {
                self.published.insert(node, size);
                self.step("Publish", &format!("Len(published'[{node}]) = {size}"));
            }
            Event::Restore { size, published, sealed, anchored } => self.restore(size, published, sealed, anchored),
            Event::Confirm { node, .. } if self.marked.remove(&node) => {
                // Whoever confirms what is sealed has its cosignatures, too.
                self.step("Confirm", &format!("mark'[{node}] = 0"));
            }
            Event::Settle { node } if self.marked.remove(&node) => {
                self.step("Settle", &format!("mark'[{node}] = 0 /\\ mark[{node}] # 0"));
            }
            _ => {}
        }
    }

    /// A command was taken. One that the leader of now cannot have proposed was proposed before, by one whose time was over.
    fn taken(&mut self, action: &str, is_late: bool, size: u64, expression: &str) {
        if !is_late {
            return self.step(action, expression);
        }
        let command = format!("<<\"{}\", {}, {size}>>", action.to_lowercase(), self.generation);
        self.lines.insert(self.ended, format!("action: Propose{action}; late' = {{{command}}}"));
        self.step(&format!("{action}Late"), expression);
    }

    fn cosign(&mut self, witness: u64, node: u64, size: u64) {
        let counts = node == self.leader && size == self.sealed;
        let is_new = size > self.memory.get(&witness).copied().unwrap_or(0);
        self.memory.insert(witness, size);
        let is_heard = counts && self.answers.insert(witness);
        if is_new {
            let changed = format!("memory'[{witness}] # memory[{witness}]");
            self.step("Cosign", &format!("{changed} /\\ Len(memory'[{witness}]) = {size}"));
        } else if is_heard {
            self.step("Cosign", &format!("{witness} \\in answers' /\\ ~({witness} \\in answers)"));
        }
    }

    fn restore(&mut self, size: u64, published: u64, sealed: u64, anchored: u64) {
        let of_each = || (1..=NODES).map(|node| (node, published)).collect();
        (self.size, self.sealed, self.anchored) = (size, sealed, (self.generation, anchored));
        (self.signed, self.published) = (of_each(), of_each());
        self.marked = (1..=NODES).collect();
        (self.leader, self.backup) = (0, size);
        self.answers.clear();
        self.terms.clear();
        let state = format!("Len(log') = {size} /\\ sealed'.size = {sealed} /\\ anchored'.size = {anchored}");
        self.step("Restore", &format!("{state} /\\ Len(fence'[1]) = {published}"));
    }
}

/// As in `Sealing.trace.cfg`.
const MAX_BATCH: u64 = 8;
const NODES: u64 = 3;
