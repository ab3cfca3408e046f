//! The log as a service, from its state machine to its clients.

#![cfg(test)]

mod backup;
mod cluster;
mod cluster_command;
#[path = "../node/go.rs"]
mod go;
mod log;
mod machine;
mod members;
mod nodes;
mod partition;
mod pressure;
mod process;
mod publishers;
mod publishing;
mod restoring;
mod running;
mod several;
mod town;
