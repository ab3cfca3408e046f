//! The verification core for browsers and Node: conversion of arguments and errors, no logic.
//!
//! A [`Session`] holds what all verdicts of one run have in common, above all the [`Trust`]; [`Session::verify`] gives
//! core's own report, so it is the text that `ct verify --json` prints. The [catalogue] is the one of `ct explain`.
//! What is refused outside of a report is thrown as an object, see [`refusal`].

pub mod catalogue;
pub mod hasher;
pub mod kind;
pub mod path;
pub mod refusal;
pub mod session;
pub mod trust;

pub use hasher::Hasher;
pub use session::Session;
pub use trust::Trust;
