//! Registries that keep their list to themselves, and the interfaces of their providers.

use std::time::{Duration, Instant};

use base64::Engine as _;
use tightlip_fleet::{ListBy, Sweep};
use tightlip_report::Verdict;
use tightlip_testkit::{At, Bundle, Fault, Habits, ImageBuilder, Lists, Provider, Shape, Wrong};

use crate::desk::Desk;

/// The names of the interfaces, with their shapes.
const SHAPES: &[(&str, Shape)] = &[
    ("docker-hub", Shape::DockerHub),
    ("github", Shape::GitHub),
    ("gitlab", Shape::GitLab),
    ("harbor", Shape::Harbor),
    ("quay", Shape::Quay),
];
/// As a user of Quay who logged in with a token; elsewhere any user.
const LOGIN: (&str, &str) = ("$oauthtoken", "word of the user");
const NAMES: &[&str] = &["team/app", "team/web", "team/deep/er", "team/zoo", "other/app"];
const PRIVATE: &str = "!team/private";

/// A registry that lists tags only, with an image in each repository, and the interface of its provider.
fn filled(shape: Shape) -> (Desk, Provider) {
    let desk = Desk::new(Habits { lists: Lists::Tags, ..Habits::default() });
    let names: Vec<&str> = NAMES.iter().copied().chain([PRIVATE]).collect();
    for name in &names {
        let image = ImageBuilder::new().file("a", *name).build();
        desk.registry.push(name.trim_start_matches('!'), "1", &Bundle::of(image));
    }
    let password = LOGIN.1.replace(' ', "-");
    (desk, Provider::start(shape, &names, (LOGIN.0, &password)))
}

/// A sweep below a name, by an interface, as a user or as nobody.
fn wanted(desk: &Desk, (word, provider): (&str, &Provider), below: &str, user: Option<&str>) -> Sweep {
    let mut wanted = desk.wanted();
    wanted.wanted.prefix = Some(below.to_owned());
    wanted.wanted.list_by = ListBy::parse(&format!("{word}={}", provider.url()));
    if let Some(user) = user {
        let auth = format!("{user}:{}", LOGIN.1.replace(' ', "-"));
        let auth = base64::engine::general_purpose::STANDARD.encode(auth);
        let config = serde_json::json!({"auths": {desk.registry.host(): {"auth": auth}}});
        let file = desk.folder.path().join("login.json");
        std::fs::write(&file, config.to_string()).unwrap();
        wanted.wanted.options.registry.credentials.files = vec![file];
    }
    wanted
}

fn swept(desk: &Desk) -> Vec<String> {
    let host = desk.registry.host();
    let name = |image: serde_json::Value| image["image"].as_str().unwrap().replace(&format!("{host}/"), "");
    let mut names: Vec<String> = desk.images().into_iter().map(name).collect();
    names.sort();
    names
}

#[test]
fn every_page_of_a_namespace_is_read_as_who_is_logged_in() {
    for (word, shape) in SHAPES {
        let (desk, provider) = filled(*shape);
        desk.try_sweep(&wanted(&desk, (word, &provider), "team", Some(LOGIN.0))).unwrap();
        let expected = ["team/app:1", "team/deep/er:1", "team/private:1", "team/web:1", "team/zoo:1"];
        assert_eq!(swept(&desk), expected, "{word}");
        assert_eq!(desk.verdict(), Verdict::Clean, "{word}: {:#}", desk.ask("report", "").unwrap());
        assert!(provider.asked().len() >= 3, "{word}: {:?}", provider.asked());
    }
}

#[test]
fn who_is_not_logged_in_sees_what_is_public() {
    for (word, shape) in SHAPES {
        let (desk, provider) = filled(*shape);
        let told = desk.try_sweep(&wanted(&desk, (word, &provider), "team", None));
        if *shape == Shape::GitHub {
            let error = told.err().unwrap();
            assert!(error.to_string().contains("read:packages"), "{error}");
            assert!(error.help().unwrap().contains("docker login"), "{error}");
            continue;
        }
        told.unwrap();
        assert_eq!(swept(&desk), ["team/app:1", "team/deep/er:1", "team/web:1", "team/zoo:1"], "{word}");
        assert_eq!(desk.verdict(), Verdict::Clean, "{word}");
    }
}

