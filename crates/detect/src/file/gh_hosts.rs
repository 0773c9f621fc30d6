//! The logins of GitHub's and GitLab's command line tools: `gh/hosts.yml`, `hub`, `glab-cli/config.yml`.

use super::judge::lies_at;
use crate::context::judge::credential;
use crate::read::{Part, yaml};
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "forge-cli-token",
    "Token of a forge's command line tool",
    "Whoever holds it acts on the forge as the person who logged in.",
)
.of("GitHub")
.rotate("https://github.com/settings/applications")
.source("https://cli.github.com/manual/gh_auth_login");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "gh-hosts",
    rules: &[&RULE],
    wants: |hint| lies_at(hint, &["gh/hosts.yml", ".config/hub", "glab-cli/config.yml"]),
    keywords: &["token"],
    find,
    hits: &[Example {
        path: "root/.config/gh/hosts.yml",
        text: "github.com:\n    user: bob\n    oauth_token: {base62:40}\n",
        rule: "forge-cli-token",
    }],
    misses: &[Example {
        path: "root/.config/gh/hosts.yml",
        text: "github.com:\n    user: bob\n    git_protocol: https\n    oauth_token: \n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    yaml::leaves(Part::of(text.bytes), &mut |leaf| {
        if [&b"oauth_token"[..], b"token"].contains(&leaf.key()) {
            credential(&RULE, leaf.value, "token").into_iter().for_each(&mut *out);
        }
    });
}
