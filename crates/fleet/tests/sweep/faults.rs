//! A registry that fails, and images that are made to do harm.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine as _;
use tightlip_fleet::{Event, Watch};
use tightlip_report::Verdict;
use tightlip_testkit::{At, Bundle, Canary, Fault, Habits, ImageBuilder, Login, Wrong};

use crate::common::token;
use crate::desk::{Desk, Notes};

/// Five images, each with a layer of its own, one of them leaking. Gives the digest of a layer of the third.
fn fill(desk: &Desk) -> String {
    let mut digest = String::new();
    for number in 0..5 {
        let noise: String =
            (0..400).map(|line| Canary::new(number * 1000 + line).text().to_lowercase() + "\n").collect();
        let mut image = ImageBuilder::new().file("app/noise", noise);
        if number == 1 {
            image = image.env("API_TOKEN", &token(1));
        }
        let image = image.build();
        if number == 2 {
            digest = image.layers[0].digest.clone();
        }
        desk.registry.push(&format!("app-{number}"), "1", &Bundle::of(image));
    }
    digest
}

#[test]
fn what_fails_for_a_while_is_read_all_the_same() {
    for wrong in [
        Wrong::Status(503, None),
        Wrong::Cut(100),
        Wrong::Stall(100),
        Wrong::Trickle(64, Duration::from_millis(5)),
        Wrong::Flipped,
        Wrong::Shortened(10),
    ] {
        let desk = Desk::new(Habits::default());
        let digest = fill(&desk);
        desk.registry.fault(Fault::times(At::Digest(digest), wrong.clone(), 2));
        desk.sweep();
        assert_eq!(desk.image("app-2:1")["verdict"], "clean", "{wrong:?}");
        assert_eq!(desk.verdict(), Verdict::Leaking);
    }
}

#[test]
fn what_fails_always_is_set_aside_and_stops_nothing() {
    let desk = Desk::new(Habits::default());
    let digest = fill(&desk);
    desk.registry.fault(Fault::times(At::Digest(digest.clone()), Wrong::Status(500, None), 9));
    desk.sweep();
    let verdicts: Vec<String> =
        (0..5).map(|n| desk.image(&format!("app-{n}:1"))["verdict"].as_str().unwrap().to_owned()).collect();
    assert_eq!(verdicts, ["clean", "leaking", "unproven", "clean", "clean"]);
    let report = desk.ask("report", "").unwrap();
    let unread = report["unread"].as_array().unwrap();
    assert!(unread.iter().any(|row| row["what"] == digest.as_str()), "{report:#}");
    // The fault has passed: the next run reads what was set aside, and only that.
    let before = desk.registry.asked().len();
    desk.sweep();
    assert_eq!(desk.blob_reads(before), [digest]);
    assert_eq!(desk.image("app-2:1")["verdict"], "clean");
}

#[test]
fn another_blob_than_the_one_that_was_asked_for_is_never_clean() {
    let desk = Desk::new(Habits::default());
    let digest = fill(&desk);
    desk.registry.fault(Fault::always(At::Digest(digest), Wrong::Flipped));
    desk.sweep();
    assert_eq!(desk.image("app-2:1")["verdict"], "unproven");
}

#[test]
fn a_manifest_that_cannot_be_had_is_told_and_stops_nothing() {
    let desk = Desk::new(Habits::default());
    fill(&desk);
    let digest = desk.registry.push("broken", "1", &Bundle::of(ImageBuilder::new().file("x", "y").build()));
    desk.registry.fault(Fault::always(At::Digest(digest), Wrong::Status(500, None)));
    desk.sweep();
    let report = desk.ask("report", "").unwrap();
    let place = desk.registry.name("broken:1");
    assert!(
        report["unread"].as_array().unwrap().iter().any(|row| row["what"] == place.as_str()),
        "{report:#}"
    );
    assert_eq!(desk.images().len(), 5);
}

#[test]
fn a_hostile_image_stops_nothing() {
    let desk = Desk::new(Habits::default());
    fill(&desk);
    let bomb = ImageBuilder::new().file("zeros", vec![0_u8; 30 << 20]).build();
    let nested = {
        let mut text = b"[".repeat(200_000);
        text.extend(b"]".repeat(200_000));
        ImageBuilder::new().build().with_config(|_| text)
    };
    let circle = serde_json::json!({"schemaVersion": 2, "manifests": [{"digest": "nonsense", "size": -1}]});
    desk.registry.push("bomb", "1", &Bundle::of(bomb));
    desk.registry.push("nested", "1", &Bundle::of(nested));
    desk.registry.push_manifest("circle", Some("1"), circle.to_string().into_bytes());
    desk.registry.push_manifest("none", Some("1"), b"this is no manifest".to_vec());
    desk.sweep();
    assert_eq!(desk.image("app-1:1")["verdict"], "leaking");
    assert_eq!(desk.image("app-2:1")["verdict"], "clean");
    assert_eq!(desk.image("bomb:1")["verdict"], "clean");
    for name in ["nested:1", "circle:1", "none:1"] {
        assert_eq!(desk.image(name)["verdict"], "unproven", "{name}");
    }
}

