//! The log as a service, from its state machine to its clients.

#![cfg(test)]

mod machine;
mod town;
