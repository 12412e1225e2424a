//! One GET with its redirects. Knows HTTP and nothing of WDL.
//!
//! Certificates are trusted as the machine trusts them (`SSL_CERT_FILE`, `SSL_CERT_DIR`, else the system's bundle); the proxy is that of
//! `ALL_PROXY`, `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, in either case.

use std::{io, time::Duration};

use ureq::{
    Agent, Body,
    http::{HeaderMap, Response, StatusCode, Uri, header},
    tls::{RootCerts, TlsConfig},
};
use url::Url;

use super::cache::Origin;

/// Redirects that are followed for one document.
const MOST_REDIRECTS: usize = 10;

/// What a server gave.
#[derive(Debug)]
pub(super) enum Answer {
    /// A text, and where it is from.
    Text(Origin, Vec<u8>),
    /// The copy is still what the server has.
    NotModified,
}

/// Why there is no text.
#[derive(Debug)]
pub(super) enum FetchError {
    /// Nobody answered, or not in time: another attempt may go better.
    Unreachable(String),
    /// As [`Self::Unreachable`], after this long.
    Late(Duration),
    /// The server said so.
    Status(StatusCode),
    /// Its certificate does not convince, or it speaks no TLS.
    Untrusted(String),
    /// More bytes than allowed.
    TooLarge(u64),
    /// From https to http.
    Downgrade(String),
    /// More than are followed; the last.
    TooManyRedirects(String),
    /// A redirect to nowhere, or an answer that is not HTTP.
    Nonsense(String),
}

/// A client with its connections.
#[derive(Debug)]
pub(super) struct Client {
    agent: Agent,
    timeout: Duration,
    limit: u64,
}

impl Client {
    /// `timeout` bounds each request from its connection to its last byte; `limit` is in bytes.
    pub(super) fn new(timeout: Duration, limit: u64) -> Self {
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(timeout))
            .timeout_connect(Some(timeout.min(Duration::from_secs(10))))
            .http_status_as_error(false)
            // Followed here, where https is not left.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("sluice/", env!("CARGO_PKG_VERSION")))
            .accept("text/plain, */*")
            .build();
        Self { agent: config.into(), timeout, limit }
    }

    /// Asks for a URL; `known` is the copy that may still be right.
    pub(super) fn get(&self, asked: &str, known: Option<&Origin>, now: i64) -> Result<Answer, FetchError> {
        let mut url = asked.to_owned();
        for _ in 0..=MOST_REDIRECTS {
            let response = self.ask(&url, known.filter(|known| known.uri == url))?;
            let status = response.status();
            if status == StatusCode::NOT_MODIFIED && known.is_some() {
                return Ok(Answer::NotModified);
            }
            if let Some(next) = redirect(&url, &response)? {
                url = next;
                continue;
            }
            if !status.is_success() {
                return Err(FetchError::Status(status));
            }
            let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
            let (etag, last_modified) = (text(header::ETAG), text(header::LAST_MODIFIED));
            let origin = Origin { asked: asked.to_owned(), uri: url, etag, last_modified, seen: now };
            return Ok(Answer::Text(origin, self.body(response.into_body())?));
        }
        Err(FetchError::TooManyRedirects(url))
    }

    fn ask(&self, url: &str, known: Option<&Origin>) -> Result<Response<Body>, FetchError> {
        let uri: Uri = url.parse().map_err(|error| FetchError::Nonsense(format!("`{url}` is not a URL: {error}")))?;
        let mut request = self.agent.get(uri);
        if let Some(etag) = known.and_then(|known| known.etag.as_ref()) {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        if let Some(date) = known.and_then(|known| known.last_modified.as_ref()) {
            request = request.header(header::IF_MODIFIED_SINCE, date);
        }
        request.call().map_err(|error| self.failed(error))
    }

    fn body(&self, mut body: Body) -> Result<Vec<u8>, FetchError> {
        body.with_config().limit(self.limit).read_to_vec().map_err(|error| self.failed(error))
    }

    fn failed(&self, error: ureq::Error) -> FetchError {
        match error {
            ureq::Error::Timeout(_) => FetchError::Late(self.timeout),
            ureq::Error::HostNotFound => FetchError::Unreachable("no host of this name is known".to_owned()),
            ureq::Error::BodyExceedsLimit(limit) => FetchError::TooLarge(limit),
            // The handshake runs inside the first write: rustls' own error is wrapped so.
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => FetchError::Untrusted(error.to_string()),
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::TimedOut => FetchError::Late(self.timeout),
            ureq::Error::Io(error) => FetchError::Unreachable(error.to_string()),
            ureq::Error::Rustls(error) => FetchError::Untrusted(error.to_string()),
            ureq::Error::Tls(error) => FetchError::Untrusted(error.to_owned()),
            ureq::Error::ConnectProxyFailed(said) => {
                FetchError::Unreachable(format!("the proxy of the environment does not let us through: {}", said.trim()))
            }
            ureq::Error::ConnectionFailed => FetchError::Unreachable("no connection".to_owned()),
            error => FetchError::Nonsense(error.to_string()),
        }
    }
}

/// Where an answer sends us, if it does.
fn redirect(url: &str, response: &Response<Body>) -> Result<Option<String>, FetchError> {
    let is_redirect = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    if !is_redirect {
        return Ok(None);
    }
    let Some(location) = location(response.headers()) else {
        return Err(FetchError::Nonsense(format!("it is redirected ({}) without saying where to", response.status())));
    };
    let nonsense = |error| FetchError::Nonsense(format!("it is redirected to `{location}`, which is not a URL: {error}"));
    let mut next = Url::parse(url).and_then(|base| base.join(location)).map_err(nonsense)?;
    next.set_fragment(None);
    match next.scheme() {
        "https" => Ok(Some(next.into())),
        "http" if url.starts_with("http://") => Ok(Some(next.into())),
        "http" => Err(FetchError::Downgrade(next.into())),
        _ => Err(FetchError::Nonsense(format!("it is redirected to `{next}`, which is not read"))),
    }
}

fn location(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::LOCATION)?.to_str().ok()
}
