//! Passwords of Squid: of its parents in `cache_peer … login=user:password`, of its manager in `cachemgr_passwd`.

use super::judge::{is_called, lies_in};
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "squid-password",
    "Password of a proxy",
    "Whoever holds it can use the proxy above this one, or rule this one.",
)
.of("Squid")
.source("http://www.squid-cache.org/Doc/config/cache_peer/");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "squid",
    rules: &[&RULE],
    wants: |hint| {
        is_called(hint, &["squid.conf"]) || lies_in(hint, "squid/") && hint.file_name().ends_with(b".conf")
    },
    keywords: &["login=", "cachemgr_passwd"],
    find,
    hits: &[
        Example {
            path: "etc/squid/squid.conf",
            text: "cache_peer up.acme.net parent 8080 0 no-query login=bob:otter-lamp\n",
            rule: "squid-password",
        },
        Example {
            path: "etc/squid/squid.conf",
            text: "cachemgr_passwd otter-lamp all\n",
            rule: "squid-password",
        },
    ],
    misses: &[Example {
        path: "etc/squid/squid.conf",
        text: "cache_peer a parent 8080 0 login=PASS\ncache_peer a parent 8080 0 login=NEGOTIATE:bob\ncachemgr_passwd disable shutdown\ncachemgr_passwd none menu\n# cachemgr_passwd otter-lamp all\n#cache_peer a parent 8080 0 login=bob:otter-lamp\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for line in Part::of(text.bytes).lines().map(|line| line.trim()) {
        let value =
            line.strip("cachemgr_passwd ").and_then(|rest| rest.words().next()).or_else(|| login(line));
        let value = value.filter(|value| !value.is("disable") && !value.is("none"));
        value.and_then(|value| credential(&RULE, value, "password")).into_iter().for_each(&mut *out);
    }
}

fn login(line: Part<'_>) -> Option<Part<'_>> {
    let mut words = line.strip("cache_peer ")?.words();
    let (user, password) = words.find_map(|word| word.strip("login="))?.cut(|b| b == b':')?;
    (!user.is("negotiate")).then_some(password)
}
