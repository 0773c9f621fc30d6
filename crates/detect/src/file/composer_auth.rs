//! Composer's `auth.json`: tokens and passwords of package sources.

use super::judge::is_called;
use crate::context::judge::credential;
use crate::read::json;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "composer-auth",
    "Composer credential",
    "Whoever holds it can read the private package sources, and often more.",
)
.of("Composer")
.source("https://getcomposer.org/doc/articles/authentication-for-private-packages.md");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "composer-auth",
    rules: &[&RULE],
    wants: |hint| is_called(hint, &["auth.json", "composer.json", "config.json"]),
    keywords: &["-oauth\"", "http-basic", "gitlab-token", "\"bearer\"", "bitbucket-oauth"],
    find,
    hits: &[
        Example {
            path: "root/.composer/auth.json",
            text: r#"{"http-basic": {"repo.example": {"username": "bob", "password": "{base62:20}"}}}"#,
            rule: "composer-auth",
        },
        Example {
            path: "app/auth.json",
            text: r#"{"github-oauth": {"github.com": "{base62:40}"}}"#,
            rule: "composer-auth",
        },
    ],
    misses: &[Example {
        path: "app/auth.json",
        text: r#"{"github-oauth": {}, "http-basic": {"h": {"username": "bob"}}}"#,
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    json::leaves(text.bytes, &mut |leaf| {
        let password = leaf.ends(&["http-basic", "*", "password"])
            || leaf.ends(&["bitbucket-oauth", "*", "consumer-secret"]);
        let token = ["github-oauth", "gitlab-oauth", "gitlab-token", "bearer"]
            .iter()
            .any(|kind| leaf.ends(&[kind, "*"]) || leaf.ends(&[kind, "*", "token"]));
        if password || token {
            credential(&RULE, leaf.value, "package source credential").into_iter().for_each(&mut *out);
        }
    });
}
