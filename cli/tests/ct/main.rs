//! `ct` as its users run it: real files, real exit statuses, both streams.

#![cfg(test)]

mod bad_input;
mod cases;
mod completions;
mod continuity;
mod desk;
mod desk_guide;
mod help;
mod inspect;
mod keys_and_trust;
mod manual;
mod redact;
mod terminal;
mod verify;
