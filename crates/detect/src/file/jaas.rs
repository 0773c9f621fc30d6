//! Users of a server in JAAS, as Kafka and ZooKeeper have them: `PlainLoginModule required … user_app="password";`
//!
//! What is called `password` there is for the finder of assignments.

use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "jaas-user",
    "Password of a user in JAAS",
    "Whoever holds it can log in to the cluster as that user.",
)
.source("https://kafka.apache.org/documentation/#security_sasl_plain_brokerconfig");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "jaas",
    rules: &[&RULE],
    wants: |_| true,
    keywords: &["loginmodule required"],
    find,
    hits: &[Example {
        path: "etc/kafka/jaas.conf",
        text: "KafkaServer {\n  o.a.k.c.s.plain.PlainLoginModule required\n  username=\"admin\"\n  user_app=\"p{lower:8}9\";\n};\n",
        rule: "jaas-user",
    }],
    misses: &[Example {
        path: "etc/kafka/jaas.conf",
        text: "X {\n  a.PlainLoginModule required\n  user_app=\"${APP_PASSWORD}\" serviceName=\"kafka1\";\n};\n",
        rule: "",
    }],
};

/// No module has more settings, in bytes.
const LONGEST: usize = 4096;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let settings = Part::between(text.bytes, at..text.bytes.len().min(at + LONGEST));
        let settings = settings.while_(|b| b != b';' && b != b'}');
        for word in settings.words().filter_map(|word| word.strip("user_")) {
            let value =
                word.cut(|b| b == b'=').map(|(_, value)| value.trim_of(|b| matches!(b, b'\\' | b'"')));
            value.and_then(|v| credential(&RULE, v, "password")).into_iter().for_each(&mut *out);
        }
    }
}
