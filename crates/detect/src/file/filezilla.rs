//! FileZilla's `sitemanager.xml` and `recentservers.xml`: passwords in base64.
//!
//! With a master password they are encrypted (`encoding="crypt"`), and none.

use super::judge::is_called;
use crate::context::judge::{credential, length_of};
use crate::read::{base64, xml};
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule =
    Rule::new("filezilla-password", "Password of FileZilla", "Whoever holds it can log in to the server.")
        .of("FileZilla")
        .source("https://wiki.filezilla-project.org/Password_encryption");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "filezilla",
    rules: &[&RULE],
    wants: |hint| is_called(hint, &["sitemanager.xml", "recentservers.xml", "filezilla.xml"]),
    keywords: &["<pass"],
    find,
    hits: &[Example {
        path: "root/.config/filezilla/sitemanager.xml",
        text: "<Server><User>bob</User><Pass encoding=\"base64\">ZWx{base62:1}ZWx{base62:1}</Pass></Server>",
        rule: "filezilla-password",
    }],
    misses: &[Example {
        path: "root/.config/filezilla/sitemanager.xml",
        text: "<Pass encoding=\"crypt\" pubkey=\"x\">{b64:80}</Pass><Pass encoding=\"base64\" />",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for leaf in xml::leaves(text.bytes).filter(|leaf| leaf.tag.is("Pass")) {
        let encoding = xml::attribute(leaf.attributes, "encoding");
        let found = match encoding.map(|encoding| encoding.bytes()) {
            Some(b"base64") => {
                base64::decode(leaf.value.bytes()).filter(|plain| !plain.is_empty()).map(|plain| {
                    Found::here(&RULE, leaf.value, length_of("password", plain.len()))
                        .decoded(plain, &["base64"])
                })
            }
            Some(_) => None,
            None => credential(&RULE, leaf.value, "password"),
        };
        found.into_iter().for_each(&mut *out);
    }
}
