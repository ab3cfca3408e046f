//! The log as a service, from its state machine to its clients.

#![cfg(test)]

#[path = "../node/go.rs"]
mod go;
mod log;
mod machine;
mod pressure;
mod process;
mod publishers;
mod publishing;
mod restoring;
mod running;
mod town;
