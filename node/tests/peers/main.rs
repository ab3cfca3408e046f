//! Nodes that talk to one another over real sockets.

#![cfg(test)]

mod calls;
mod events;
mod fixture;
mod intruders;
mod trouble;
