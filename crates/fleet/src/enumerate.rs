//! Lists what there is: repositories, tags, and the images behind them. Nothing but manifests is read here.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tightlip_engine::apart::{Apart, Need};
use tightlip_image::store::{Catalog, ListBy, Namespace, Options, RegistryError, Repository};
use tightlip_image::{Digest, Reference};

use crate::error::SweepError;
use crate::names::{Explicit, Names, listed};
use crate::queue::{Queue, Task};
use crate::results::{Results, Seen, Trouble};
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
    /// The interface that lists what is below the prefix, where it is named.
    pub list_by: Option<ListBy>,
    /// How the registry is asked.
    pub options: Options,
    /// How many blobs are read at once.
    pub jobs: usize,
}

impl Wanted {
    /// Whether something certain is looked for: where that is not, a name is wrong.
    fn is_narrow(&self) -> bool {
        self.prefix.is_some() || self.listed.is_some() || self.names.are_narrow()
    }
}

/// So many images are looked at at once, if not more blobs are read at once: most of it is waiting.
const AT_ONCE: usize = 8;

/// One enumeration under way.
pub(crate) struct Enumeration<'e> {
    pub(crate) apart: &'e Apart,
    pub(crate) queue: &'e dyn Queue,
    pub(crate) results: &'e dyn Results,
    pub(crate) wanted: &'e Wanted,
    pub(crate) watch: &'e dyn Watch,
    pub(crate) run: i64,
    pub(crate) images: AtomicUsize,
    pub(crate) silent: AtomicBool,
    /// Something could not be listed.
    pub(crate) troubled: AtomicBool,
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
        self.unlisted()?;
        let images = self.images.load(Ordering::Relaxed);
        if images == 0 && self.wanted.is_narrow() && !self.troubled.load(Ordering::Relaxed) {
            let nothing = SweepError::Named(
                "nothing of this name, or nothing that is not left out, was found".to_owned(),
            );
            let prefix = self.wanted.prefix.as_ref().map_or(String::new(), |prefix| format!("/{prefix}"));
            self.trouble(&format!("{}{prefix}", self.wanted.host), &nothing)?;
        }
        self.watch.tell(&Event::Enumerated { images });
        Ok(())
    }

    /// Images of earlier runs in repositories that no list names any more: whoever knows them can still pull them, if the
    /// registry has them.
    fn unlisted(&self) -> Result<(), SweepError> {
        let Wanted { host, prefix, names, listed, options, .. } = self.wanted;
        // Who names repositories one by one does not mean others.
        if listed.is_some() {
            return Ok(());
        }
        let question = "SELECT DISTINCT repository FROM image WHERE gone IS NULL AND last_run < $1";
        for row in self.results.rows(question, &[self.run.into()])? {
            let Some(name) = row.first().map(crate::results::Cell::text) else { continue };
            let own = name.strip_prefix(host.as_str()).and_then(|rest| rest.strip_prefix('/'));
            let meant = own.is_some_and(|own| {
                prefix.as_ref().is_none_or(|prefix| is_below(own, prefix)) && names.repository(own)
            });
            if meant && let Err(error) = self.forgotten(name, options) {
                self.trouble(name, &error)?;
            }
        }
        Ok(())
    }

    fn forgotten(&self, name: &str, options: &Options) -> Result<(), SweepError> {
        let reference = Reference::parse(name).map_err(|error| SweepError::Named(error.to_string()))?;
        let (repository, tags) = (Repository::open(reference, options)?, BTreeSet::new());
        self.left_behind(&repository, &self.survey(&repository, &tags))
    }

    fn survey<'s>(&'s self, repository: &'s Repository, tags: &'s BTreeSet<String>) -> Survey<'s> {
        Survey {
            apart: self.apart,
            results: self.results,
            repository,
            tags,
            silent: &self.silent,
            subjects: Mutex::default(),
        }
    }

    fn places(&self) -> Result<Vec<Place>, SweepError> {
        let Wanted { host, prefix, options, list_by, .. } = self.wanted;
        if let Some(text) = &self.wanted.listed {
            return self.listed(text);
        }
        let catalog = Catalog::open(host, options)?;
        let mut names = match prefix {
            None if catalog.is_endless() => return Err(SweepError::Endless { host: host.clone() }),
            Some(prefix) if catalog.is_endless() || list_by.is_some() => self.namespace(&catalog, prefix)?,
            prefix => self.catalog(&catalog, prefix.as_deref())?,
        };
        names.retain(|name| self.wanted.names.repository(name));
        Ok(names.into_iter().map(|repository| Place { repository, only: None }).collect())
    }

    /// What is on the registry's own list.
    fn catalog(&self, catalog: &Catalog, prefix: Option<&str>) -> Result<BTreeSet<String>, SweepError> {
        let mut names = BTreeSet::new();
        let told = catalog.repositories(&mut |page| names.extend(page));
        names.retain(|name| prefix.is_none_or(|prefix| is_below(name, prefix)));
        let host = &self.wanted.host;
        match (told, prefix) {
            (Ok(()), _) => Ok(names),
            // The list broke off.
            (Err(why), _) if !names.is_empty() => {
                self.trouble(host, &why.into())?;
                Ok(names)
            }
            (Err(why), Some(prefix)) if is_closed(&why) => self.namespace(catalog, prefix),
            (Err(why), None) if is_closed(&why) => Err(SweepError::Closed { host: host.clone(), why }),
            (Err(why), _) => Err(why.into()),
        }
    }

    /// What a provider's interface lists below a name.
    fn namespace(&self, catalog: &Catalog, prefix: &str) -> Result<BTreeSet<String>, SweepError> {
        let place = format!("{}/{prefix}", self.wanted.host);
        let mut found = Namespace::default();
        let told = catalog.namespace(prefix, self.wanted.list_by.as_ref(), &mut found);
        for why in found.unseen {
            self.trouble(&place, &SweepError::Named(why))?;
        }
        let mut names = found.repositories;
        names.retain(|name| is_below(name, prefix));
        match told {
            Ok(_) => {}
            // Without a path the name cannot be a repository of those who have namespaces.
            Err(why) if names.is_empty() && !prefix.contains('/') => {
                return Err(SweepError::Closed { host: place, why });
            }
            Err(why) => self.trouble(&place, &why.into())?,
        }
        // Who may not see a list may still see one repository.
        Ok(if names.is_empty() { BTreeSet::from([prefix.to_owned()]) } else { names })
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
        let survey = self.survey(&repository, &tags);
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
                // What a hostile manifest does to the program must not end the sweep.
                let told = catch_unwind(AssertUnwindSafe(|| self.tag(tag, survey)));
                let Err(error) = told.unwrap_or(Err(SweepError::Bug)) else { continue };
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
            for _ in 1..self.wanted.jobs.max(AT_ONCE).min(tags.len()) {
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
        let (seen, needs) = survey.image((&self.apart.name(&reference)?, &digest), given)?;
        let image = self.see(&seen, needs)?;
        if is_tag {
            self.results.tag((&name, &self.apart.name(wanted)?), image, (self.run, now()))?;
        }
        Ok(())
    }

    /// Writes down an image, and of what it is made.
    fn see(&self, seen: &Seen, needs: Vec<Need>) -> Result<i64, SweepError> {
        let image = self.results.see(seen, self.run, now())?;
        if !needs.is_empty() {
            let task = |need| Task { need, repository: seen.root.name.clone() };
            self.queue.note(&needs.into_iter().map(task).collect::<Vec<_>>())?;
        }
        self.images.fetch_add(1, Ordering::Relaxed);
        Ok(image)
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
                    let (seen, needs) = survey.image((&image.seen.root.reference, digest), None)?;
                    self.see(&seen, needs)?;
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
        self.troubled.store(true, Ordering::Relaxed);
        self.watch.tell(&Event::Trouble { place: trouble.place.clone(), reason: trouble.reason.clone() });
        Ok(self.results.trouble(self.run, &trouble)?)
    }
}

/// Whether a repository has this name, or one below it.
fn is_below(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a registry has a list and keeps it to itself, or has none.
fn is_closed(why: &RegistryError) -> bool {
    let refused = matches!(why, RegistryError::Unauthorised { .. } | RegistryError::Denied { .. });
    refused || why.is_unsupported()
}