/// Panics while a large blob comes, as a decoder with a fault in it would.
struct Trap {
    notes: Notes,
    /// How often it does.
    left: AtomicUsize,
}

impl Watch for Trap {
    fn tell(&self, event: &Event) {
        self.notes.tell(event);
    }

    fn bytes(&self, bytes: u64) {
        let one_less = |left: usize| left.checked_sub(1);
        if bytes > 30_000 && self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok() {
            panic!("a fault in the program");
        }
    }
}

/// Five images and one with a large layer, which is trapped so many times.
fn trapped(times: usize) -> (Desk, Trap) {
    let desk = Desk::new(Habits::default());
    fill(&desk);
    let noise: String = (0..20_000).map(|line| format!("{:x}\n", line * 2_654_435_761_u64)).collect();
    desk.registry.push("large", "1", &Bundle::of(ImageBuilder::new().file("noise", noise).build()));
    let trap = Trap { notes: Notes::default(), left: AtomicUsize::new(times) };
    tightlip_fleet::sweep(&desk.wanted(), &trap).unwrap();
    (desk, trap)
}

#[test]
fn a_fault_of_the_program_stops_one_blob_and_no_other() {
    let (desk, trap) = trapped(usize::MAX);
    let verdicts: Vec<String> =
        (0..5).map(|n| desk.image(&format!("app-{n}:1"))["verdict"].as_str().unwrap().to_owned()).collect();
    assert_eq!(verdicts, ["clean", "leaking", "clean", "clean", "clean"]);
    let image = desk.image("large:1");
    assert_eq!((&image["verdict"], image["gaps"].as_u64()), (&"unproven".into(), Some(1)), "{image:#}");
    assert!(image["gaps_in_full"][0]["reason"].as_str().unwrap().contains("this is a bug"), "{image:#}");
    let failed = |event: &&Event| matches!(event, Event::Failed { reason, .. } if reason.contains("a bug"));
    let events = trap.notes.events.lock().unwrap();
    assert_eq!(events.iter().filter(failed).count(), 3, "it is tried three times");
    // The program was mended meanwhile.
    drop(events);
    desk.sweep();
    assert_eq!(desk.image("large:1")["verdict"], "clean");
}

#[test]
fn a_fault_of_the_program_that_passes_leaves_nothing_behind() {
    let (desk, _) = trapped(2);
    assert_eq!(desk.image("large:1")["verdict"], "clean");
}

#[test]
fn tokens_that_expire_in_between_are_fetched_anew() {
    let desk = Desk::new(Habits { login: Login::Token, ..Habits::default() });
    fill(&desk);
    for at in [At::Manifests, At::Blobs, At::Lists] {
        desk.registry.fault(Fault::times(at, Wrong::Expired, 1));
    }
    desk.sweep();
    assert_eq!((desk.images().len(), desk.verdict()), (5, Verdict::Leaking));
    let unproven = desk.images().iter().filter(|image| image["verdict"] == "unproven").count();
    assert_eq!(unproven, 0, "{:#}", desk.ask("report", "").unwrap());
}

#[test]
fn blobs_that_lie_elsewhere_are_read_there_without_the_login() {
    let (user, password) = ("user".to_owned(), token(7));
    let desk = Desk::new(Habits { login: Login::Basic(user.clone(), password.clone()), ..Habits::default() });
    fill(&desk);
    let elsewhere = desk.registry.elsewhere();
    desk.registry.fault(Fault::always(At::Blobs, Wrong::Elsewhere(elsewhere.url())));
    let auth = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
    let config = serde_json::json!({"auths": {desk.registry.host(): {"auth": auth}}});
    let file = desk.folder.path().join("login.json");
    std::fs::write(&file, config.to_string()).unwrap();
    let mut wanted = desk.wanted();
    wanted.wanted.options.registry.credentials.files = vec![file];
    desk.try_sweep(&wanted).unwrap();
    assert_eq!((desk.images().len(), desk.verdict()), (5, Verdict::Leaking));
    let mut read: Vec<String> = elsewhere
        .asked()
        .iter()
        .filter_map(|asked| asked.path.rsplit('/').next().map(str::to_owned))
        .collect();
    read.sort();
    assert_eq!(read, desk.registry.blobs(), "each once");
    assert!(elsewhere.asked().iter().all(|asked| asked.authorization.is_none()));
    let state = std::fs::read(desk.state()).unwrap();
    assert!(!state.windows(password.len()).any(|window| window == password.as_bytes()));
}

#[test]
fn a_page_in_the_place_of_a_list_is_no_list() {
    let desk = Desk::new(Habits::default());
    fill(&desk);
    desk.registry.fault(Fault::always(At::Lists, Wrong::Html));
    let error = desk.try_sweep(&desk.wanted()).err().unwrap();
    assert!(error.to_string().contains("a list that is none"), "{error}");
}
