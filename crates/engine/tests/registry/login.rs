//! Private registries: whose login is used, and what is said when it does not do.

#![expect(clippy::unwrap_used, reason = "a file in a folder of our own can be written")]

use std::path::Path;

use serde_json::{Value, json};
use tightlip_engine::Request;
use tightlip_testkit::{Bundle, Habits, Login, Registry};

use crate::common::{gaps, scan_bundle};
use crate::support::{hasty, image, registry_with, story, try_scan};

const USER: &str = "robot";

fn registry(login: Login) -> Registry {
    registry_with(Habits { login, ..Habits::default() }, &Bundle::of(image()))
}

/// A request that knows one file of credentials.
fn logged_in(registry: &Registry, folder: &Path, config: &Value) -> Request {
    let file = folder.join("config.json");
    std::fs::write(&file, config.to_string()).unwrap();
    let mut request = hasty(&registry.name("app:1"));
    request.sources.registry.credentials.files = vec![file];
    request.sources.registry.credentials.programs = vec![folder.to_owned()];
    request
}

fn entry(registry: &Registry, password: &str) -> Value {
    json!({"auths": {registry.host(): {"username": USER, "password": password}}})
}

/// A password that no output may hold.
fn password() -> String {
    format!("pass{}", 7_u32.pow(9))
}

#[test]
fn the_login_of_docker_opens_a_private_registry() {
    let folder = tempfile::tempdir().unwrap();
    let (user, word) = (USER.to_owned(), password());
    for login in [Login::Basic(user.clone(), word.clone()), Login::TokenFor(user.clone(), word.clone())] {
        let registry = registry(login.clone());
        let report = try_scan(&logged_in(&registry, folder.path(), &entry(&registry, &word))).unwrap();
        assert_eq!(story(&report), story(&scan_bundle(&Bundle::of(image()))), "{login:?}");
        assert_eq!(gaps(&report), [""; 0]);
        assert!(report.findings.iter().any(|f| f.recover.starts_with("crane blob ")), "{login:?}");
        assert!(!format!("{report:?}").contains(&word));
    }
}

#[test]
fn an_identity_token_buys_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let registry = registry(Login::TokenOf("refresh-me".to_owned()));
    let config = json!({"auths": {registry.host(): {"identitytoken": "refresh-me"}}});
    assert!(try_scan(&logged_in(&registry, folder.path(), &config)).is_ok());
}

#[cfg(unix)]
#[test]
fn a_credential_helper_is_asked() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let registry = registry(Login::TokenFor(USER.to_owned(), password()));
    let script = format!("#!/bin/sh\necho '{{\"Username\":\"{USER}\",\"Secret\":\"{}\"}}'\n", password());
    let path = folder.path().join("docker-credential-mine");
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    for config in [json!({"credsStore": "mine"}), json!({"credHelpers": {registry.host(): "mine"}})] {
        assert!(try_scan(&logged_in(&registry, folder.path(), &config)).is_ok(), "{config}");
    }
}

#[test]
fn without_a_login_the_registry_is_asked_once_and_the_help_says_how_to_log_in() {
    let (user, word) = (USER.to_owned(), password());
    for login in [Login::Basic(user.clone(), word.clone()), Login::TokenFor(user.clone(), word.clone())] {
        let registry = registry(login);
        let error = try_scan(&hasty(&registry.name("app:1"))).unwrap_err();
        assert!(error.to_string().contains("wants a login"), "{error}");
        assert!(error.help().unwrap().contains(&format!("docker login {}", registry.host())));
    }
}

#[test]
fn a_login_that_is_refused_is_named_by_its_file_and_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let (user, word) = (USER.to_owned(), password());
    for login in [Login::Basic(user.clone(), "other".into()), Login::TokenFor(user.clone(), "other".into())] {
        let registry = registry(login);
        let error = try_scan(&logged_in(&registry, folder.path(), &entry(&registry, &word))).unwrap_err();
        let told = format!("{error} {error:?} {}", error.help().unwrap());
        assert!(told.contains("wants a login") && told.contains("config.json"), "{told}");
        assert!(!told.contains(&word), "{told}");
        assert!(registry.asked().len() < 10, "{:?}", registry.asked());
    }
}

#[test]
fn a_login_for_another_registry_stays_at_home() {
    let folder = tempfile::tempdir().unwrap();
    let registry = registry(Login::Token);
    let config = json!({"auths": {"ghcr.io": {"username": USER, "password": password()}}});
    assert!(try_scan(&logged_in(&registry, folder.path(), &config)).is_ok());
    assert!(
        registry
            .asked()
            .iter()
            .all(|asked| { asked.authorization.as_deref().is_none_or(|value| value.starts_with("Bearer ")) })
    );
}
