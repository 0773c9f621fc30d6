//! Secrets of PPP and of xl2tpd: `chap-secrets`, `pap-secrets` and `l2tp-secrets`, `client server secret addresses` a line.

use super::judge::is_called;
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule =
    Rule::new("ppp-secret", "PPP secret", "Whoever holds it can dial in, or open the tunnel, as its owner.")
        .of("PPP")
        .source("https://manpages.debian.org/stable/ppp/pppd.8.en.html#AUTHENTICATION");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "ppp-secrets",
    rules: &[&RULE],
    wants: |hint| is_called(hint, &["chap-secrets", "pap-secrets", "l2tp-secrets"]),
    keywords: &[],
    find,
    hits: &[
        Example { path: "etc/ppp/chap-secrets", text: "# c s p a\nbob * p{lower:8} *\n", rule: "ppp-secret" },
        Example { path: "etc/ppp/pap-secrets", text: "\"bob\" \"h\" \"p {lower:8}\"\n", rule: "ppp-secret" },
        Example { path: "etc/xl2tpd/l2tp-secrets", text: "* * otter-lamp\n", rule: "ppp-secret" },
    ],
    misses: &[Example {
        path: "etc/ppp/pap-secrets",
        text: "# bob * p{lower:8} *\nguest h \"*\" -\nmaster h \"\" -\nbob h @/etc/x\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for line in Part::of(text.bytes).lines().map(|line| line.trim()).filter(|l| !l.bytes().starts_with(b"#"))
    {
        let mut rest = line;
        let mut third = rest.first(0);
        for _ in 0..3 {
            (third, rest) = field(rest.trim());
        }
        if !third.bytes().starts_with(b"@") {
            credential(&RULE, third, "PPP secret").into_iter().for_each(&mut *out);
        }
    }
}

/// The next field, in quotes or not, and what follows it.
fn field(rest: Part<'_>) -> (Part<'_>, Part<'_>) {
    if let Some(inside) = rest.strip("\"") {
        return inside.cut(|b| b == b'"').unwrap_or((inside, inside.skip(inside.len())));
    }
    let word = rest.while_(|b| !b.is_ascii_whitespace());
    (word, rest.after(&word))
}
