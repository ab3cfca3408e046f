//! Signed requests on their way to the server, and answers of bounded size on their way back.

use crate::entry_bundle::MAX_BUNDLE_BYTES;
use crate::http::{HttpClient, NoReply};
use axum::body::{Body, to_bytes};
use object_store::ClientOptions;
use object_store::client::{self, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService};
use std::pin::Pin;
use tokio::task::spawn_blocking;
use ureq::http::Request;

/// Sends requests, and keeps connections.
#[derive(Clone, Debug)]
pub(super) struct Requests(pub(super) HttpClient);

impl HttpConnector for Requests {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<client::HttpClient> {
        Ok(client::HttpClient::new(self.clone()))
    }
}

impl HttpService for Requests {
    fn call<'own, 'answer>(
        &'own self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'answer>>
    where
        'own: 'answer,
        Self: 'answer,
    {
        let defect = |error| HttpError::new(HttpErrorKind::Unknown, error);
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = to_bytes(Body::new(body), MAX_BUNDLE_BYTES).await.map_err(defect)?;
            let (client, request) = (self.0.clone(), Request::from_parts(head, body.to_vec()));
            let answer = spawn_blocking(move || client.send(request, MAX_BUNDLE_BYTES)).await;
            let answer = answer.map_err(|error| HttpError::new(HttpErrorKind::Unknown, error))?;
            answer.map(|answer| answer.map(Into::into)).map_err(no_answer)
        })
    }
}

/// `Request` says that it is to be sent again, although the server may have carried it out: see [`super`].
fn no_answer(failure: NoReply) -> HttpError {
    match failure {
        NoReply::Unreached(error) | NoReply::Transport(error) => HttpError::new(HttpErrorKind::Request, error),
        NoReply::Protocol(error) => HttpError::new(HttpErrorKind::Unknown, error),
    }
}
