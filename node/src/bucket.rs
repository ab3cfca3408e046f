//! A bucket on an S3-compatible server, for the published files of a log: the section `[store]` of a configuration.
//!
//! The program is built with the feature `s3` for it. Requests go through ureq, so they block, follow no redirect and use
//! no proxy. A request that did not get through is sent again, whatever it was: each one is a read, or a write that is made
//! only if nothing stands there, or only in the place of what was read before.
//!
//! Two things come from below and are not injected: the wall clock, into each signature of a request (the server refuses
//! one that is far off), and the random part of the pause before a request is sent again.

#[cfg(feature = "s3")]
mod objects;
#[cfg(feature = "s3")]
mod requests;

use crate::http::Patience;
use std::fmt;
use std::time::Duration;

/// Where in which bucket the files are. Credentials are no part of it: they stand in the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    name: String,
    prefix: String,
    endpoint: Option<String>,
    region: String,
    resend: Resend,
}

/// How a request is sent again that did not get through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resend {
    /// How often, after the first time.
    pub times: usize,
    /// For one request and its answer.
    pub patience: Patience,
    /// Nothing is sent again after this time.
    pub until: Duration,
}

impl Default for Resend {
    fn default() -> Self {
        Self { times: 4, patience: Patience::default(), until: Duration::from_secs(10) }
    }
}

impl Bucket {
    /// From `s3://BUCKET/PREFIX`, the URL of the server (Amazon's, if there is none) and the region (`us-east-1`).
    ///
    /// # Errors
    /// What is wrong, in half a sentence.
    pub fn parse(url: &str, endpoint: Option<&str>, region: Option<&str>) -> Result<Self, String> {
        let form = || format!("store.url = {url:?}: write s3://BUCKET/PREFIX, in a-z, 0-9, . and -");
        let (name, prefix) = url.strip_prefix("s3://").and_then(|rest| rest.split_once('/')).ok_or_else(form)?;
        let is_word = |word: &str| (1..=MAX_WORD).contains(&word.len()) && word.bytes().all(is_plain) && word != "..";
        if !is_word(name) || !prefix.split('/').all(|part| is_word(part) && part != ".") || prefix.len() > MAX_PREFIX {
            return Err(form());
        }
        let endpoint = endpoint.map(|endpoint| endpoint.trim_end_matches('/'));
        if let Some(endpoint) = endpoint
            && !(endpoint.starts_with("http://") || endpoint.starts_with("https://"))
        {
            return Err(format!("store.endpoint = {endpoint:?}: write the URL of the server"));
        }
        let region = region.unwrap_or(REGION);
        if !is_word(region) {
            return Err(format!("store.region = {region:?}: write a name like {REGION}"));
        }
        let (name, prefix, region) = (name.to_owned(), prefix.to_owned(), region.to_owned());
        Ok(Self { name, prefix, endpoint: endpoint.map(str::to_owned), region, resend: Resend::default() })
    }

    /// The same bucket with other patience.
    #[must_use]
    pub const fn with(mut self, resend: Resend) -> Self {
        self.resend = resend;
        self
    }

    /// The files below the prefix.
    ///
    /// # Errors
    /// `malformed.config`: this program was built without it.
    #[cfg(not(feature = "s3"))]
    pub(crate) fn objects(&self) -> crate::error::Result<std::sync::Arc<dyn object_store::ObjectStore>> {
        let what = "is a bucket, and this ct-node was built without buckets";
        let next = "build it with: cargo build --release -p ct-node --features s3";
        Err(crate::error::Error::new(ct_core::Code::MalformedConfig, self, what, next))
    }
}

/// The URL, for messages.
impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.name, self.prefix)
    }
}

const fn is_plain(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-')
}

const REGION: &str = "us-east-1";
/// A bucket's name has 63 bytes at most.
const MAX_WORD: usize = 63;
/// An object's whole name has 1,024 bytes at most, and a tile's name below the prefix needs some.
const MAX_PREFIX: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(url: &str, endpoint: Option<&str>, region: Option<&str>) -> String {
        Bucket::parse(url, endpoint, region).map(|_| String::new()).unwrap_or_else(|what| what)
    }

    #[test]
    fn a_bucket_is_shown_as_it_was_written() {
        let bucket = Bucket::parse("s3://logs.example/city/node-1", Some("http://127.0.0.1:9000/"), None).unwrap();
        assert_eq!(bucket.to_string(), "s3://logs.example/city/node-1");
        assert_eq!((bucket.endpoint.as_deref(), bucket.region.as_str()), (Some("http://127.0.0.1:9000"), "us-east-1"));
    }

    // A prefix that could mean two places, or none, is no prefix.
    #[test]
    fn what_is_no_place_in_a_bucket_is_named() {
        let (long, longer) = ("a".repeat(63), "a".repeat(64));
        let most = format!("{}/{}", [long.as_str(); 7].join("/"), "a".repeat(64 - 1));
        assert_eq!(most.len(), 511);
        for good in [format!("s3://{long}/{long}"), "s3://b/...".to_owned(), format!("s3://b/{most}")] {
            assert_eq!(problem(&good, None, None), "", "{good}");
        }
        let beyond = format!("s3://b/{most}/a");
        let (longer_name, longer_part) = (format!("s3://{longer}/p"), format!("s3://b/{longer}"));
        for bad in [
            "",
            "b/p",
            "s3://b",
            "s3://b/",
            "s3:///p",
            "s3://b//p",
            "s3://b/p/",
            "s3://b/.",
            "s3://b/a/..",
            "s3://b/A",
            "s3://b/a b",
            "s3://b/%2e",
            "https://b/p",
            &longer_name,
            &longer_part,
            &beyond,
        ] {
            assert!(problem(bad, None, None).starts_with("store.url = "), "{bad}: {}", problem(bad, None, None));
        }
        assert!(problem("s3://b/p", Some("127.0.0.1:9000"), None).starts_with("store.endpoint = "));
        assert!(problem("s3://b/p", None, Some("")).starts_with("store.region = "));
    }

    #[cfg(not(feature = "s3"))]
    #[test]
    fn a_program_without_buckets_says_so() {
        let bucket = Bucket::parse("s3://b/p", None, None).unwrap();
        let error = bucket.objects().map(drop).unwrap_err();
        assert_eq!(error.code(), ct_core::Code::MalformedConfig);
        assert!(error.to_string().contains("--features s3"), "{error}");
    }
}
