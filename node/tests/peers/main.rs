//! Nodes that talk to one another over real sockets.

#![cfg(test)]

mod calls;
mod fixture;
mod intruders;
mod trouble;
