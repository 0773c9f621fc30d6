//! Lists what there is: repositories, tags, and the images behind them. Nothing but manifests is read here.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tightlip_engine::apart::Apart;
use tightlip_image::store::{Catalog, Options, RegistryError, Repository};
use tightlip_image::{Digest, Reference};

use crate::error::SweepError;
use crate::names::{Explicit, Names, listed};
use crate::results::{Results, Trouble};
use crate::survey::{Survey, subject_of};
use crate::sweep::now;
use crate::watch::{Event, Watch};

/// What is to be listed.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The registry: `host[:port]`.
    pub host: String,
    /// Only repositories below this name, or of this name.
    pub prefix: Option<String>,
    /// Which of them.
    pub names: Names,
    /// Names that were given in a file, instead of the registry's own list.
    pub listed: Option<String>,
    /// How the registry is asked.
    pub options: Options,
    /// How many images are looked at at once.
    pub jobs: usize,
}

/// One enumeration under way.
pub(crate) struct Enumeration<'e> {
    pub(crate) apart: &'e Apart,
    pub(crate) results: &'e dyn Results,
    pub(crate) wanted: &'e Wanted,
    pub(crate) watch: &'e dyn Watch,
    pub(crate) run: i64,
    pub(crate) images: AtomicUsize,
    pub(crate) silent: AtomicBool,
}

/// A repository, and what of it is meant.
struct Place {
    repository: String,
    /// Tags or digests; none: all tags.
    only: Option<Vec<String>>,
}

