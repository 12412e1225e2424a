//! Documents of `http` and `https` URLs, with a cache: each is asked for again (`If-None-Match`, `If-Modified-Since`), and where nobody answers
//! the copy of last time is taken, which is said.

use std::{cell::RefCell, collections::HashSet, path::PathBuf, time::Duration};

use url::Url;

use super::{
    cache::{Copy, ImportCache},
    fetch::{Answer, Client, FetchError},
    library::{Found, Unreadable},
    messages,
};

/// How documents of the network are read.
#[derive(Clone, Debug)]
pub struct ImportSettings {
    /// Where copies are kept; `None`: nowhere.
    pub cache: Option<PathBuf>,
    /// Whether anybody is asked.
    pub network: NetworkUse,
    /// Bounds one request from its connection to its last byte.
    pub timeout: Duration,
    /// The largest document, in bytes.
    pub limit: u64,
}

/// Whether the network may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkUse {
    /// Each document is asked for, with what is known of the copy.
    Ask,
    /// Only copies are read.
    Offline,
}

impl Default for ImportSettings {
    /// Copies below the user's cache folder, 30 s, 10 MB.
    fn default() -> Self {
        Self { cache: Some(cache_folder()), network: NetworkUse::Ask, timeout: Duration::from_secs(30), limit: 10_000_000 }
    }
}

/// The user's cache folder, by the XDG rules.
fn cache_folder() -> PathBuf {
    let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache"))).unwrap_or_else(std::env::temp_dir);
    cache.join("sluice").join("imports")
}

/// The network and the copies.
#[derive(Debug)]
pub(super) struct Network {
    settings: ImportSettings,
    cache: Option<ImportCache>,
    /// Made when first needed: reading the machine's certificates takes milliseconds.
    client: std::cell::OnceCell<Client>,
    /// Servers that did not answer: waiting for each document anew would take minutes.
    silent: RefCell<HashSet<String>>,
}

impl Network {
    pub(super) fn new(settings: ImportSettings) -> Self {
        let cache = settings.cache.as_deref().map(ImportCache::new);
        Self { settings, cache, client: std::cell::OnceCell::new(), silent: RefCell::default() }
    }

    /// The document of a URL.
    pub(super) fn read(&self, asked: &str) -> Result<Found, Unreadable> {
        let copy = self.cache.as_ref().and_then(|cache| cache.get(asked));
        if self.settings.network == NetworkUse::Offline {
            return copy.map(|copy| found(copy, None)).ok_or_else(messages::not_in_cache);
        }
        let now = jiff::Timestamp::now().as_second();
        match (self.ask(asked, copy.as_ref(), now), copy) {
            (Ok(Answer::Text(origin, bytes)), _) => self.take(Copy { origin, bytes }),
            (Ok(Answer::NotModified), Some(mut copy)) => {
                copy.origin.seen = now;
                self.keep(&copy);
                Ok(found(copy, None))
            }
            (Err(error), Some(copy)) if may_pass(&error) => {
                let warning = messages::older_copy(asked, &error, copy.origin.seen);
                Ok(found(copy, Some(warning)))
            }
            (Err(error), _) => Err(messages::fetch_failed(asked, &error)),
            (Ok(Answer::NotModified), None) => {
                Err(messages::fetch_failed(asked, &FetchError::Nonsense("it answered that our copy is right, but we have none".to_owned())))
            }
        }
    }

    fn ask(&self, asked: &str, copy: Option<&Copy>, now: i64) -> Result<Answer, FetchError> {
        let server = Url::parse(asked).map(|url| url.authority().to_owned()).unwrap_or_default();
        if self.silent.borrow().contains(&server) {
            return Err(FetchError::Unreachable(format!("`{server}` did not answer before")));
        }
        let client = self.client.get_or_init(|| Client::new(self.settings.timeout, self.settings.limit));
        let answer = client.get(asked, copy.map(|copy| &copy.origin), now);
        if let Err(FetchError::Unreachable(_) | FetchError::Late(_)) = answer {
            self.silent.borrow_mut().insert(server);
        }
        answer
    }

    /// Takes a new text unless it is the page around a document.
    fn take(&self, copy: Copy) -> Result<Found, Unreadable> {
        if let Some(kind) = markup(&copy.bytes) {
            return Err(messages::markup(&copy.origin.uri, kind));
        }
        self.keep(&copy);
        Ok(found(copy, None))
    }

    fn keep(&self, copy: &Copy) {
        if let Some(cache) = &self.cache {
            cache.put(copy);
        }
    }
}

fn found(copy: Copy, warning: Option<String>) -> Found {
    Found { bytes: copy.bytes, uri: copy.origin.uri, warning }
}

/// Whether another attempt may go better, so that a copy is good enough.
fn may_pass(error: &FetchError) -> bool {
    match error {
        FetchError::Unreachable(_) | FetchError::Late(_) => true,
        FetchError::Status(status) => status.is_server_error() || status.as_u16() == 429,
        FetchError::Untrusted(_) | FetchError::TooLarge(_) | FetchError::Downgrade(_) | FetchError::TooManyRedirects(_) | FetchError::Nonsense(_) => {
            false
        }
    }
}

/// What a text is that begins with `<`, as no WDL document does.
fn markup(bytes: &[u8]) -> Option<&'static str> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    if !text.starts_with(b"<") || text.starts_with(b"<<<") {
        return None;
    }
    let head = String::from_utf8_lossy(&text[..text.len().min(1000)]).to_lowercase();
    Some(if head.contains("<html") || head.contains("<!doctype html") { "an HTML page" } else { "a text in XML" })
}
