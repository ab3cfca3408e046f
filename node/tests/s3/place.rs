//! Where the tests keep their files: each below a prefix of its own.

use crate::fixture::directory;
use crate::proxy::{Proxy, Rule};
use ct_core::Hash;
use ct_node::bucket::Resend;
use ct_node::http::Patience;
use ct_node::{Bucket, Entropy, Store};
use std::net::SocketAddr;
use std::time::Duration;
use tempfile::TempDir;

/// A prefix in the bucket, behind a proxy, and a folder for what is not published.
pub(crate) struct Place {
    pub(crate) proxy: Proxy,
    pub(crate) url: String,
    pub(crate) dir: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let name = Hash::of(&Entropy::from_os().unwrap().bytes::<32>()).to_string();
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).take(16).collect();
        Self { proxy: Proxy::start(server()), url: format!("s3://civictrust/{name}/log"), dir: directory() }
    }

    /// Through the proxy, patient only as long as that.
    pub(crate) fn store(&self, read: Duration) -> Store {
        let bucket = Bucket::parse(&self.url, Some(&self.proxy.url()), None).unwrap();
        let patience = Patience { connect: 10 * read, read, total: 10 * read };
        let resend = Resend { times: TIMES, patience, until: Duration::from_secs(60) };
        Store::open_in(self.dir.path(), &bucket.with(resend)).unwrap()
    }

    /// Past the proxy.
    pub(crate) fn straight(&self) -> Store {
        let bucket = Bucket::parse(&self.url, Some(&format!("http://{}", server())), None).unwrap();
        Store::open_in(self.dir.path(), &bucket).unwrap()
    }

    pub(crate) fn rule(&self, rule: impl Rule) {
        self.proxy.rule(rule);
    }
}

/// The server that the environment names.
fn server() -> SocketAddr {
    let url = std::env::var("CIVICTRUST_S3").expect("CIVICTRUST_S3 names a server: see cargo xtask s3");
    url.strip_prefix("http://").and_then(|address| address.trim_end_matches('/').parse().ok()).expect("http://IP:PORT")
}

/// How often a request is sent again.
pub(crate) const TIMES: usize = 2;
/// Long enough for a busy machine.
pub(crate) const PATIENT: Duration = Duration::from_secs(5);
