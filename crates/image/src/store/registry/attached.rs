//! What is attached to an image: signatures, SBOMs, attestations and reports, by the referrers API, by its fallback
//! tag, and by the tags of cosign.
//!
//! Sources: distribution-spec "Listing Referrers" and "Referrers Tag Schema"; cosign `specs/SIGNATURE_SPEC.md`.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use super::ask::Ask;
use super::at_once::at_once;
use super::error::RegistryError;
use super::http::Client;
use super::known::Served;
use super::{MAX_MANIFEST, Registry, fetch_manifest};
use crate::model::is_manifest_type;
use crate::{Digest, ProblemKind};

/// What was found, and under which names.
pub(super) type Attached = Vec<(Arc<Served>, Vec<String>)>;

/// The endings of cosign's tags, and that of the fallback tag, which has none.
const TAGS: [&str; 4] = ["", ".sig", ".att", ".sbom"];
/// How many attached documents are fetched, and how many manifests they may be attached to.
const MAX: usize = 1_000;
/// How many pages a list may have.
const MAX_PAGES: usize = 100;
/// How deep indexes may lie inside each other.
const MAX_DEPTH: usize = 4;

const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// Everything that is attached to the image, to its platforms, and to what is attached to them.
pub(super) fn find(registry: &Registry) -> Attached {
    let mut search = Search { registry, seen: HashSet::new(), found: Vec::new(), state: State::default() };
    let mut round = Vec::new();
    search.below(&registry.top, 0, &mut round);
    while !round.is_empty() {
        let leads = at_once(&round, |digest| search.ask_for(digest)).into_iter().flatten();
        round.clear();
        for lead in leads {
            search.take(lead, &mut round);
        }
    }
    search.found
}

struct Search<'r> {
    registry: &'r Registry,
    seen: HashSet<Digest>,
    found: Attached,
    state: State,
}

/// What is known of the registry.
#[derive(Default)]
struct State {
    /// The registry does not know the referrers API, or it failed once: it is not asked again.
    silent: AtomicBool,
    /// A problem was told.
    told: AtomicBool,
}

/// Something attached.
enum Lead {
    /// The referrers API lists it.
    Listed(Digest),
    /// A tag leads to it.
    Tagged(String, Served),
}

impl Search<'_> {
    /// Notes a document and every manifest below it as something that others may be attached to.
    fn below(&mut self, served: &Served, depth: usize, round: &mut Vec<Digest>) {
        if self.seen.len() >= MAX {
            let what =
                format!("only {MAX} manifests were asked for what is attached to them (limit `attached`)");
            return self.tell(ProblemKind::Limit, what);
        }
        if !self.seen.insert(served.digest.clone()) {
            return;
        }
        round.push(served.digest.clone());
        let value = served.json();
        let entries = value.get("manifests").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        for entry in entries {
            let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default();
            let Ok(digest) = Digest::parse(text("digest")) else { continue };
            let media_type = text("mediaType");
            let nested = media_type.contains(".index.") || media_type.contains("manifest.list");
            if nested && depth < MAX_DEPTH {
                // What cannot be fetched is told by whoever follows the index.
                if let Ok(inner) = self.registry.manifest(&digest) {
                    self.below(&inner, depth + 1, round);
                }
            } else if is_manifest_type(media_type)
                && self.seen.len() < MAX
                && self.seen.insert(digest.clone())
            {
                round.push(digest);
            }
        }
    }

    fn take(&mut self, lead: Lead, round: &mut Vec<Digest>) {
        if self.found.len() >= MAX {
            let what = format!("only {MAX} attached documents were read (limit `attached`)");
            return self.tell(ProblemKind::Limit, what);
        }
        let name = self.registry.client.reference().name();
        let (served, name) = match lead {
            Lead::Listed(digest) if self.seen.contains(&digest) => return,
            Lead::Listed(digest) => match self.registry.manifest(&digest) {
                Ok(served) => (served, format!("{name}@{digest}")),
                Err(error) => {
                    let detail = format!("it is attached to the image and was not read: {error}");
                    let kind =
                        if error.is_missing() { ProblemKind::MissingBlob } else { ProblemKind::Unreadable };
                    return self.registry.known().problem(kind, digest.to_string(), detail);
                }
            },
            Lead::Tagged(tag, served) => {
                let served = Arc::new(served);
                self.registry.known().serve(Arc::clone(&served));
                (served, format!("{name}:{tag}"))
            }
        };
        self.registry.known().check(&served);
        if self.seen.contains(&served.digest) {
            return;
        }
        self.below(&served, 0, round);
        self.found.push((served, vec![name]));
    }

    fn ask_for(&self, digest: &Digest) -> Vec<Lead> {
        let mut leads = Vec::new();
        if !self.state.silent.load(Ordering::Relaxed) {
            match list_referrers(&self.registry.client, digest) {
                Ok(listed) => leads.extend(listed.into_iter().map(Lead::Listed)),
                Err(error) => {
                    self.state.silent.store(true, Ordering::Relaxed);
                    self.tell_unless_unsupported(&error);
                }
            }
        }
        let hex = digest.hex().get(..64).unwrap_or_default();
        for ending in TAGS {
            let tag = format!("{}-{hex}{ending}", digest.algorithm().name());
            match fetch_manifest(&self.registry.client, &tag) {
                Ok(served) => leads.push(Lead::Tagged(tag, served)),
                Err(error) if error.is_missing() => {}
                Err(error) => {
                    self.tell_unless_unsupported(&error);
                    // The other tags would fail the same way, after the same wait.
                    break;
                }
            }
        }
        leads
    }

    /// That a registry knows no referrers is normal; that it cannot say is not.
    fn tell_unless_unsupported(&self, error: &RegistryError) {
        if !error.is_unsupported() {
            self.tell(
                ProblemKind::NoReferrers,
                format!("cannot tell what is attached to the image: {error}"),
            );
        }
    }

    /// Tells one problem of a search, not one for each manifest.
    fn tell(&self, kind: ProblemKind, detail: String) {
        if !self.state.told.swap(true, Ordering::Relaxed) {
            let name = self.registry.client.reference().name();
            self.registry.known().problem(kind, name, detail);
        }
    }
}

