//! Ansible Vault: encrypted, so a thing to know. Its password must not lie next to it.

use tightlip_report::{Confidence, Level};

use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule =
    Rule::new("ansible-vault", "Ansible Vault, encrypted", "Whoever holds it can try passwords at leisure.")
        .of("Ansible")
        .source("https://docs.ansible.com/ansible/latest/vault_guide/vault_encrypting_content.html")
        .at(Level::Note, Confidence::High);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "ansible-vault",
    rules: &[&RULE],
    wants: |_| true,
    keywords: &["$ansible_vault;"],
    find,
    hits: &[Example {
        path: "group_vars/all.yml",
        text: "x: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  {digits:80}\n  {digits:40}\n",
        rule: "ansible-vault",
    }],
    misses: &[Example {
        path: "README.md",
        text: "a vault starts with `$ANSIBLE_VAULT;1.1;AES256` and goes on\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        let rest = Part::between(text.bytes, at..text.bytes.len());
        let mut lines = rest.lines();
        lines.next();
        let body: Vec<Part<'b>> = lines
            .map(|l| l.trim())
            .take_while(|l| l.len() >= 2 && l.bytes().iter().all(u8::is_ascii_hexdigit))
            .collect();
        if let (Some(first), Some(last)) = (body.first(), body.last())
            && first.len() >= 64
        {
            let value = Part::between(text.bytes, first.span().start..last.span().end);
            out(Found::here(&RULE, value, "Ansible Vault"));
        }
    }
}
