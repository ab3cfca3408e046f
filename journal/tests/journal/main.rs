//! Whole logs: real files, every cut, every flipped byte.

#![cfg(test)]

mod appending;
mod log;
mod places;
mod specification;
mod tampering;
mod waiting;
