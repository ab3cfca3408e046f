//! Tests of what `cargo xtask web` builds: the npm package in Node and bundlers, the page in browsers.
//!
//! What is not built or not installed is skipped, and said so. Browsers run where there is no network ([`namespace`]).

#![cfg(test)]
#![cfg(unix)]

mod accessibility;
mod bad_input;
mod bundlers;
mod carried;
mod chromium;
mod declarations;
mod dist;
mod firefox;
mod namespace;
mod package;
mod page;
mod requests;
mod results;
mod screenshots;
mod speed;
mod verdicts;
mod web_server;
mod webdriver;
