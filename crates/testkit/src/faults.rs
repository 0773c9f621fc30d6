//! What can go wrong between a registry and whoever pulls from it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::http::{Delivery, Reply};

/// Which answers go wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// Those with manifests.
    Manifests,
    /// Those with blobs.
    Blobs,
    /// Those with one blob or manifest.
    Digest(String),
    /// Those of the referrers API.
    Referrers,
    /// Those of the token service.
    Tokens,
    /// Those that list repositories and tags.
    Lists,
    /// Those that list repositories.
    Catalog,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The connection closes after so many bytes of the body.
    Cut(usize),
    /// Another status, perhaps with `Retry-After` in seconds.
    Status(u16, Option<u64>),
    /// Too many questions: the next is welcome so much later, as a date.
    Later(Duration),
    /// The first byte of the body is another one.
    Flipped,
    /// The body is shorter than it should be, and says so.
    Shortened(usize),
    /// So many bytes come at a time, with a pause between them.
    Trickle(usize, Duration),
    /// So many bytes come, then nothing more.
    Stall(usize),
    /// The token is not good any more.
    Expired,
    /// The body is at another host, `http://host:port`.
    Elsewhere(String),
    /// The status is right and the body is a page in HTML.
    Html,
}

/// A fault and how often it happens.
#[derive(Clone, Debug)]
pub struct Fault {
    pub(crate) at: At,
    pub(crate) wrong: Wrong,
    pub(crate) times: usize,
    /// How many answers are good before the first that is not.
    pub(crate) good: usize,
}

impl Fault {
    /// A fault that happens every time.
    #[must_use]
    pub fn always(at: At, wrong: Wrong) -> Self {
        Self { at, wrong, times: usize::MAX, good: 0 }
    }

    /// A fault that happens every time after so many good answers.
    #[must_use]
    pub fn from(good: usize, at: At, wrong: Wrong) -> Self {
        Self { at, wrong, times: usize::MAX, good }
    }

    /// A fault that happens so many times, then never again.
    #[must_use]
    pub fn times(at: At, wrong: Wrong, times: usize) -> Self {
        Self { at, wrong, times, good: 0 }
    }
}

/// The faults of a registry.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(crate) fn add(&self, fault: Fault) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
    }

    /// The next fault of an answer, which is one less to come.
    pub(crate) fn next(&self, is_at: impl Fn(&At) -> bool) -> Option<Wrong> {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fault = faults.iter_mut().find(|fault| fault.times > 0 && is_at(&fault.at))?;
        if fault.good > 0 {
            fault.good -= 1;
            return None;
        }
        fault.times = fault.times.saturating_sub(usize::from(fault.times != usize::MAX));
        Some(fault.wrong.clone())
    }
}

/// The answer with the fault in it. `path` is what was asked for.
pub(crate) fn spoil(mut reply: Reply, wrong: &Wrong, path: &str) -> Reply {
    match wrong {
        Wrong::Cut(bytes) => reply.delivery = Delivery::Cut(*bytes),
        Wrong::Stall(bytes) => reply.delivery = Delivery::Stall(*bytes),
        Wrong::Trickle(bytes, pause) => reply.delivery = Delivery::Trickle(*bytes, *pause),
        Wrong::Flipped => reply.body.iter_mut().take(1).for_each(|byte| *byte = !*byte),
        Wrong::Shortened(bytes) => reply.body.truncate(reply.body.len().saturating_sub(*bytes)),
        Wrong::Html => return Reply::new(200, "text/html", "<html>hello</html>"),
        Wrong::Status(status, wait) => {
            let body = format!(r#"{{"errors":[{{"code":"FAULT","message":"status {status}"}}]}}"#);
            reply = Reply::new(*status, "application/json", body);
            if let Some(seconds) = wait {
                reply = reply.header("Retry-After", seconds.to_string());
            }
        }
        Wrong::Later(wait) => {
            let date = httpdate::fmt_http_date(std::time::SystemTime::now() + *wait);
            reply = Reply::new(429, "text/plain", "").header("Retry-After", date);
        }
        Wrong::Elsewhere(to) => {
            return Reply::new(307, "text/plain", "")
                .header("Location", format!("{to}{path}?signature=hidden"));
        }
        // Seen before the answer is made.
        Wrong::Expired => {}
    }
    reply
}
