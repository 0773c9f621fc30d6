//! What OpenVPN's `auth-user-pass` and `askpass` read: a user's name in the first line, the password in the second.

use super::judge::is_called;
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule =
    Rule::new("openvpn-login", "Login of a VPN", "Whoever holds it can join the network as its owner.")
        .of("OpenVPN")
        .source("https://openvpn.net/community-docs/community-articles/openvpn-2-6-manual.html");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "openvpn-login",
    rules: &[&RULE],
    wants,
    keywords: &[],
    find,
    hits: &[
        Example { path: "etc/openvpn/auth.txt", text: "bob\np{lower:8}\n", rule: "openvpn-login" },
        Example { path: "etc/openvpn/client/hq.auth", text: "bob\np{lower:8}\n", rule: "openvpn-login" },
    ],
    misses: &[
        Example { path: "etc/openvpn/auth.txt", text: "bob\n", rule: "" },
        Example { path: "etc/openvpn/auth.txt", text: "the first line\np{lower:8}\nand a third\n", rule: "" },
    ],
};

fn wants(hint: &Hint<'_>) -> bool {
    let path = hint.path().to_ascii_lowercase();
    let here = [&b"openvpn"[..], b"vpn/"].iter().any(|word| super::judge::holds(&path, word));
    let names = [
        "auth.txt",
        "auth",
        "pass.txt",
        "login.conf",
        "login.txt",
        "credentials",
        "credentials.txt",
        "userpass.txt",
    ];
    let ends = [&b".auth"[..], b".pass", b".creds", b".login", b".credentials", b"-auth.txt", b"_auth.txt"];
    let ends = ends.iter().any(|end| path.ends_with(end));
    here && (is_called(hint, &names) || ends) || is_called(hint, &["auth-user-pass", "auth-user-pass.txt"])
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut lines = Part::of(text.bytes).lines().map(|line| line.trim()).filter(|line| !line.is_empty());
    let (Some(user), Some(password), None) = (lines.next(), lines.next(), lines.next()) else { return };
    let word = |part: Part<'_>| part.len() < 200 && !part.bytes().contains(&b' ');
    if word(user) && word(password) {
        credential(&RULE, password, "password").into_iter().for_each(&mut *out);
    }
}
