//! The published files of a log in a bucket of a real server, behind a proxy that fails on command.
//!
//! By hand, or by `cargo xtask s3`: the environment names a server (`CIVICTRUST_S3`, a URL), which has a bucket
//! `civictrust`, and the credentials (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`).

#![cfg(test)]

mod conditions;
mod faults;
#[path = "../node/fixture.rs"]
#[expect(dead_code, reason = "other tests use the rest of it")]
mod fixture;
mod place;
mod proxy;
mod publishing;
mod serving;