impl Enumeration<'_> {
    /// Lists everything that is meant and writes it down.
    pub(crate) fn run(&self) -> Result<(), SweepError> {
        for place in self.places()? {
            if self.watch.stopped() {
                return Ok(());
            }
            let name = format!("{}/{}", self.wanted.host, place.repository);
            if let Err(error) = self.repository(&name, &place) {
                self.trouble(&name, &error)?;
            }
        }
        self.watch.tell(&Event::Enumerated { images: self.images.load(Ordering::Relaxed) });
        Ok(())
    }

    fn places(&self) -> Result<Vec<Place>, SweepError> {
        if let Some(text) = &self.wanted.listed {
            return self.listed(text);
        }
        let mut names = BTreeSet::new();
        let catalog = Catalog::open(&self.wanted.host, &self.wanted.options)?;
        let told = catalog.repositories(&mut |page| names.extend(page));
        let inside = |name: &String| match &self.wanted.prefix {
            None => true,
            Some(prefix) => {
                name.strip_prefix(prefix.as_str()).is_some_and(|r| r.is_empty() || r.starts_with('/'))
            }
        };
        match (told, &self.wanted.prefix) {
            (Ok(()), _) => names.retain(inside),
            (Err(why), _) if !is_closed(&why) => return Err(why.into()),
            // Who may not see the list may still see one repository.
            (Err(_), Some(prefix)) => names = BTreeSet::from([prefix.clone()]),
            (Err(why), None) => {
                return Err(SweepError::Closed { host: self.wanted.host.clone(), why });
            }
        }
        names.retain(|name| self.wanted.names.repository(name));
        Ok(names.into_iter().map(|repository| Place { repository, only: None }).collect())
    }

    fn listed(&self, text: &str) -> Result<Vec<Place>, SweepError> {
        let mut places: Vec<Place> = Vec::new();
        for (reference, explicit) in listed(&self.wanted.host, text)? {
            let repository = reference.repository().to_owned();
            let known = places.iter_mut().find(|place| place.repository == repository);
            match (known, explicit) {
                (Some(place), Explicit::Repository) => place.only = None,
                (Some(place), Explicit::Image) => {
                    place.only.iter_mut().for_each(|o| o.push(reference.wanted()))
                }
                (None, Explicit::Repository) => places.push(Place { repository, only: None }),
                (None, Explicit::Image) => {
                    places.push(Place { repository, only: Some(vec![reference.wanted()]) });
                }
            }
        }
        Ok(places)
    }

    fn repository(&self, name: &str, place: &Place) -> Result<(), SweepError> {
        let reference = Reference::parse(name).map_err(|error| SweepError::Named(error.to_string()))?;
        let repository = Repository::open(reference, &self.wanted.options)?;
        let tags: BTreeSet<String> = match repository.tags() {
            Ok(tags) => tags.into_iter().collect(),
            // Named one by one, images are found without the list.
            Err(_) if place.only.is_some() => BTreeSet::new(),
            Err(error) => return Err(error.into()),
        };
        self.watch.tell(&Event::Listed { repository: name.to_owned(), tags: tags.len() });
        let meant: Vec<&String> = match &place.only {
            Some(only) => only.iter().collect(),
            None => tags.iter().filter(|tag| self.wanted.names.image(&place.repository, tag)).collect(),
        };
        // What is attached to an image comes with it, and stands for itself only where that image is gone.
        let (own, attached): (Vec<&String>, Vec<&String>) =
            meant.into_iter().partition(|tag| subject_of(tag).is_none());
        let survey = Survey {
            apart: self.apart,
            results: self.results,
            repository: &repository,
            tags: &tags,
            silent: &self.silent,
            subjects: Mutex::default(),
        };
        self.each(&own, &survey)?;
        self.left_behind(&repository, &survey)?;
        // What something is attached to is an image, whether a tag names it or not.
        let said = survey.subjects.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let tagged = attached.iter().filter_map(|tag| subject_of(tag));
        let reached = self.reached(&repository)?;
        let mut subjects: Vec<Digest> =
            said.into_iter().chain(tagged).filter(|digest| !reached.contains(digest)).collect();
        subjects.sort();
        subjects.dedup();
        subjects.retain(|digest| repository.digest(&digest.to_string()).is_ok());
        let subjects: Vec<String> = subjects.iter().map(Digest::to_string).collect();
        self.each(&subjects.iter().collect::<Vec<_>>(), &survey)?;
        let reached = self.reached(&repository)?;
        let alone = |tag: &&&String| subject_of(tag).is_none_or(|subject| !reached.contains(&subject));
        self.each(&attached.iter().filter(alone).copied().collect::<Vec<_>>(), &survey)
    }

    fn each(&self, tags: &[&String], survey: &Survey<'_>) -> Result<(), SweepError> {
        let next = AtomicUsize::new(0);
        let broken: Mutex<Option<SweepError>> = Mutex::new(None);
        let work = || {
            while let Some(tag) = tags.get(next.fetch_add(1, Ordering::Relaxed)) {
                if self.watch.stopped() {
                    return;
                }
                let Err(error) = self.tag(tag, survey) else { continue };
                let told = match error {
                    error @ SweepError::State(_) => Err(error),
                    error => self.trouble(&format!("{}:{tag}", survey.repository.name()), &error),
                };
                if let Err(error) = told {
                    broken.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    return;
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..self.wanted.jobs.min(tags.len()) {
                scope.spawn(work);
            }
            work();
        });
        broken.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }

    /// Looks at what a tag or digest names.
    fn tag(&self, wanted: &str, survey: &Survey<'_>) -> Result<(), SweepError> {
        let repository = survey.repository;
        let (digest, given) = match Digest::parse(wanted) {
            Ok(digest) => (digest, None),
            Err(_) => match repository.digest(wanted)? {
                Some(digest) => (digest, None),
                None => {
                    let listed = repository.manifest(wanted)?;
                    let own = listed.stated.clone().unwrap_or_else(|| Digest::of(&listed.bytes));
                    (own, Some(listed))
                }
            },
        };
        let is_tag = Digest::parse(wanted).is_err();
        let name = repository.name();
        let reference = if is_tag { format!("{name}:{wanted}") } else { format!("{name}@{wanted}") };
        let seen = survey.image((&self.apart.name(&reference)?, &digest), given)?;
        let image = self.results.see(&seen, self.run, now())?;
        if is_tag {
            self.results.tag((&name, &self.apart.name(wanted)?), image, (self.run, now()))?;
        }
        self.images.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// All manifests of the repository that images of this run lead to.
    fn reached(&self, repository: &Repository) -> Result<BTreeSet<Digest>, SweepError> {
        let question = "SELECT manifests FROM image WHERE repository = $1 AND last_run = $2";
        let rows = self.results.rows(question, &[repository.name().into(), self.run.into()])?;
        let mut reached = BTreeSet::new();
        for row in rows {
            let manifests = row.first().map(crate::results::Cell::text).unwrap_or_default();
            reached.extend(serde_json::from_str::<Vec<Digest>>(manifests).unwrap_or_default());
        }
        Ok(reached)
    }

    /// Images that a tag named once: whoever knows the digest can still pull them, if the registry has them.
    fn left_behind(&self, repository: &Repository, survey: &Survey<'_>) -> Result<(), SweepError> {
        for image in self.results.unseen(&repository.name(), self.run)? {
            let digest = &image.seen.root.digest;
            match repository.digest(&digest.to_string()) {
                Ok(_) => {
                    let seen = survey.image((&image.seen.root.reference, digest), None)?;
                    self.results.see(&seen, self.run, now())?;
                    self.images.fetch_add(1, Ordering::Relaxed);
                }
                Err(error) if error.is_missing() => self.results.gone(image.id, now())?,
                Err(error) => self.trouble(&image.seen.root.reference, &error.into())?,
            }
        }
        Ok(())
    }

    fn trouble(&self, place: &str, error: &SweepError) -> Result<(), SweepError> {
        let trouble =
            Trouble { place: self.apart.name(place)?, reason: self.apart.name(&error.to_string())? };
        self.watch.tell(&Event::Trouble { place: trouble.place.clone(), reason: trouble.reason.clone() });
        Ok(self.results.trouble(self.run, &trouble)?)
    }
}

/// Whether a registry has a list and keeps it to itself, or has none.
fn is_closed(why: &RegistryError) -> bool {
    let refused = matches!(why, RegistryError::Unauthorised { .. } | RegistryError::Denied { .. });
    refused || why.is_unsupported()
}
