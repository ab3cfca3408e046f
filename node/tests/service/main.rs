//! The log as a service, from its state machine to its clients.

#![cfg(test)]

mod cluster;
#[path = "../node/go.rs"]
mod go;
mod log;
mod machine;
mod pressure;
mod process;
mod publishing;
mod restoring;
mod running;
mod town;
