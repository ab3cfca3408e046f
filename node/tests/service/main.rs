//! The log as a service, from its state machine to its clients.

#![cfg(test)]

mod cluster_command;
#[path = "../node/go.rs"]
mod go;
mod log;
mod machine;
mod pressure;
mod process;
mod running;
mod town;
