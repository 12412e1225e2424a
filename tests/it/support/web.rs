//! A web server of the tests' own on the loopback, with or without TLS: answers by path, and remembers what it was asked.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::{ServerConfig, ServerConnection, StreamOwned, crypto::ring, pki_types::PrivateKeyDer};

/// What a path answers.
#[derive(Clone, Debug)]
pub(crate) enum Page {
    /// 200 with this text.
    Text(String),
    /// 200 with an `ETag` and a `Last-Modified`; 304 for who has them.
    Tagged(String),
    /// A status without a text.
    Status(u16),
    /// 302 to a URL or path.
    Redirect(String),
    /// The head of an answer, and then nothing for this long.
    Slow(Duration),
}

/// A server that runs until the test ends.
pub(crate) struct Web {
    origin: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    pages: Mutex<BTreeMap<String, Page>>,
    /// `PATH`, or `PATH if TAG` where the answer may be 304.
    asked: Mutex<Vec<String>>,
}

/// A certificate authority, and a server's certificate of it for `localhost`.
pub(crate) struct Authority {
    /// The authority's own certificate, as PEM.
    pub(crate) pem: String,
    config: Arc<ServerConfig>,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut ours = CertificateParams::new(Vec::new()).expect("no names are right names");
        ours.distinguished_name.push(DnType::CommonName, name);
        ours.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let our_key = KeyPair::generate().expect("a key can be made");
        let pem = ours.self_signed(&our_key).expect("it signs").pem();
        let issuer = Issuer::new(ours, our_key);
        let key = KeyPair::generate().expect("a key can be made");
        let server = CertificateParams::new(vec!["localhost".to_owned()]).expect("it is a name").signed_by(&key, &issuer).expect("it signs");
        let private = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring has the default versions")
            .with_no_client_auth()
            .with_single_cert(vec![server.der().clone()], private)
            .expect("key and certificate fit");
        Self { pem, config: Arc::new(config) }
    }
}

impl Web {
    /// Plain http.
    pub(crate) fn new() -> Self {
        Self::start("http://127.0.0.1", None)
    }

    /// https as `localhost`.
    pub(crate) fn tls(authority: &Authority) -> Self {
        Self::start("https://localhost", Some(Arc::clone(&authority.config)))
    }

    fn start(scheme_and_host: &str, tls: Option<Arc<ServerConfig>>) -> Self {
        let (listener, port) = listener();
        let state = Arc::<State>::default();
        let served = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (served, tls) = (Arc::clone(&served), tls.clone());
                thread::spawn(move || match tls {
                    None => served.answer(stream),
                    Some(config) => served.answer(StreamOwned::new(ServerConnection::new(config).expect("the configuration is right"), stream)),
                });
            }
        });
        Self { origin: format!("{scheme_and_host}:{port}"), state }
    }

    /// Sets what a path answers.
    pub(crate) fn page(&self, path: &str, page: Page) -> &Self {
        self.state.pages.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), page);
        self
    }

    /// A text at a path.
    pub(crate) fn text(&self, path: &str, text: &str) -> &Self {
        self.page(path, Page::Text(text.to_owned()))
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// What was asked since the last time this was called.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.state.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    /// One request, one answer, and the connection is closed. A client that goes away is its own affair.
    fn answer<S: Read + Write>(&self, stream: S) {
        let mut reader = BufReader::new(stream);
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            match reader.read_line(&mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) if line.trim().is_empty() => break,
                Ok(_) => head.push(line.trim().to_owned()),
            }
        }
        let path = head[0].split(' ').nth(1).unwrap_or_default().to_owned();
        let tag = head.iter().find_map(|line| line.to_lowercase().strip_prefix("if-none-match: ").map(str::to_owned));
        let page = self.pages.lock().unwrap_or_else(PoisonError::into_inner).get(&path).cloned();
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(match &tag {
            Some(tag) => format!("{path} if {tag}"),
            None => path,
        });
        let mut stream = reader.into_inner();
        let _ = stream.write_all(text_of(page, tag.as_deref()).as_bytes());
        let _ = stream.flush();
        // A client reads to the end before it sees the close.
        let _ = stream.read(&mut [0]);
    }
}

fn text_of(page: Option<Page>, tag: Option<&str>) -> String {
    let whole = |head: &str, body: &str| format!("HTTP/1.1 {head}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    match page {
        None => whole("404 Not Found", "no such page"),
        Some(Page::Status(status)) => whole(&format!("{status} So"), ""),
        Some(Page::Text(text)) => whole("200 OK", &text),
        Some(Page::Redirect(to)) => whole(&format!("302 Found\r\nLocation: {to}"), ""),
        Some(Page::Tagged(text)) => {
            let own = format!("\"{}\"", text.len());
            if tag == Some(own.as_str()) {
                return "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n".to_owned();
            }
            whole(&format!("200 OK\r\nETag: {own}\r\nLast-Modified: Wed, 21 Oct 2015 07:28:00 GMT"), &text)
        }
        Some(Page::Slow(time)) => {
            thread::sleep(time);
            whole("200 OK", "")
        }
    }
}

/// A port of the loopback on which nobody listens.
pub(crate) fn deserted() -> String {
    format!("http://127.0.0.1:{}", listener().1)
}

/// A free port of five digits, so that what is underlined in goldens is of one length.
fn listener() -> (TcpListener, u16) {
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback has a free port");
        let port = listener.local_addr().expect("it listens").port();
        if port >= 10_000 {
            return (listener, port);
        }
    }
}
