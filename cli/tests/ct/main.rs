//! `ct` as its users run it: real files, real exit statuses, both streams.

#![cfg(test)]

mod air_gap;
mod audit;
mod bad_input;
mod batch;
mod cases;
mod colour;
mod completions;
mod continuity;
mod desk;
mod desk_guide;
mod hash;
mod help;
mod inspect;
mod keys_and_trust;
mod log;
mod log_trouble;
mod manual;
mod passphrases;
mod redact;
mod secrecy;
mod terminal;
mod verdict_log;
mod verify;
