//! Is this page one that somebody wrote for himself or the people beside him, and not one that explains a program?

use crate::Hint;
use crate::file::judge::holds;

/// Names of pages that are lists of logins, in languages in which no program's manual is named.
const LISTS: &[&str] = &[
    "zugang",
    "zugaenge",
    "zug\u{e4}nge",
    "zugangsdaten",
    "kennwoerter",
    "kennw\u{f6}rter",
    "passwoerter",
    "passw\u{f6}rter",
    "accesos",
    "contrasenas",
    "contrase\u{f1}as",
    "claves",
    "senhas",
    "acessos",
    "identifiants",
    "acceso",
    "accesso",
    "acesso",
    "acces",
    "acc\u{e8}s",
    "motsdepasse",
    "mots-de-passe",
    "hasla",
    "has\u{142}a",
    "dostepy",
    "wachtwoorden",
    "credenziali",
    "\u{434}\u{43e}\u{441}\u{442}\u{443}\u{43f}\u{44b}",
    "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{438}",
];

/// Words in the names of pages that are somebody's own where they lie in his home.
const OWN: &[&str] = &[
    "notes",
    "note",
    "todo",
    "notizen",
    "notiz",
    "notas",
    "notatki",
    "notities",
    "anteckningar",
    "poznamky",
    "notlar",
    "appunti",
    "passwords",
    "logins",
    "creds",
    "credentials",
    "accounts",
    "intern",
    "private",
    "privat",
    "handover",
    "uebergabe",
    "runbook",
];

/// Words in the names of pages that the people write who run something, wherever they lie: no program's manual is called so.
const OF_OPERATORS: &[&str] = &[
    "runbook",
    "runbooks",
    "handover",
    "oncall",
    "offboarding",
    "postmortem",
    "uebergabe",
    "\u{fc}bergabe",
    "uebergabeprotokoll",
    "\u{fc}bergabeprotokoll",
    "passation",
    "consignes",
    "traspaso",
    "consegne",
    "overdracht",
    "przekazanie",
    "inloggegevens",
    "logins",
    "passwords",
    "onboarding",
    "einarbeitung",
    "betriebshandbuch",
    "betriebsdokumentation",
    "betriebsdoku",
    "exploitation",
    "exploitatie",
    "explotacion",
    "esercizio",
];

/// What follows `README` in the name of a page that is for the people of the house: `README_OPS`, `readme-intern`.
const OF_THE_HOUSE: &[&str] = &[
    "ops", "internal", "intern", "interne", "interno", "interna", "private", "privat", "infra", "betrieb",
    "prod", "sysadmin",
];

/// Folders of such pages in a repository, and of what a wiki or a help desk gave out.
const FOLDERS_OF_OPERATORS: &[&str] = &[
    "/wiki/",
    "/runbook/",
    "/runbooks/",
    "/oncall/",
    "/on-call/",
    "/onboarding/",
    "/handover/",
    "/postmortems/",
    "/tickets/",
    "/betrieb/",
    "/confluence-export/",
    "/confluence/",
    "/wiki-export/",
    // Beside the pages for users those for who runs it.
    "/docs/ops/",
    "/doc/ops/",
    "/docs/intern/",
    "/docs/internal/",
    "/docs/infra/",
    "/docs/sre/",
    "/docs/oncall/",
    "/docs/exploitation/",
    "/ops/docs/",
    "/ops/notes/",
    "/playbooks/docs/",
];

/// Folders in which notes lie, in somebody's home.
const FOLDERS: &[&str] = &["/notes/", "/notizen/", "/notas/", "/notatki/", "/appunti/", "/obsidian/"];

/// What programs bring along, in a home as well.
const BROUGHT: &[&str] = &[
    "node_modules/",
    "site-packages/",
    "dist-packages/",
    "/vendor/",
    "/pkg/mod/",
    "/.cargo/",
    "/gems/",
    "release",
    "usr/share/",
    "usr/lib/",
    "usr/local/",
    "usr/src/",
];

