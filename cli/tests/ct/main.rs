//! `ct` as its users run it: real files, real exit statuses, both streams.

#![cfg(test)]

mod air_gap;
mod bad_input;
mod batch;
mod cases;
mod continuity;
mod desk;
mod inspect;
mod keys_and_trust;
mod redact;
mod verify;
