//! `ct` as its users run it: real files, real exit statuses, both streams.

#![cfg(test)]

mod bad_input;
mod cases;
mod continuity;
mod desk;
mod inspect;
mod keys_and_trust;
mod passphrases;
mod redact;
mod terminal;
mod verify;
