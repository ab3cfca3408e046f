//! Verifier keys, notes, checkpoints and cosignatures: what is accepted, what is refused and with which code.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "tests assert by panicking")]

mod checkpoint;
mod cosignature;
mod fixture;
mod go_oracle;
mod note;
mod sigsum_oracle;
mod vkey;
