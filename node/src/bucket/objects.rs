//! The objects of a bucket, as `object_store` asks for them.

use super::Bucket;
use super::requests::Requests;
use crate::error::{Error, Result};
use crate::http::HttpClient;
use ct_core::Code;
use object_store::aws::{AmazonS3Builder, S3ConditionalPut};
use object_store::path::Path as ObjectPath;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ObjectStore, RetryConfig};
use std::env;
use std::sync::Arc;
use std::time::Duration;

impl Bucket {
    /// The files below the prefix. Nothing is asked yet.
    ///
    /// # Errors
    /// `malformed.config` without credentials in the environment.
    pub(crate) fn objects(&self) -> Result<Arc<dyn ObjectStore>> {
        let backoff = BackoffConfig { init_backoff: FIRST_PAUSE, max_backoff: LONGEST_PAUSE, base: 2.0 };
        let retry = RetryConfig { backoff, max_retries: self.resend.times, retry_timeout: self.resend.until };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&self.name)
            .with_region(&self.region)
            .with_access_key_id(self.variable(KEY_ID)?)
            .with_secret_access_key(self.variable(SECRET)?)
            .with_conditional_put(S3ConditionalPut::ETagMatch)
            .with_retry(retry)
            .with_http_connector(Requests(HttpClient::new(self.resend.patience)));
        if let Ok(token) = env::var(TOKEN) {
            builder = builder.with_token(token);
        }
        if let Some(endpoint) = &self.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        let bad = |source: object_store::Error| {
            Error::new(Code::MalformedConfig, self, format!("cannot be used: {source}"), "mend the section [store]")
        };
        Ok(Arc::new(PrefixStore::new(builder.build().map_err(bad)?, ObjectPath::from(self.prefix.as_str()))))
    }

    fn variable(&self, name: &str) -> Result<String> {
        env::var(name).ok().filter(|value| !value.is_empty()).ok_or_else(|| {
            let next = format!("start ct-node with {KEY_ID} and {SECRET}");
            Error::new(Code::MalformedConfig, self, format!("needs {name} in the environment"), next)
        })
    }
}

const KEY_ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const TOKEN: &str = "AWS_SESSION_TOKEN";
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
