//! The node from outside: its log on disk, what crashes leave, its witnesses, and the program.

// clippy.toml allows panics in tests; this extends it to their helpers.
#![cfg(test)]

mod batch;
mod bundle_oracle;
mod claims;
mod cli;
mod cosigners;
mod crash;
mod fixture;
mod fsck;
mod gate;
mod go;
mod http;
mod log;
mod log_files;
mod registry;
mod service;
mod status;
mod sumdb_oracle;
mod tree;
mod witness;
mod witness_service;