#[test]
fn a_login_that_the_interface_does_not_take_leaves_nothing_proven() {
    let (desk, provider) = filled(Shape::Quay);
    desk.try_sweep(&wanted(&desk, ("quay", &provider), "team", Some("team+robot"))).unwrap();
    assert_eq!((swept(&desk).len(), desk.verdict()), (4, Verdict::Unproven));
    let report = desk.ask("report", "").unwrap();
    assert!(report["unread"][0]["why"].as_str().unwrap().contains("$oauthtoken"), "{report:#}");
    for (word, shape) in [("harbor", Shape::Harbor), ("docker-hub", Shape::DockerHub)] {
        let (desk, provider) = filled(shape);
        let refused = desk.try_sweep(&wanted(&desk, (word, &provider), "team", Some("somebody-else")));
        let error = refused.err().unwrap();
        assert!(error.to_string().contains("/team"), "{word}: {error}");
        assert!(error.help().unwrap().contains("log in again"), "{word}: {:?}", error.help());
        assert!(!format!("{error} {:?}", error.help()).contains("word-of"), "no message holds a password");
    }
}

#[test]
fn a_list_that_breaks_off_is_swept_as_far_as_it_came_and_told() {
    for (word, shape) in SHAPES {
        let (desk, provider) = filled(*shape);
        // The first page comes, the second never.
        let _ = desk.try_sweep(&wanted(&desk, (word, &provider), "nothing", Some(LOGIN.0)));
        let (desk, provider) = filled(*shape);
        provider.fault(Fault::times(At::Lists, Wrong::Later(Duration::ZERO), 1));
        desk.try_sweep(&wanted(&desk, (word, &provider), "team", Some(LOGIN.0))).unwrap();
        assert_eq!((swept(&desk).len(), desk.verdict()), (5, Verdict::Clean), "{word}");
    }
    let (desk, provider) = filled(Shape::Harbor);
    provider.fault(Fault::from(1, At::Lists, Wrong::Status(500, None)));
    desk.try_sweep(&wanted(&desk, ("harbor", &provider), "team", Some(LOGIN.0))).unwrap();
    assert_eq!((swept(&desk).len(), desk.verdict()), (2, Verdict::Unproven));
    let report = desk.ask("report", "").unwrap();
    assert!(report["unread"][0]["what"].as_str().unwrap().ends_with("/team"), "{report:#}");
}

#[test]
fn an_interface_that_wants_to_be_left_alone_is() {
    let (desk, provider) = filled(Shape::GitLab);
    provider.fault(Fault::times(At::Lists, Wrong::Later(Duration::from_secs(2)), 1));
    let begin = Instant::now();
    desk.try_sweep(&wanted(&desk, ("gitlab", &provider), "team", None)).unwrap();
    assert!(begin.elapsed() >= Duration::from_millis(900), "{:?}", begin.elapsed());
    assert_eq!((swept(&desk).len(), desk.verdict()), (4, Verdict::Clean));
}

#[test]
fn users_projects_and_single_repositories_are_namespaces_too() {
    let users = &["user-one/app", "user-one/web"];
    let desk = Desk::new(Habits { lists: Lists::Tags, ..Habits::default() });
    for name in users.iter().chain(&["team/web"]) {
        desk.registry.push(name, "1", &Bundle::of(ImageBuilder::new().file("a", *name).build()));
    }
    let password = LOGIN.1.replace(' ', "-");
    let provider = Provider::start(Shape::GitHub, users, (LOGIN.0, &password));
    desk.try_sweep(&wanted(&desk, ("github", &provider), "user-one", Some(LOGIN.0))).unwrap();
    assert_eq!(swept(&desk), ["user-one/app:1", "user-one/web:1"]);
    // Below a name of two parts GitLab has a project, and below that the images of it.
    for (below, expected) in [
        ("team/deep", &["team/deep/er:1"][..]),
        ("team/deep/er", &["team/deep/er:1"]),
        ("team/web", &["team/web:1"]),
    ] {
        let (desk, provider) = filled(Shape::GitLab);
        desk.try_sweep(&wanted(&desk, ("gitlab", &provider), below, None)).unwrap();
        assert_eq!(swept(&desk), expected, "{below}");
    }
}

#[test]
fn the_login_goes_to_the_interface_and_to_nobody_else() {
    for (word, shape) in SHAPES {
        let (desk, provider) = filled(*shape);
        let elsewhere = Provider::start(*shape, &["team/app"], LOGIN);
        provider.fault(Fault::times(At::Lists, Wrong::Elsewhere(elsewhere.url()), 1));
        let _ = desk.try_sweep(&wanted(&desk, (word, &provider), "team", Some(LOGIN.0)));
        assert!(elsewhere.asked().iter().all(|asked| asked.authorization.is_none()), "{word}");
        assert!(!elsewhere.asked().is_empty(), "{word}");
    }
}