/// Every page of the list of referrers.
pub(super) fn list_referrers(client: &Client, digest: &Digest) -> Result<Vec<Digest>, RegistryError> {
    let mut url = client.url(&format!("referrers/{digest}"))?;
    let mut listed = Vec::new();
    for _ in 0..MAX_PAGES {
        let answer = client.ask(&Ask::get(url.clone()).accept(INDEX))?;
        let link = answer.header("link").and_then(next_page).map(str::to_owned);
        let is_index = answer.header("content-type").is_some_and(|text| text.contains("image.index"));
        let body = answer.read(MAX_MANIFEST)?;
        let value: Value = serde_json::from_slice(&body).unwrap_or_default();
        let Some(entries) = value.get("manifests").and_then(Value::as_array) else {
            // A front page in HTML is how some answer what they do not know.
            let what = "gave a list of attached artifacts that is none".to_owned();
            let unknown =
                RegistryError::Answer { url: url.to_string(), status: 404, said: String::new(), wait: None };
            return Err(if is_index {
                RegistryError::Nonsense { url: url.to_string(), what }
            } else {
                unknown
            });
        };
        let digests = entries.iter().filter_map(|entry| entry.get("digest")?.as_str());
        listed.extend(digests.filter_map(|text| Digest::parse(text).ok()));
        let Some(link) = link else { return Ok(listed) };
        url = match url.join(&link).filter(|next| next.same_origin(&url)) {
            Some(next) => next,
            None => {
                let what = "continues a list at another host".to_owned();
                return Err(RegistryError::Nonsense { url: url.to_string(), what });
            }
        };
    }
    Err(RegistryError::Nonsense {
        url: url.to_string(),
        what: format!("has a list of more than {MAX_PAGES} pages"),
    })
}

/// The address of the next page, by a `Link` header (RFC 8288).
pub(super) fn next_page(header: &str) -> Option<&str> {
    let next = |link: &&str| {
        let parameters = link.split_once('>').map_or("", |(_, rest)| rest);
        parameters.split(';').any(|p| matches!(p.trim(), "rel=next" | "rel=\"next\""))
    };
    let link = header.split(',').find(next)?;
    link.split_once('<')?.1.split_once('>').map(|(address, _)| address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_the_one_that_says_so() {
        assert_eq!(next_page(r#"</v2/a/referrers/x?n=1>; rel="next""#), Some("/v2/a/referrers/x?n=1"));
        assert_eq!(next_page(r#"</a>; rel="prev", </b>; rel=next"#), Some("/b"));
        assert_eq!(next_page(r#"</a>; rel="prev""#), None);
        assert_eq!(next_page(""), None);
    }
}
