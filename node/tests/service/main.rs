//! The log as a service, from its state machine to its clients.

#![cfg(test)]

mod log;
mod machine;
mod pressure;
mod process;
mod running;
mod town;
