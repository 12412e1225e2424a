//! What `load` says of documents that cannot be had.

use super::{fetch::FetchError, library::Unreadable, uri};
use crate::{
    diagnostic::{Diagnostic, Severity},
    source::Span,
};

const NO_ANSWER: &[&str] = &[
    "on a machine without network `--offline` takes the copies of last time; `https_proxy` and `no_proxy` name your site's proxy",
    "or put a copy of the document beside the one that imports it",
];

/// A document that cannot be had, at its import or, for the root, without a place.
pub(super) fn unreadable(shown: &str, place: Option<Span>, why: &Unreadable) -> Diagnostic {
    let Some(span) = place else {
        let diagnostic = Diagnostic::error_without_span(format!("cannot read `{shown}`: {}", why.reason));
        return why.hints.iter().fold(diagnostic, Diagnostic::hint);
    };
    let diagnostic = Diagnostic::error(span, format!("cannot read the imported document `{shown}`: {}", why.reason)).label("imported here");
    if why.hints.is_empty() {
        return diagnostic.hint("an import is relative to the folder of the document that has it");
    }
    why.hints.iter().fold(diagnostic, Diagnostic::hint)
}

/// What a library says beside the text.
pub(super) fn warning(place: Option<Span>, text: &str) -> Diagnostic {
    match place {
        Some(span) => Diagnostic::warning(span, text).label("imported here"),
        None => Diagnostic { severity: Severity::Warning, ..Diagnostic::error_without_span(text) },
    }
}

pub(super) fn not_utf8(shown: &str, place: Option<Span>, (bytes, offset): (&[u8], usize)) -> Diagnostic {
    let line = bytes[..offset].split(|byte| *byte == b'\n').count();
    let message = format!("`{shown}` is not UTF-8: line {line} holds the byte 0x{:02x}", bytes[offset]);
    let hint = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "this looks like UTF-16, which `iconv -f UTF-16 -t UTF-8` converts",
        _ => "save the file as UTF-8 (`iconv -f LATIN1 -t UTF-8` converts most older files)",
    };
    match place {
        Some(span) => Diagnostic::error(span, message).label("imported here").hint(hint),
        None => Diagnostic::error_without_span(message).hint(hint),
    }
}

/// Documents that go on for ever: a server that makes them up.
pub(super) fn too_many(shown: &str, place: Option<Span>, most: usize) -> Diagnostic {
    let why = Unreadable::new(
        format!("more than {most} documents are imported from the network"),
        &["is there a chain of imports without an end? Put copies of the documents that are needed beside yours"],
    );
    unreadable(shown, place, &why)
}

pub(super) fn not_in_cache() -> Unreadable {
    Unreadable::new("there is no copy of it in the cache, and `--offline` forbids to ask for it", &["read it once without `--offline`"])
}

/// A request that failed where no copy helps.
pub(super) fn fetch_failed(asked: &str, error: &FetchError) -> Unreadable {
    let reason = reason(error);
    match error {
        FetchError::Unreachable(_) | FetchError::Late(_) => {
            let mut unreadable = Unreadable::new(reason, NO_ANSWER);
            if matches!(error, FetchError::Late(_)) {
                unreadable.hints.insert(0, "`--import-timeout SECONDS` waits longer".to_owned());
            }
            unreadable
        }
        FetchError::Status(status) => {
            let mut unreadable = Unreadable::new(reason, &[status_hint(status.as_u16())]);
            unreadable.hints.extend(raw_hint(asked));
            unreadable
        }
        FetchError::Untrusted(_) => Unreadable::new(
            reason,
            &["`SSL_CERT_FILE` names a file (PEM) with the authorities to trust, such as your site's own; without it the system's are trusted"],
        ),
        FetchError::TooLarge(_) => {
            Unreadable::new(reason, &["WDL documents are far smaller: look at the URL, or put a copy beside the document that imports it"])
        }
        FetchError::Downgrade(_) => Unreadable::new(reason, &["import it by a URL that stays with https"]),
        FetchError::TooManyRedirects(_) | FetchError::Nonsense(_) => {
            Unreadable::new(reason, &["open the URL in a browser and import the one where the text stands"])
        }
    }
}

fn reason(error: &FetchError) -> String {
    match error {
        FetchError::Unreachable(why) => format!("the server cannot be reached: {why}"),
        FetchError::Late(time) => format!("the server did not answer within {} s", time.as_secs_f64()),
        FetchError::Status(status) => format!("the server answered {status}"),
        FetchError::Untrusted(why) => format!("the connection is not trusted: {why}"),
        FetchError::TooLarge(limit) if *limit < 1_000_000 => format!("it is larger than {limit} bytes, the most that is read from the network"),
        FetchError::TooLarge(limit) => format!("it is larger than {} MB, the most that is read from the network", limit / 1_000_000),
        FetchError::Downgrade(to) => format!("the server redirects from https to `{to}`, which is not safe"),
        FetchError::TooManyRedirects(last) => format!("the server redirects again and again, last to `{last}`"),
        FetchError::Nonsense(why) => format!("the server's answer makes no sense: {why}"),
    }
}

fn status_hint(status: u16) -> &'static str {
    match status {
        401 | 403 | 407 => "sluice sends no name, password or token: put a copy of the document beside the one that imports it",
        404 | 410 => "look at the URL, the branch or tag in it too; a private repository answers the same, as sluice sends no password or token",
        429 | 500..=599 => "try again later, or put a copy of the document beside the one that imports it",
        _ => "open the URL in a browser and import the one where the text stands",
    }
}

fn raw_hint(asked: &str) -> Option<String> {
    uri::raw_url(asked).map(|raw| format!("this is the URL of a page about the file; its text is at `{raw}`"))
}

/// A page came where a document should.
pub(super) fn markup(asked: &str, kind: &str) -> Unreadable {
    let hint = raw_hint(asked).unwrap_or_else(|| "open the URL in a browser: the plain text of the document must stand there".to_owned());
    Unreadable::new(format!("{kind} came back, expected a WDL document"), &[&hint])
}

/// A copy was taken since nobody answered.
pub(super) fn older_copy(asked: &str, error: &FetchError, seen: i64) -> String {
    let when = jiff::Timestamp::from_second(seen).map(|time| time.strftime("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default();
    format!("`{asked}` is taken from the cache, as it was on {when}: {}", reason(error))
}
