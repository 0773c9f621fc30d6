//! HexChat's and XChat's list of networks, `servlist.conf`: `P=` is the password of a network, `B=` that of NickServ.
//!
//! bad: `COPY servlist.conf /root/.config/hexchat/`
//! good: a list without passwords

use super::judge::is_called;
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "hexchat-password",
    "Password of a chat network in HexChat's list",
    "Whoever holds it can speak there under the name of its owner.",
)
.of("HexChat")
.source("https://hexchat.readthedocs.io/en/latest/settings.html");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "hexchat",
    rules: &[&RULE],
    wants: |hint| is_called(hint, &["servlist.conf", "servlist_.conf"]),
    keywords: &["\np=", "\nb="],
    find,
    hits: &[
        Example {
            path: "root/.config/hexchat/servlist.conf",
            text: "v=2.16.1\n\nN=Libera.Chat\nI=ann\nP=p{lower:7}9\nE=UTF-8\nL=6\nF=23\nS=irc.libera.chat/6697\n",
            rule: "hexchat-password",
        },
        Example {
            path: "root/.xchat2/servlist_.conf",
            text: "v=2.8.8\n\nN=OFTC\nB=p{lower:7}9\nF=19\nS=irc.oftc.net\n",
            rule: "hexchat-password",
        },
    ],
    misses: &[
        Example {
            path: "root/.config/hexchat/servlist.conf",
            text: "v=2.16.1\n\nN=Libera.Chat\nI=ann\nP=\nJ=#p{lower:7}9\nS=irc.libera.chat/6697\n",
            rule: "",
        },
        Example { path: "srv/servlist.conf", text: "A=1\nP=p{lower:7}9\n", rule: "" },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut in_network = false;
    for line in Part::of(text.bytes).lines() {
        in_network = !line.trim().is_empty() && (in_network || line.bytes().starts_with(b"N="));
        let value = line.strip("P=").or_else(|| line.strip("B=")).filter(|_| in_network);
        value.and_then(|value| credential(&RULE, value.trim(), "password")).into_iter().for_each(&mut *out);
    }
}
