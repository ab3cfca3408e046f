//! What becomes of requests.

use super::super::history::{Event, Told};
use super::{Verdict, written};
use std::collections::{BTreeMap, BTreeSet};

/// The run as steps of `specs/tla/Submission.tla`, until the log is restored: there, a request has one statement, and the
/// genesis is not counted.
pub(in super::super) fn submission(told: &[Told], verdict: Verdict) -> String {
    let mut steps = Submission::default();
    let events = told.iter().map(|told| &told.event);
    events.take_while(|event| !matches!(event, Event::Restore { .. })).for_each(|event| steps.take(event));
    // Every time that a clerk asks again is a fault.
    written(verdict, &[format!("MaxFaults={}", steps.lines.len())], &steps.lines)
}

#[derive(Default)]
struct Submission {
    lines: Vec<String>,
    waiting: BTreeSet<u64>,
    /// By request: its place.
    answered: BTreeMap<u64, u64>,
    finals: BTreeSet<u64>,
    anchored: u64,
    /// Requests in the order of the commands; a batch is as many commands as it has requests.
    commands: Vec<u64>,
    /// By index of the consensus log: how many commands there were with it.
    upto: BTreeMap<u64, usize>,
    /// By node: how many commands it has applied.
    applied: BTreeMap<u64, usize>,
}

impl Submission {
    fn step(&mut self, action: &str, expression: &str) {
        self.lines.push(format!("action: {action}; {expression}"));
    }

    fn take(&mut self, event: &Event) {
        match event {
            Event::Submit { request } if !self.answered.contains_key(request) => self.submit(*request),
            Event::Apply { node, index, requests, .. } if !requests.is_empty() => self.apply(*node, *index, requests),
            Event::Install { node, index } => self.install(*node, *index),
            Event::Answer { request, first, .. } if !self.answered.contains_key(request) => {
                self.answered.insert(*request, *first);
                self.waiting.remove(request);
                self.step("Answer", &format!("got'[<<{request}, {request}>>].index = {first}"));
            }
            // The genesis is not counted.
            Event::Anchor { size, .. } if *size > self.anchored + 1 => {
                self.anchored = size - 1;
                self.step("Anchor", &format!("anchored' = {}", self.anchored));
            }
            Event::Publish { size, .. } => self.hand_out(*size),
            _ => {}
        }
    }

    /// A clerk who asks again has ceased to wait for what it asked before.
    fn submit(&mut self, request: u64) {
        if !self.waiting.insert(request) {
            self.step("TimeOut", &format!("~(<<{request}, {request}>> \\in waiting')"));
        }
        self.step("Submit", &format!("<<{request}, {request}>> \\in waiting' /\\ wire'[<<{request}, {request}>>] > wire[<<{request}, {request}>>]"));
    }

    fn apply(&mut self, node: u64, index: u64, requests: &[u64]) {
        if !self.upto.contains_key(&index) {
            for request in requests {
                self.commands.push(*request);
                let count = self.commands.len();
                self.applied.insert(node, count);
                let command = format!("commands'[{count}].request = <<{request}, {request}>>");
                self.step("Commit", &format!("applied'[{node}] = {count} /\\ {command}"));
            }
            self.upto.insert(index, self.commands.len());
            return;
        }
        // After a restart, a node applies again what was not durable.
        let (upto, before) = (self.upto[&index], self.applied.get(&node).copied().unwrap_or(0));
        for count in before + 1..=upto {
            self.step("Apply", &format!("applied'[{node}] = {count}"));
        }
        self.applied.insert(node, before.max(upto));
    }

    /// A snapshot ends with some entry; the last command before it counts.
    fn install(&mut self, node: u64, index: u64) {
        let upto = self.upto.range(..=index).next_back().map_or(0, |(_, upto)| *upto);
        if upto > self.applied.get(&node).copied().unwrap_or(0) {
            self.applied.insert(node, upto);
            self.step("Install", &format!("applied'[{node}] = {upto}"));
        }
    }

    /// There are bundles of everything that was answered and is published.
    fn hand_out(&mut self, size: u64) {
        let ready = self.answered.iter().filter(|(request, first)| **first < size && !self.finals.contains(request));
        for request in ready.map(|(request, _)| *request).collect::<Vec<_>>() {
            self.finals.insert(request);
            self.step("Final", &format!("<<{request}, {request}>> \\in finals'"));
        }
    }
}
