//! Which images are swept.

use tightlip_fleet::Names;
use tightlip_report::Verdict;
use tightlip_testkit::{At, Bundle, Fault, Habits, ImageBuilder, Lists, Wrong};

use crate::desk::Desk;

fn filled(habits: Habits) -> Desk {
    let desk = Desk::new(habits);
    for name in ["team/app", "team/web", "team/web/admin", "other"] {
        for tag in ["1", "2", "nightly-1"] {
            let image = ImageBuilder::new().file("a", format!("{name} {tag}")).build();
            desk.registry.push(name, tag, &Bundle::of(image));
        }
    }
    desk
}

fn names(desk: &Desk) -> Vec<String> {
    let host = desk.registry.host();
    let name = |image: serde_json::Value| image["image"].as_str().unwrap().replace(&format!("{host}/"), "");
    desk.images().into_iter().map(name).collect()
}

#[test]
fn every_page_of_every_list_is_read() {
    let desk = filled(Habits { lists: Lists::Paged(1), ..Habits::default() });
    desk.sweep();
    assert_eq!(names(&desk).len(), 12);
    assert_eq!(desk.verdict(), Verdict::Clean);
}

#[test]
fn patterns_and_prefixes_choose() {
    let desk = filled(Habits::default());
    let mut wanted = desk.wanted();
    wanted.wanted.prefix = Some("team/web".to_owned());
    wanted.wanted.names = Names::new(&[], &["*:nightly-*".to_owned()]).unwrap();
    desk.try_sweep(&wanted).unwrap();
    let mut chosen = names(&desk);
    chosen.sort();
    assert_eq!(chosen, ["team/web/admin:1", "team/web/admin:2", "team/web:1", "team/web:2"]);
}

#[test]
fn a_registry_that_keeps_its_list_is_told_so_and_swept_by_names() {
    let desk = filled(Habits { lists: Lists::Tags, ..Habits::default() });
    let closed = desk.try_sweep(&desk.wanted()).err().unwrap();
    assert!(closed.to_string().contains("does not list its repositories"), "{closed}");
    assert!(closed.to_string().contains("wants a login for its list of repositories"), "{closed}");
    assert!(closed.help().unwrap().contains("--file"));
    let mut wanted = desk.wanted();
    wanted.wanted.listed = Some("# ours\nteam/app\nother:1\n".to_owned());
    desk.try_sweep(&wanted).unwrap();
    assert_eq!(names(&desk), ["other:1", "team/app:1", "team/app:2", "team/app:nightly-1"]);
    let mut wanted = desk.wanted();
    wanted.wanted.prefix = Some("team/web".to_owned());
    desk.try_sweep(&wanted).unwrap();
    assert!(names(&desk).contains(&"team/web:1".to_owned()));
}

#[test]
fn what_cannot_be_listed_is_told_and_leaves_nothing_proven() {
    let desk = filled(Habits::default());
    let mut wanted = desk.wanted();
    wanted.wanted.listed = Some("team/app\nnot/there\n".to_owned());
    desk.try_sweep(&wanted).unwrap();
    assert_eq!(names(&desk).len(), 3);
    assert_eq!(desk.verdict(), Verdict::Unproven);
    let report = desk.ask("report", "").unwrap();
    assert!(report["unread"][0]["what"].as_str().unwrap().ends_with("not/there"), "{report:#}");
}

#[test]
fn patterns_that_leave_nothing_leave_nothing_proven() {
    for prefix in [None, Some("team".to_owned())] {
        let desk = filled(Habits::default());
        let mut wanted = desk.wanted();
        wanted.wanted.prefix = prefix;
        wanted.wanted.names = Names::new(&[], &["*".to_owned()]).unwrap();
        desk.try_sweep(&wanted).unwrap();
        assert_eq!((names(&desk).len(), desk.verdict()), (0, Verdict::Unproven));
    }
}

#[test]
fn what_is_not_read_of_an_image_stands_in_the_overview() {
    let desk = Desk::new(Habits::default());
    for name in ["a", "b"] {
        let image = ImageBuilder::new().file("a", "x".repeat(5000)).build();
        let cut = image.with_blob(0, |blob| blob[..blob.len() - 20].to_vec());
        desk.registry.push(name, "1", &Bundle::of(cut));
    }
    desk.sweep();
    let report = desk.ask("report", "").unwrap();
    let told = (report["unread"][0]["what"].as_str().unwrap(), report["unread"][0]["why"].as_str().unwrap());
    assert!(told.0.ends_with("/a:1 and 1 other image") && told.1.starts_with("truncated: "), "{report:#}");
}

#[test]
fn a_registry_that_wants_to_be_left_alone_is() {
    let desk = filled(Habits::default());
    for at in [At::Lists, At::Manifests, At::Blobs] {
        desk.registry.fault(Fault::times(at, Wrong::Status(429, Some(1)), 2));
    }
    let begin = std::time::Instant::now();
    desk.sweep();
    assert!(begin.elapsed() >= std::time::Duration::from_secs(2), "{:?}", begin.elapsed());
    assert_eq!((names(&desk).len(), desk.verdict()), (12, Verdict::Clean));
}

#[test]
fn a_list_that_breaks_off_is_swept_as_far_as_it_came_and_told() {
    let desk = filled(Habits { lists: Lists::Paged(2), ..Habits::default() });
    desk.registry.fault(Fault::from(1, At::Catalog, Wrong::Status(500, None)));
    desk.sweep();
    assert_eq!((names(&desk).len(), desk.verdict()), (6, Verdict::Unproven));
    let report = desk.ask("report", "").unwrap();
    assert_eq!(report["unread"][0]["what"], desk.registry.host(), "{report:#}");
}

#[test]
fn a_registry_that_names_a_moment_is_left_alone_until_then() {
    let desk = filled(Habits::default());
    desk.registry.fault(Fault::times(At::Blobs, Wrong::Later(std::time::Duration::from_secs(2)), 1));
    let begin = std::time::Instant::now();
    desk.sweep();
    assert!(begin.elapsed() >= std::time::Duration::from_millis(900), "{:?}", begin.elapsed());
    assert_eq!((names(&desk).len(), desk.verdict()), (12, Verdict::Clean));
}

#[test]
fn public_registries_are_not_listed_as_a_whole() {
    let desk = Desk::new(Habits::default());
    for host in ["docker.io", "ghcr.io", "quay.io", "registry.gitlab.com"] {
        let mut wanted = desk.wanted();
        wanted.wanted.host = host.to_owned();
        let error = desk.try_sweep(&wanted).err().unwrap();
        assert_eq!(error.to_string(), format!("{host} cannot be listed as a whole"));
        assert!(error.help().unwrap().contains(&format!("tightlip sweep {host}/NAME")), "{:?}", error.help());
    }
}
