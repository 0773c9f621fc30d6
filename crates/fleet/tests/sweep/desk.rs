//! A registry, a state, and sweeps of the one into the other.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;
use tightlip_engine::policy::Policy;
use tightlip_engine::{IdentityKey, Options, Patience, Quiet, Request, scan};
use tightlip_fleet::{
    Answer, Ask, Event, Format, Names, Sqlite, Standing, Sweep, SweepError, Wanted, Watch, judge, sweep,
    verdict,
};
use tightlip_report::{Date, Level, Report, Verdict};
use tightlip_testkit::{Habits, Registry};

/// Everything that a test needs.
pub(crate) struct Desk {
    pub(crate) registry: Registry,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) key: u8,
}

/// Remembers what happened, and wants the sweep to end after so many blobs.
#[derive(Default)]
pub(crate) struct Notes {
    pub(crate) events: Mutex<Vec<Event>>,
    pub(crate) standings: Mutex<Vec<Standing>>,
    pub(crate) ends_after: Option<usize>,
    blobs: AtomicUsize,
}

impl Watch for Notes {
    fn tell(&self, event: &Event) {
        if matches!(event, Event::Read { .. }) {
            self.blobs.fetch_add(1, Ordering::Relaxed);
        }
        self.events.lock().unwrap().push(event.clone());
    }

    fn stands(&self, standing: &Standing) {
        self.standings.lock().unwrap().push(*standing);
    }

    fn stopped(&self) -> bool {
        self.ends_after.is_some_and(|most| self.blobs.load(Ordering::Relaxed) >= most)
    }
}

/// Nothing is decided.
pub(crate) fn no_policy() -> Policy {
    Policy::new(Vec::new(), Date::of_seconds(0))
}

impl Desk {
    pub(crate) fn new(habits: Habits) -> Self {
        Self { registry: Registry::start(habits), folder: tempfile::tempdir().unwrap(), key: 7 }
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.folder.path().join("state.db")
    }

    pub(crate) fn options(&self) -> Options {
        let mut options = Options::default();
        options.registry.patience = Patience {
            retries: 2,
            pause: Duration::from_millis(2),
            longest_pause: Duration::from_secs(2),
            connect: Duration::from_secs(2),
            answer: Duration::from_secs(2),
            idle: Duration::from_millis(300),
            trickle: 4096,
        };
        options
    }

    pub(crate) fn request(&self, target: &str) -> Request {
        let mut request = Request::new(target, IdentityKey::new([self.key; 32]));
        request.sources = self.options();
        request
    }

    pub(crate) fn wanted(&self) -> Sweep {
        let wanted = Wanted {
            host: self.registry.host(),
            prefix: None,
            names: Names::new(&[], &[]).unwrap(),
            listed: None,
            list_by: None,
            options: self.options(),
            jobs: 4,
        };
        Sweep { wanted, request: self.request("sweep"), policy: no_policy(), state: self.state() }
    }

    /// Sweeps to the end.
    pub(crate) fn sweep(&self) -> Notes {
        let notes = Notes::default();
        sweep(&self.wanted(), &notes).unwrap();
        notes
    }

    pub(crate) fn try_sweep(&self, wanted: &Sweep) -> Result<Notes, SweepError> {
        let notes = Notes::default();
        sweep(wanted, &notes).map(|()| notes)
    }

    /// Sweeps until so many blobs are read, and is ended then.
    pub(crate) fn sweep_for(&self, blobs: usize) -> Notes {
        let notes = Notes { ends_after: Some(blobs), ..Notes::default() };
        sweep(&self.wanted(), &notes).unwrap();
        notes
    }

    pub(crate) fn ask(&self, answer: &str, subject: &str) -> Result<Value, SweepError> {
        self.ask_under(answer, subject, &no_policy())
    }

    /// An answer as a policy sees it.
    pub(crate) fn ask_under(
        &self,
        answer: &str,
        subject: &str,
        policy: &Policy,
    ) -> Result<Value, SweepError> {
        let state = Sqlite::read(&self.state())?;
        judge(&state, policy)?;
        let (subject, policy) = (subject.to_owned(), policy.clone());
        let ask = Ask { subject, counts: Level::Deny, now: 4_000_000_000, policy };
        let sheet = Answer::named(answer).unwrap().of(&state, &ask)?;
        let mut out = Vec::new();
        (Format::named("json").unwrap().write)(&sheet, &mut out).unwrap();
        Ok(serde_json::from_slice(&out).unwrap())
    }

    pub(crate) fn verdict(&self) -> Verdict {
        verdict(&Sqlite::read(&self.state()).unwrap(), Level::Deny).unwrap()
    }

    /// All images, as the answer tells them, by name.
    pub(crate) fn images(&self) -> Vec<Value> {
        self.ask("images", "").unwrap()["images"].as_array().unwrap().clone()
    }

    pub(crate) fn image(&self, name: &str) -> Value {
        let full = self.registry.name(name);
        let images = self.images();
        images
            .iter()
            .find(|image| image["image"] == full)
            .unwrap_or_else(|| panic!("no {full}: {images:#?}"))
            .clone()
    }

    pub(crate) fn scan(&self, name: &str) -> Report {
        scan(&self.request(&format!("registry:{}", self.registry.name(name))), &Quiet).unwrap()
    }

    /// How often blobs were asked for since so many requests.
    pub(crate) fn blob_reads(&self, since: usize) -> Vec<String> {
        let asked = self.registry.asked();
        let new = asked.iter().skip(since).filter(|asked| asked.path.contains("/blobs/"));
        new.filter_map(|asked| asked.path.rsplit('/').next()).map(str::to_owned).collect()
    }
}
