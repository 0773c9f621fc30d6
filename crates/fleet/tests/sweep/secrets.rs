//! Nothing that a sweep keeps or says holds a secret.

use tightlip_fleet::{ANSWERS, Ask, FORMATS, Sqlite};
use tightlip_report::Level;
use tightlip_testkit::{Bundle, Canary, Habits, ImageBuilder, Referrers};

use crate::common::plants::{By, ROWS, WEAK};
use crate::common::{file, token};
use crate::desk::{Desk, no_policy};

/// The bytes of every file of the state.
fn raw(desk: &Desk) -> Vec<(String, Vec<u8>)> {
    let files = std::fs::read_dir(desk.folder.path()).unwrap();
    let read = |entry: std::fs::DirEntry| {
        (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).unwrap())
    };
    files.map(|entry| read(entry.unwrap())).collect()
}

#[test]
fn no_file_of_the_state_and_no_answer_holds_a_value() {
    let desk = Desk::new(Habits { referrers: Referrers::Listed(10), ..Habits::default() });
    let mut canaries = vec![Canary::of(WEAK)];
    for (number, row) in ROWS.iter().enumerate() {
        let value = token(1000 + number as u64);
        desk.registry.push(&format!("row-{number}"), "1", &(row.plant)(&value));
        canaries.push(Canary::new(1000 + number as u64));
        if row.by == By::Name {
            desk.registry.push(&format!("row-{number}"), "2", &(row.plant)(WEAK));
        }
    }
    // Known only by the file, and written plainly where nothing says what it is.
    let hidden = ImageBuilder::new()
        .step(
            &format!("RUN use {WEAK}"),
            file(&format!("opt/{WEAK}"), "x").file("a.env", format!("API_KEY={WEAK}\n")),
        )
        .label("note", WEAK)
        .annotation("note", WEAK)
        .build();
    desk.registry.push("hidden", "1", &Bundle::of(hidden));
    desk.sweep();
    let state = Sqlite::read(&desk.state()).unwrap();
    let mut texts = raw(&desk);
    let leaks = desk.ask("leaks", "").unwrap();
    for answer in ANSWERS {
        let subject = match answer.subject {
            None => String::new(),
            Some("DIGEST") => desk.registry.blobs()[0].clone(),
            Some("IDENTITY") => leaks["leaks"][0]["identity"].as_str().unwrap().to_owned(),
            Some(_) => "7d".to_owned(),
        };
        let ask = Ask { subject, counts: Level::Note, now: 1, policy: no_policy() };
        let Ok(sheet) = answer.of(&state, &ask) else { continue };
        for format in FORMATS {
            let mut out = Vec::new();
            (format.write)(&sheet, &mut out).unwrap();
            texts.push((format!("{} {}", answer.name, format.name), out));
        }
    }
    assert!(texts.len() > ANSWERS.len() * FORMATS.len() / 2 + 1);
    for (name, bytes) in texts {
        let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        for canary in &canaries {
            assert_eq!(canary.seen_in(&text), [] as [&str; 0], "{name}");
        }
    }
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_the_state() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new(Habits::default());
    desk.registry.push("a", "1", &Bundle::of(ImageBuilder::new().file("a", "b").build()));
    desk.sweep();
    assert_eq!(std::fs::metadata(desk.state()).unwrap().permissions().mode() & 0o077, 0);
}

#[test]
fn two_sweeps_do_not_work_with_one_state() {
    let desk = Desk::new(Habits::default());
    let first = Sqlite::work(&desk.state(), "setting").unwrap();
    let busy = desk.try_sweep(&desk.wanted()).err().unwrap();
    assert!(busy.to_string().contains("another sweep is at work") && busy.help().is_some(), "{busy}");
    drop(first);
    assert!(desk.try_sweep(&desk.wanted()).is_ok());
}