/// Folders into which wikis give out their pages.
const EXPORTS: &[&str] = &["confluence", "wiki-export", "wiki_export", "mediawiki", "/wiki/"];

fn is_page(name: &[u8]) -> bool {
    name.ends_with(b".html") || name.ends_with(b".htm")
}

/// Whether a page is somebody's own, by its name and place.
pub(crate) fn is_own_note(hint: &Hint<'_>) -> bool {
    let name = hint.file_name().to_ascii_lowercase();
    let ends = [
        &b".md"[..],
        b".adoc",
        b".rst",
        b".org",
        b".wiki",
        b".html",
        b".htm",
        b".asciidoc",
        b".markdown",
        b".textile",
        b".mediawiki",
    ];
    let Some(stem) = ends.iter().find_map(|end| name.strip_suffix(*end)) else { return false };
    let mut path = b"/".to_vec();
    path.extend(hint.path().to_ascii_lowercase());
    let within = |parts: &[&str]| parts.iter().any(|part| holds(&path, part.as_bytes()));
    // Images of Node.js and Python have a customer's own program there.
    let brought = within(BROUGHT) && !within(&["/usr/src/app/"]);
    if brought || within(&["node_modules/", "site-packages/"]) {
        return false;
    }
    // Of pages for browsers those that a wiki gave out.
    if is_page(&name) {
        return within(EXPORTS);
    }
    let is_one_of = |list: &[&str], word: &[u8]| list.iter().any(|known| known.as_bytes() == word);
    let home = within(&["/home/", "/root/", "users/"]);
    let named = |list: &[&str]| {
        stem.split(|b| matches!(b, b'-' | b'_' | b'.' | b' ')).any(|word| is_one_of(list, word))
    };
    let of_house = stem == b"ops"
        || stem.strip_prefix(b"readme").is_some_and(|rest| {
            rest.split_first().is_some_and(|(mark, rest)| {
                matches!(mark, b'-' | b'_' | b'.' | b' ') && is_one_of(OF_THE_HOUSE, rest)
            })
        });
    is_one_of(LISTS, stem)
        || named(LISTS)
        || of_house
        || named(OF_OPERATORS)
        || within(FOLDERS_OF_OPERATORS)
        || home && !within(&["/docs/"]) && (within(FOLDERS) || named(OWN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_somebody_are_told_from_those_of_programs() {
        let own = |path: &str| is_own_note(&Hint::File(path.as_bytes()));
        for path in [
            "home/ann/notes/lan.md",
            "root/README-intern.adoc",
            "srv/senhas.md",
            "home/ann/todo.org",
            "srv/app/docs/db-runbook.md",
            "handover_2024.adoc",
            "docs/wiki/Deploy.asciidoc",
            "wiki/Server-Zug\u{e4}nge.md",
            "srv/app/docs/runbook/failover.md",
            "app/docs/onboarding.adoc",
            "app/confluence-export/VPN.html",
            "srv/app/docs/README-internal.md",
            "srv/app/readme-intern.md",
            "OPS.md",
            "docs/\u{fc}bergabe_anna.md",
            "passation.md",
            "srv/app/docs/ops/failover.md",
            "docs/internal/servers.md",
            "usr/src/app/docs/runbook.md",
        ] {
            assert!(own(path), "{path}");
        }
        for path in [
            "usr/share/x/notes/a.md",
            "home/ann/app/docs/notes.md",
            "app/node_modules/x/runbook.md",
            "usr/src/app/node_modules/x/runbook.md",
            "usr/src/linux-6.1/docs/internal/a.md",
            "home/ann/app/README.md",
            "home/ann/app/node_modules/a/todo.md",
            "home/ann/app/release-notes.md",
            "srv/app/credentials.md",
            "usr/share/doc/app/wiki/Home.md",
            "srv/app/index.html",
            "srv/app/README_zh.md",
            "srv/app/docs/custom_ops.md",
            "srv/app/readme-ops-for-tensors.md",
        ] {
            assert!(!own(path), "{path}");
        }
    }
}
