//! Laws of the queue: whatever happens to workers, everything is done once, and nothing is lost.

#![allow(clippy::unwrap_used, reason = "a state that cannot be used fails the test")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rusqlite::Connection;
use tightlip_engine::apart::{Known, Need, Part, Rank, Role, Root};
use tightlip_image::Digest;

use super::{Sqlite, schema};
use crate::error::StateError;
use crate::queue::{DEATHS, Lease, Outcome, Queue, Settled, TRIES, Task, Which};
use crate::results::{Results, Seen};

fn digest(number: usize) -> Digest {
    Digest::of(format!("blob {number}").as_bytes())
}

fn task(number: usize) -> Task {
    let rank = [Rank::Paper, Rank::Copied, Rank::Rest][number % 3];
    let (media_type, size) = ("application/x".to_owned(), 100 - number as u64);
    let need = Need { digest: digest(number), role: Role::Piece, media_type, size, rank };
    Task { need, repository: "r.example/app".to_owned() }
}

/// What reading a blob gives: always the same.
fn part(task: &Task) -> Part {
    let name = task.need.digest.to_string().into_bytes();
    Part { outline: name.clone(), body: name }
}

fn lease(worker: &str, now: i64) -> Lease {
    Lease { worker: worker.to_owned(), now, until: now + 100 }
}

/// A state with one image that wants so many blobs.
fn filled(tasks: usize) -> (Sqlite, i64) {
    let state = Sqlite::in_memory("setting").unwrap();
    let run = state.begin("r.example", 0).unwrap();
    let root = Root {
        name: "r.example/app".to_owned(),
        reference: "r.example/app:1".to_owned(),
        digest: digest(1000),
        attached: Vec::new(),
        problems: Vec::new(),
        address: None,
    };
    let image = state.see(&Seen { root, manifests: Vec::new() }, run, 0).unwrap();
    state.add(image, &(0..tasks).map(task).collect::<Vec<_>>()).unwrap();
    (state, image)
}

/// Something that happens to a queue.
#[derive(Clone, Copy, Debug)]
enum Happens {
    /// A worker takes so many tasks.
    Takes(usize, usize),
    /// A worker finishes the oldest that it has.
    Finishes(usize),
    /// A worker fails with the oldest that it has.
    Fails(usize),
    /// A worker dies; its time runs out.
    Dies(usize),
    /// A worker that was thought dead finishes what it had all the same.
    Returns(usize),
    /// The image wants the same again.
    Asks,
}

