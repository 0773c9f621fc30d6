//! Finds out what one image is made of, as far as manifests say: platforms, and what is attached to them.

use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use tightlip_engine::apart::{Apart, Known, Need, Outlook, Parts, Rank, Role, Root};
use tightlip_image::model::digest_of;
use tightlip_image::store::{Listed, RegistryError, Repository};
use tightlip_image::{Digest, Problem, ProblemKind};

use crate::error::SweepError;
use crate::results::{Results, Seen};

/// The endings of cosign's tags, and that of the fallback tag, which has none.
const ENDINGS: [&str; 4] = ["", ".sig", ".att", ".sbom"];
/// How many documents an image may have attached to it, and those to each other.
const MOST: usize = 1_000;
/// How often more manifests may turn up below others.
const DEPTH: usize = 20;

/// One repository, while its images are looked at.
pub(crate) struct Survey<'s> {
    pub(crate) apart: &'s Apart,
    pub(crate) results: &'s dyn Results,
    pub(crate) repository: &'s Repository,
    /// All tags: what is attached by a tag is known without asking.
    pub(crate) tags: &'s BTreeSet<String>,
    /// The registry does not know the referrers API, or it failed once.
    pub(crate) silent: &'s AtomicBool,
    /// The manifests that others say they are about.
    pub(crate) subjects: Mutex<Vec<Digest>>,
}

/// Gives out what the state knows.
pub(crate) struct FromResults<'r>(pub(crate) &'r dyn Results);

impl Parts for FromResults<'_> {
    fn part(&self, digest: &Digest, role: Role) -> Option<Known> {
        match self.0.known(digest, role) {
            Ok(known) => known,
            Err(error) => Some(Known::Failed(error.to_string())),
        }
    }
}

