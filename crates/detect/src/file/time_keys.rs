//! Keys by which servers know each other: `ntp.keys` of NTP and `chrony.keys`, `authkeys` of Heartbeat; `number type key` a line.

use super::judge::is_called;
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "time-server-key",
    "Key of servers of time, or of a cluster",
    "Whoever holds it can give the others a wrong time, or speak for one of the cluster.",
)
.source("https://docs.ntpsec.org/latest/ntp_keys.html");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "time-keys",
    rules: &[&RULE],
    wants: |hint| {
        is_called(hint, &["ntp.keys", "chrony.keys", "ntpkeys"])
            || super::judge::lies_at(
                hint,
                &["etc/ntp/keys", "ntpsec/keys", "etc/chrony/keys", "ha.d/authkeys"],
            )
    },
    keywords: &[],
    find,
    hits: &[
        Example { path: "etc/ntp.keys", text: "# keys\n1 M p{lower:8}\n", rule: "time-server-key" },
        Example { path: "etc/chrony/chrony.keys", text: "10 SHA1 HEX:{hex:40}\n", rule: "time-server-key" },
        Example { path: "etc/ha.d/authkeys", text: "auth 1\n1 sha1 p{lower:8}\n", rule: "time-server-key" },
        Example { path: "etc/chrony.keys", text: "3 p{lower:8}97\n", rule: "time-server-key" },
    ],
    misses: &[
        Example { path: "etc/ha.d/authkeys", text: "auth 2\n2 crc\n", rule: "" },
        Example {
            path: "etc/ntp.keys",
            text: "#1 MD5 p{lower:8}\n# 20 SHA1 HEX:{hex:40}\nkeys 1 2\n2 MD5\n",
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for line in Part::of(text.bytes).lines().map(|line| line.trim()) {
        let mut words = line.words().take_while(|word| !word.bytes().starts_with(b"#"));
        let number = words.next().is_some_and(|word| word.bytes().iter().all(u8::is_ascii_digit));
        // Chrony may leave out the type.
        let (first, second) = (words.next(), words.next());
        let Some(key) = second.or(first.filter(|key| key.len() >= 8)).filter(|_| number) else { continue };
        let key = ["ascii:", "hex:"].iter().find_map(|mark| key.strip(mark)).unwrap_or(key);
        credential(&RULE, key, "key").into_iter().for_each(&mut *out);
    }
}