fn happens() -> impl Strategy<Value = Happens> {
    let worker = 0..3_usize;
    prop_oneof![
        4 => (worker.clone(), 1..4_usize).prop_map(|(worker, most)| Happens::Takes(worker, most)),
        4 => worker.clone().prop_map(Happens::Finishes),
        1 => worker.clone().prop_map(Happens::Fails),
        1 => worker.clone().prop_map(Happens::Dies),
        1 => worker.prop_map(Happens::Returns),
        1 => Just(Happens::Asks),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_everything_is_done_in_the_end(
        tasks in 1..25_usize,
        story in proptest::collection::vec(happens(), 0..80),
    ) {
        let (state, image) = filled(tasks);
        let mut held: BTreeMap<usize, Vec<Task>> = BTreeMap::new();
        let mut dead: BTreeMap<usize, Vec<Task>> = BTreeMap::new();
        let mut failed: BTreeMap<Digest, i64> = BTreeMap::new();
        let mut died: BTreeMap<Digest, i64> = BTreeMap::new();
        let mut now = 0;
        for event in story {
            now += 1000;
            for worker in held.keys() {
                state.beat(&lease(&worker.to_string(), now)).unwrap();
            }
            match event {
                Happens::Takes(worker, most) => {
                    let taken = state.claim(&lease(&worker.to_string(), now), Which::Any, most).unwrap();
                    for other in held.values().flatten() {
                        prop_assert!(!taken.contains(other), "two workers have one task");
                    }
                    held.entry(worker).or_default().extend(taken);
                }
                Happens::Finishes(worker) => {
                    let Some(task) = held.get_mut(&worker).and_then(Vec::pop) else { continue };
                    prop_assert_eq!(state.finish(&task, &Outcome::Read(part(&task))).unwrap(), Settled::Done);
                }
                Happens::Fails(worker) => {
                    let Some(task) = held.get_mut(&worker).and_then(Vec::pop) else { continue };
                    let tries = failed.entry(task.need.digest.clone()).or_default();
                    // An undisturbed run sees the same faults: the last try goes well.
                    if *tries + 1 < TRIES {
                        *tries += 1;
                        let settled = state.finish(&task, &Outcome::Failed("no".to_owned(), None)).unwrap();
                        // Done, if somebody who was thought dead came back with it.
                        prop_assert_ne!(settled, Settled::Aside);
                    } else {
                        held.entry(worker).or_default().push(task);
                    }
                }
                Happens::Dies(worker) => {
                    let lost = held.remove(&worker).unwrap_or_default();
                    let often = lost.iter().any(|task| died.get(&task.need.digest).is_some_and(|n| n + 1 >= DEATHS));
                    if often {
                        held.insert(worker, lost);
                        continue;
                    }
                    lost.iter().for_each(|task| *died.entry(task.need.digest.clone()).or_default() += 1);
                    dead.entry(worker).or_default().extend(lost);
                    for other in held.keys() {
                        state.beat(&lease(&other.to_string(), now + 500)).unwrap();
                    }
                    state.recover(now + 500).unwrap();
                }
                Happens::Returns(worker) => {
                    for task in dead.remove(&worker).unwrap_or_default() {
                        // Another may have it by now: both give the same.
                        let settled = state.finish(&task, &Outcome::Read(part(&task))).unwrap();
                        prop_assert_eq!(settled, Settled::Done);
                    }
                }
                Happens::Asks => state.add(image, &(0..tasks).map(task).collect::<Vec<_>>()).unwrap(),
            }
        }
        // Whoever is left is gone; one worker does the rest.
        let lost: BTreeSet<Digest> = held.values().flatten().map(|task| task.need.digest.clone()).collect();
        if lost.iter().all(|digest| died.get(digest).is_none_or(|n| n + 1 < DEATHS)) {
            state.recover(i64::MAX).unwrap();
        } else {
            for worker in held.keys() {
                state.give_back(&worker.to_string()).unwrap();
            }
        }
        loop {
            let taken = state.claim(&lease("last", now), Which::Any, 5).unwrap();
            if taken.is_empty() {
                break;
            }
            for task in taken {
                state.finish(&task, &Outcome::Read(part(&task))).unwrap();
            }
        }
        for number in 0..tasks {
            let task = task(number);
            let known = state.known(&task.need.digest, task.need.role).unwrap();
            prop_assert_eq!(known, Some(Known::Part(part(&task))));
        }
        let left = state.left().unwrap();
        prop_assert_eq!((left.blobs, left.bytes, left.images, left.due), (0, 0, 1, 0));
        prop_assert_eq!(state.claim_image(&lease("last", now)).unwrap(), Some(image), "it lacks nothing any more");
    }
}

#[test]
fn documents_come_first_then_the_small() {
    let (state, _) = filled(9);
    let papers = state.claim(&lease("a", 0), Which::Papers, 100).unwrap();
    let rest = state.claim(&lease("a", 0), Which::Any, 100).unwrap();
    let order: Vec<(Rank, u64)> =
        papers.iter().chain(&rest).map(|task| (task.need.rank, task.need.size)).collect();
    let mut sorted = order.clone();
    sorted.sort();
    assert_eq!((order, papers.len(), rest.len()), (sorted, 3, 6));
}

#[test]
fn what_fails_too_often_is_set_aside_with_its_reason() {
    let (state, image) = filled(1);
    for tries in 1..=TRIES {
        assert_eq!(state.claim_image(&lease("a", 0)).unwrap(), None, "it waits for its blob");
        let task = state.claim(&lease("a", 0), Which::Any, 1).unwrap().pop().unwrap();
        let settled = state.finish(&task, &Outcome::Failed("broken".to_owned(), None)).unwrap();
        assert_eq!(settled, if tries < TRIES { Settled::Again } else { Settled::Aside });
    }
    assert_eq!(state.known(&digest(0), Role::Piece).unwrap(), Some(Known::Failed("broken".to_owned())));
    assert_eq!(state.claim_image(&lease("a", 0)).unwrap(), Some(image), "the image is settled without it");
    state.begin("r.example", 1).unwrap();
    assert_eq!(state.left().unwrap().blobs, 1, "a new run tries again");
}

#[test]
fn what_ends_runs_too_often_is_set_aside_for_good() {
    let (state, _) = filled(2);
    for _ in 0..DEATHS {
        // The other blob is read meanwhile; this one comes last because it has ended a run.
        let tasks = state.claim(&lease("a", 0), Which::Any, 2).unwrap();
        assert!(tasks.iter().any(|task| task.need.digest == digest(0)));
        for task in tasks.iter().filter(|task| task.need.digest != digest(0)) {
            state.finish(task, &Outcome::Read(part(task))).unwrap();
        }
        state.recover(i64::MAX).unwrap();
    }
    let known = state.known(&digest(0), Role::Piece).unwrap();
    assert!(matches!(known, Some(Known::Failed(why)) if why.contains("runs ended")));
    state.begin("r.example", 1).unwrap();
    assert_eq!(state.left().unwrap().blobs, 0, "it would only end the next run");
}

#[test]
fn what_is_given_back_was_no_try() {
    let (state, _) = filled(1);
    for _ in 0..10 {
        assert_eq!(state.claim(&lease("a", 0), Which::Any, 1).unwrap().len(), 1);
        state.give_back("a").unwrap();
    }
    state.recover(i64::MAX).unwrap();
    assert_eq!(state.left().unwrap().blobs, 1);
}

#[test]
fn a_worker_that_gives_signs_of_life_keeps_its_tasks() {
    let (state, _) = filled(1);
    let task = state.claim(&lease("a", 0), Which::Any, 1).unwrap();
    state.beat(&lease("a", 1000)).unwrap();
    assert_eq!(state.recover(1000).unwrap(), 0);
    assert_eq!((task.len(), state.recover(1101).unwrap()), (1, 1));
}

#[test]
fn a_state_of_a_newer_form_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    drop(Sqlite::work(&path, "setting").unwrap());
    let connection = Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", schema::FORM + 1).unwrap();
    drop(connection);
    assert!(matches!(Sqlite::work(&path, "setting"), Err(StateError::Newer { .. })));
    assert!(matches!(Sqlite::read(&path), Err(StateError::Newer { .. })));
    assert!(matches!(Sqlite::read(&folder.path().join("none.db")), Err(StateError::None(_))));
}