impl Survey<'_> {
    /// Everything that manifests say about an image, and what it lacks by that. `given` is its document, where that was
    /// read already.
    pub(crate) fn image(
        &self,
        named: (&str, &Digest),
        given: Option<Listed>,
    ) -> Result<(Seen, Vec<Need>), SweepError> {
        let (reference, digest) = named;
        let mut root = Root {
            name: self.repository.name(),
            reference: reference.to_owned(),
            digest: digest.clone(),
            attached: Vec::new(),
            problems: Vec::new(),
            address: None,
        };
        match given {
            Some(listed) => self.take(digest, &listed, &mut root)?,
            None => self.fetch(digest, &mut root)?,
        }
        let mut outlook = self.below(&root)?;
        let mut asked = HashSet::new();
        while let Some(next) = outlook.manifests.iter().find(|digest| !asked.contains(*digest)).cloned() {
            asked.insert(next.clone());
            let found = self.attached_to(&next, &mut root)?;
            if root.attached.len() + found.len() > MOST {
                let detail = format!("only {MOST} attached documents were read (limit `attached`)");
                root.problems.push(Problem::new(ProblemKind::Limit, root.name.clone(), detail));
                break;
            }
            let new = found.into_iter().filter(|(digest, _)| !outlook.manifests.contains(digest));
            let before = root.attached.len();
            root.attached.extend(new.collect::<Vec<_>>());
            if root.attached.len() > before {
                outlook = self.below(&root)?;
            }
        }
        // Only now it is known whether anybody had to log in.
        root.address = self.repository.open_address();
        for problem in &mut root.problems {
            problem.what = self.apart.name(&problem.what)?;
            problem.detail = self.apart.name(&problem.detail)?;
        }
        self.subjects.lock().unwrap_or_else(PoisonError::into_inner).extend(outlook.subjects);
        Ok((Seen { root, manifests: outlook.manifests }, outlook.needs))
    }

    /// Fetches all manifests below those that are known.
    fn below(&self, root: &Root) -> Result<Outlook, SweepError> {
        let parts = FromResults(self.results);
        let mut tried = HashSet::new();
        let mut outlook = self.apart.outlook(root, &parts)?;
        for _ in 0..DEPTH {
            let manifests = outlook.needs.iter().filter(|need| need.role == Role::Manifest);
            let new: Vec<&Need> = manifests.filter(|need| tried.insert(need.digest.clone())).collect();
            if new.is_empty() {
                break;
            }
            for need in new {
                // What cannot be fetched now is a task like any other, and told when that fails.
                if let Ok(listed) = self.repository.manifest(&need.digest.to_string()) {
                    self.keep(need, &listed)?;
                }
            }
            outlook = self.apart.outlook(root, &parts)?;
        }
        Ok(outlook)
    }

    fn fetch(&self, digest: &Digest, root: &mut Root) -> Result<(), SweepError> {
        if matches!(self.results.known(digest, Role::Manifest)?, Some(Known::Part(_))) {
            return Ok(());
        }
        let listed = self.repository.manifest(&digest.to_string())?;
        self.take(digest, &listed, root)
    }

    /// Reads the document that an image or something attached to it starts with.
    fn take(&self, digest: &Digest, listed: &Listed, root: &mut Root) -> Result<(), SweepError> {
        let stated = listed.stated.as_ref().filter(|stated| *stated != digest);
        let wrong = digest_of(digest, &listed.bytes) != *digest || stated.is_some();
        if wrong {
            let detail = "the registry gave a document that does not have this digest".to_owned();
            root.problems.push(Problem::new(ProblemKind::DigestMismatch, digest.to_string(), detail));
        }
        self.keep(&manifest(digest), listed)
    }

    fn keep(&self, need: &Need, listed: &Listed) -> Result<(), SweepError> {
        let need = Need { media_type: listed.media_type.clone().unwrap_or_default(), ..need.clone() };
        let part = self.apart.document(&need, &listed.bytes)?;
        Ok(self.results.keep(&need.digest, Role::Manifest, &part)?)
    }

    /// What is attached to one manifest, by the referrers API and by tags.
    fn attached_to(&self, digest: &Digest, root: &mut Root) -> Result<Vec<(Digest, String)>, SweepError> {
        let name = self.repository.name();
        let mut found = Vec::new();
        for referrer in self.referrers(digest, root) {
            if let Err(error) = self.fetch(&referrer, root) {
                self.unread(&referrer, &error, root);
                continue;
            }
            found.push((referrer.clone(), format!("{name}@{referrer}")));
        }
        for tag in tags_of(digest).filter(|tag| self.tags.contains(tag)) {
            let listed = match self.repository.manifest(&tag) {
                Ok(listed) => listed,
                Err(error) => {
                    self.unread(digest, &error.into(), root);
                    continue;
                }
            };
            let own = listed.stated.clone().unwrap_or_else(|| Digest::of(&listed.bytes));
            self.take(&own, &listed, root)?;
            found.push((own, format!("{name}:{tag}")));
        }
        Ok(found)
    }

    fn referrers(&self, digest: &Digest, root: &mut Root) -> Vec<Digest> {
        if self.silent.load(Ordering::Relaxed) {
            return Vec::new();
        }
        match self.repository.referrers(digest) {
            Ok(Some(found)) => found,
            Ok(None) => {
                self.silent.store(true, Ordering::Relaxed);
                Vec::new()
            }
            Err(error) => {
                let detail = format!("cannot tell what is attached to the image: {error}");
                root.problems.push(Problem::new(ProblemKind::NoReferrers, root.name.clone(), detail));
                Vec::new()
            }
        }
    }

    fn unread(&self, digest: &Digest, error: &SweepError, root: &mut Root) {
        let missing = matches!(error, SweepError::Registry(error) if RegistryError::is_missing(error));
        let kind = if missing { ProblemKind::MissingBlob } else { ProblemKind::Unreadable };
        let detail = format!("it is attached to the image and was not read: {error}");
        root.problems.push(Problem::new(kind, digest.to_string(), detail));
    }
}

/// The tags under which something may be attached to a manifest.
fn tags_of(digest: &Digest) -> impl Iterator<Item = String> {
    let name = format!("{}-{}", digest.algorithm().name(), digest.hex().get(..64).unwrap_or_default());
    ENDINGS.into_iter().map(move |ending| format!("{name}{ending}"))
}

/// The manifest that a tag says something is attached to, if it is such a tag.
pub(crate) fn subject_of(tag: &str) -> Option<Digest> {
    let (algorithm, rest) = tag.split_once('-')?;
    let hex = rest.split('.').next()?;
    let ending = rest.get(hex.len()..)?;
    if !ENDINGS.contains(&ending) {
        return None;
    }
    Digest::parse(&format!("{algorithm}:{hex}")).ok()
}

fn manifest(digest: &Digest) -> Need {
    let (digest, role) = (digest.clone(), Role::Manifest);
    Need { digest, role, media_type: String::new(), size: 0, rank: Rank::Paper }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_tells_what_it_is_attached_to() {
        let digest = Digest::of(b"x");
        for tag in tags_of(&digest) {
            assert_eq!(subject_of(&tag), Some(digest.clone()), "{tag}");
        }
        for tag in ["latest", "1-2", "sha256-abc", "sha256-abc.sig"] {
            assert_eq!(subject_of(tag), None, "{tag}");
        }
    }
}
