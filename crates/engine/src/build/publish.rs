//! A clean result goes where it was meant to go.

use std::io;

use serde_json::{Map, Value};
use tightlip_report::Verdict;

use super::deliver::Courier;
use super::driver::Driver;
use super::layout::{self, Layout};
use super::plan::{Delivery, Plan};
use super::storage::Stored;
use super::will::Will;
use super::work::{Made, Output, cache_place, dismiss, look_at};
use super::{Ending, Guard, GuardError, Guarded, attest, disk};
use crate::builder::Folder;
use crate::request::Request;

/// A clean result, and where it is to go.
pub(super) struct Ready {
    pub(super) made: Made,
    pub(super) plan: Plan,
    pub(super) scan: Request,
    pub(super) driver: Driver,
}

impl Guard {
    /// Delivers what is ready. What a storage holds and nobody named goes away when this fails.
    pub(super) fn deliver(
        &self,
        ready: Ready,
        courier: &Courier<'_>,
        guarded: &mut Guarded,
    ) -> Result<(), GuardError> {
        let Ready { made: Made { folder, output, caretaker }, plan, driver, .. } = ready;
        if let Some(caretaker) = &caretaker {
            // What gets a name now is not to be taken away again.
            let will = Will::new(&self.builder, &folder.path(""), &plan.context);
            drop(caretaker.leave(&will));
        }
        let identity = match output {
            Output::Files(files) => {
                guarded.done.push(files.deliver(&folder)?);
                describe(&plan, [])?;
                None
            }
            Output::Stored(stored) => Some(store(stored, &plan, (courier, &folder), guarded)?),
            Output::Layout => {
                let Some(layout) = self.stated(&plan, (courier, &folder), guarded)? else {
                    drop(folder);
                    dismiss(caretaker);
                    return Ok(());
                };
                let told = disk::text(&folder.path("id")).ok().filter(|_| !plan.states);
                send(&layout, &plan, (courier, driver), guarded)?;
                Some(told.unwrap_or_else(|| layout.digest.to_string()))
            }
        };
        for (index, cache) in plan.caches.iter().enumerate() {
            guarded.done.push(courier.cache(&cache_place(&folder, index), &cache.to)?);
        }
        if let (Some(path), Some(identity)) = (&plan.id_file, &identity) {
            let mut fill = |out: &mut dyn io::Write| out.write_all(identity.as_bytes());
            disk::write(path, &mut fill)
                .map_err(|source| GuardError::Write { path: path.clone(), source })?;
        }
        // What podman and buildah print is without the name of the algorithm.
        let bare = |id: String| id.strip_prefix("sha256:").map(str::to_owned).unwrap_or(id);
        guarded.identity = if driver == Driver::Containers { identity.map(bare) } else { identity };
        drop(folder);
        dismiss(caretaker);
        Ok(())
    }

    /// The layout that leaves, with a statement where one is asked for. What is attached is scanned before it leaves;
    /// none if it is not clean.
    fn stated(
        &self,
        plan: &Plan,
        (courier, folder): (&Courier<'_>, &Folder),
        guarded: &mut Guarded,
    ) -> Result<Option<Layout>, GuardError> {
        let layout = Layout::open(&folder.path("image"))?;
        if !plan.states {
            return Ok(Some(layout));
        }
        if !guarded.report.accepted_gaps.is_empty() {
            let text = "no statement is attached: something was not read, which was accepted";
            guarded.notes.push(text.to_owned());
            return Ok(Some(layout));
        }
        let layout = attest::attest(&layout, &guarded.report, &plan.tags)?;
        let report = look_at((courier.scan, courier.show), ("oci", &layout.folder))?;
        let report = self.policy.project.apply(report);
        let verdict = report.verdict(self.policy.counts);
        if verdict == Verdict::Clean {
            return Ok(Some(layout));
        }
        guarded.ending = Ending::Kept(verdict);
        guarded.report = report;
        Ok(None)
    }
}

/// Sends a layout to all its places.
fn send(
    layout: &Layout,
    plan: &Plan,
    (courier, driver): (&Courier<'_>, Driver),
    guarded: &mut Guarded,
) -> Result<(), GuardError> {
    // What the builder does when nothing is said: Docker's own keeps a result, all others drop it.
    let usual = || match driver {
        Driver::Docker => vec![Delivery::Load(plan.tags.clone())],
        Driver::Classic | Driver::Apart | Driver::Containers => Vec::new(),
    };
    let deliveries = plan.deliveries.clone().unwrap_or_else(usual);
    if deliveries.is_empty() {
        let text = "the result is in the build cache only: add --load, --push or --output";
        guarded.notes.push(text.to_owned());
    }
    describe(plan, facts(layout)?)?;
    // A layout is moved away: it goes last.
    let (layouts, others): (Vec<_>, Vec<_>) =
        deliveries.iter().partition(|one| matches!(one, Delivery::Layout(_)));
    for delivery in others.into_iter().chain(layouts) {
        guarded.done.extend(courier.deliver(layout, delivery)?);
    }
    Ok(())
}

/// Names an image where it lies, and sends what was taken out of there to registries.
fn store(
    mut stored: Stored,
    plan: &Plan,
    (courier, folder): (&Courier<'_>, &Folder),
    guarded: &mut Guarded,
) -> Result<String, GuardError> {
    let mut names = plan.tags.clone();
    for delivery in plan.deliveries.iter().flatten() {
        match delivery {
            Delivery::Load(more) => names.extend(more.iter().filter(|one| !plan.tags.contains(one)).cloned()),
            other => guarded.done.extend(courier.deliver(&Layout::open(&folder.path("image"))?, other)?),
        }
    }
    guarded.done.push(stored.name(&names, courier.redactor)?);
    let id = stored.id.clone();
    let digest = |name: &str| (name.to_owned(), id.clone().into());
    describe(plan, ["containerimage.config.digest", "containerimage.digest"].map(digest))?;
    Ok(id)
}

/// Writes what `--metadata-file` is to hold: what the builder writes, without provenance, which has the arguments.
fn describe(plan: &Plan, facts: impl IntoIterator<Item = (String, Value)>) -> Result<(), GuardError> {
    let Some(path) = &plan.metadata_file else { return Ok(()) };
    let mut members: Map<String, Value> = facts.into_iter().collect();
    let names: Vec<String> = plan.tags.iter().map(|name| layout::full_name(name)).collect();
    if !names.is_empty() {
        members.insert("image.name".to_owned(), names.join(",").into());
    }
    let text = Value::Object(members);
    let mut fill = |out: &mut dyn io::Write| writeln!(out, "{text:#}");
    disk::write(path, &mut fill).map_err(|source| GuardError::Write { path: path.clone(), source })
}

/// What there is to say about a layout.
fn facts(layout: &Layout) -> Result<Vec<(String, Value)>, GuardError> {
    let mut facts = Vec::new();
    if let [config] = layout.configs()?.as_slice() {
        facts.push(("containerimage.config.digest".to_owned(), config.clone().into()));
    }
    facts.push(("containerimage.descriptor".to_owned(), layout.descriptor.clone()));
    facts.push(("containerimage.digest".to_owned(), layout.digest.to_string().into()));
    Ok(facts)
}