/// A blob as something else than [`task`] has it.
fn as_config(number: usize) -> Task {
    let task = task(number);
    Task { need: Need { role: Role::Config, rank: Rank::Paper, ..task.need }, ..task }
}

#[test]
fn what_is_only_noted_is_left_but_not_due_and_comes_with_what_is() {
    let (state, image) = filled(0);
    state.note(&[task(1), task(2)]).unwrap();
    let left = state.left().unwrap();
    assert_eq!((left.blobs, left.bytes, left.due), (2, 99 + 98, 0));
    assert!(state.claim(&lease("a", 0), Which::Any, 10).unwrap().is_empty(), "no image needs it yet");
    assert_eq!(state.claim_image(&lease("a", 0)).unwrap(), Some(image), "and none waits for it");
    state.add(image, &[as_config(1)]).unwrap();
    let together = state.claim(&lease("a", 0), Which::Papers, 1).unwrap();
    assert_eq!(together, [as_config(1), task(1)], "the same blob is read once");
    for task in &together {
        state.finish(task, &Outcome::Read(part(task))).unwrap();
    }
    state.add(image, &[task(1), task(2)]).unwrap();
    assert_eq!(state.left().unwrap().due, 1, "the first is known already");
    assert_eq!(state.claim(&lease("a", 0), Which::Any, 10).unwrap(), [task(2)]);
}

#[test]
fn what_was_noted_is_forgotten_by_the_next_run() {
    let (state, _) = filled(1);
    state.note(&[task(0), task(5)]).unwrap();
    assert_eq!((state.left().unwrap().blobs, state.left().unwrap().due), (2, 1));
    state.begin("r.example", 1).unwrap();
    assert_eq!((state.left().unwrap().blobs, state.left().unwrap().due), (1, 1));
}

#[test]
fn a_state_of_an_older_form_is_brought_up_and_keeps_what_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    let old = Connection::open(&path).unwrap();
    old.execute_batch(schema::STEPS[0]).unwrap();
    old.pragma_update(None, "user_version", 1).unwrap();
    let report = serde_json::to_vec(&tightlip_report::Report::default()).unwrap();
    old.execute(
        "INSERT INTO image (id, repository, digest, reference, attached, problems, manifests, first_seen, last_run,
            setting, state, lacks, verdict, report)
        VALUES (1, 'r.example/app', $1, 'r.example/app:1', '[]', '[]', '[]', 0, 1, 'setting', 'done', 0, 'clean', $2)",
        rusqlite::params![digest(0).to_string(), zstd::encode_all(report.as_slice(), 3).unwrap()],
    )
    .unwrap();
    drop(old);
    let state = Sqlite::work(&path, "setting").unwrap();
    assert_eq!(state.image_numbered(1).unwrap().seen.root.digest, digest(0));
    assert_eq!(state.unjudged("none", 10).unwrap().len(), 1, "no policy has seen it yet");
    let policy = tightlip_engine::policy::Policy::new(Vec::new(), tightlip_report::Date::of_seconds(0));
    crate::judge(&state, &policy).unwrap();
    assert_eq!(state.unjudged("none", 10).unwrap().len(), 0);
    assert_eq!(
        crate::verdict(&state, tightlip_report::Level::Deny).unwrap(),
        tightlip_report::Verdict::Clean
    );
}
