//! The node's own hand-offs between threads under a model checker (R30): the same source files, compiled once more with
//! locks, threads and permits that [shuttle](https://docs.rs/shuttle) steers. What each hand-off promises stands in
//! `docs/concurrency.md`.
//!
//! Small cases are gone through in every order of steps there is; larger ones in many thousands of orders chosen by a
//! seed. A failure prints the order, which `shuttle::replay` takes.

#![cfg(test)]
#![cfg(not(feature = "simulation"))]

// Where a file of the node names tokio's semaphores and threads, it finds those of this crate.
extern crate self as tokio;

mod lost;
mod orders;
mod permits;
mod sync;
mod task;

#[path = "../../src/error.rs"]
#[expect(dead_code, unreachable_pub, reason = "a part of a library that is used in parts here")]
mod error;

#[path = "../../src/planted.rs"]
mod planted;

#[path = "../../src/wal"]
#[expect(dead_code, unreachable_pub, reason = "a part of a library that is used in parts here")]
mod wal {
    pub(crate) mod contents;
    pub(crate) mod damage;
    pub(crate) mod disk;
    pub(crate) mod faulty_disk;
    pub(crate) mod frame;
    pub(crate) mod log;
    pub(crate) mod lsn;
    pub(crate) mod queue;
    pub(crate) mod record;
    pub(crate) mod recovery;
    pub(crate) mod segment;
    pub(crate) mod status;
    pub(crate) mod watermark;
    pub(crate) mod writer;

    #[path = "../../tests/schedules/queue_orders.rs"]
    mod queue_orders;

    #[path = "../../tests/schedules/log_orders.rs"]
    mod log_orders;
}

#[path = "../../src/service"]
mod service {
    pub(crate) mod workers;

    #[path = "../../tests/schedules/workers_orders.rs"]
    mod workers_orders;
}
