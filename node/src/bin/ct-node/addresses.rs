//! Where a log is: URLs as the user typed them, and those that running nodes have left in a log's directory.

use crate::clock::clock;
use ct_node::client::{Client, Persistence};
use ct_node::{Entropy, Result, advertise};
use std::path::Path;
use std::sync::Arc;

/// The URLs of these addresses and directories. A node that does not run has none; one must have one.
pub(crate) fn urls(places: &[String]) -> Result<Vec<String>> {
    let mut urls = Vec::new();
    for place in places {
        if place.contains("://") {
            urls.push(place.clone());
            continue;
        }
        let (running, mut trouble): (Vec<_>, Vec<_>) =
            advertise::nodes(Path::new(place))?.into_iter().map(|(_, url)| url).partition(Result::is_ok);
        if running.is_empty()
            && let Some(Err(error)) = trouble.pop()
        {
            return Err(error);
        }
        urls.extend(running.into_iter().flatten());
    }
    Ok(urls)
}

/// A client of the log at these addresses.
pub(crate) fn reach(places: &[String], persistence: Persistence) -> Result<Client> {
    let started = clock()?;
    Client::new(&urls(places)?, persistence, Arc::new(move || clock().unwrap_or(started)), Entropy::from_os()?)
}
