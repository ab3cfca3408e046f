//! Timing two things against each other.

use std::fmt;
use std::fs;
use std::time::{Duration, Instant};

/// Several measurements of the same thing: the median stands for them.
pub(crate) struct Measured {
    sorted: Vec<f64>,
}

impl Measured {
    pub(crate) fn new(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self { sorted: values }
    }

    pub(crate) fn median(&self) -> f64 {
        self.sorted[self.sorted.len() / 2]
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (least, most) = (self.sorted[0], self.sorted[self.sorted.len() - 1]);
        write!(f, "{:.2} ({least:.2} to {most:.2})", self.median())
    }
}

/// How long `work` takes on the wall's clock.
pub(crate) fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// How long `work` keeps a processor busy: in this thread, and in the processes that it waits for. A machine that does
/// other things at the same time disturbs this less. Where the system does not tell, the wall's clock has to do.
pub(crate) fn busy(work: impl FnOnce()) -> Duration {
    let before = used();
    let elapsed = time(work);
    used().zip(before).map_or(elapsed, |(after, before)| after.saturating_sub(before))
}

/// What this thread has used, to the nanosecond, and its processes that have ended, to the tick of 10 ms (proc(5)).
fn used() -> Option<Duration> {
    let thread = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let process = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, after_name) = process.rsplit_once(')')?;
    let ticks: u64 = after_name.split_whitespace().skip(13).take(2).map(|field| field.parse().unwrap_or(0)).sum();
    Some(Duration::from_nanos(thread.split_whitespace().next()?.parse().ok()?) + Duration::from_millis(ticks * 10))
}

/// Both sides, alternating: the ratio of each round, and the seconds of each side.
pub(crate) struct Pair {
    pub(crate) ratio: Measured,
    pub(crate) ours: Measured,
    pub(crate) bare: Measured,
}

/// Runs both sides `rounds` times, after one round that does not count.
pub(crate) fn alternate(rounds: usize, mut ours: impl FnMut() -> Duration, mut bare: impl FnMut() -> Duration) -> Pair {
    ours();
    bare();
    let pairs: Vec<(f64, f64)> = (0..rounds).map(|_| (ours().as_secs_f64(), bare().as_secs_f64())).collect();
    Pair {
        ratio: Measured::new(pairs.iter().map(|(ours, bare)| ours / bare).collect()),
        ours: Measured::new(pairs.iter().map(|(ours, _)| *ours).collect()),
        bare: Measured::new(pairs.iter().map(|(_, bare)| *bare).collect()),
    }
}
