//! The law `docs_are_current`: the indexes in `docs/` are what the tables say. `UPDATE_SNAPSHOTS=1` writes them anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use tightlip_engine::lint::LINTS;
use tightlip_engine::{MECHANISMS, rules};
use tightlip_report::Surface;

fn mechanisms() -> String {
    let mut page = "# How secrets leak through an image\n\nEvery way that a scan reports, by the name that \
        `tightlip explain` knows.\n"
        .to_owned();
    for mechanism in MECHANISMS {
        let (id, title, why, fix) = (mechanism.id, mechanism.title, mechanism.why, mechanism.fix);
        let _ = write!(page, "\n## {id}: {title}\n\n{why}\n\n**Instead:** {fix}\n");
    }
    page
}

fn kinds() -> String {
    let mut providers: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let rules = rules(&[]).unwrap_or_default();
    for rule in &rules {
        let provider = if rule.provider.is_empty() { "any" } else { rule.provider };
        providers.entry(provider.to_owned()).or_default().push(rule.id);
    }
    let mut page = format!(
        "# Kinds of secrets\n\n{} kinds of {} providers. `tightlip explain KIND` says what each is good for and where \
        to rotate it.\n\n| provider | kinds | names |\n|---|---|---|\n",
        rules.len(),
        providers.len()
    );
    for (provider, ids) in providers {
        let _ = writeln!(page, "| {provider} | {} | {} |", ids.len(), ids.join(", "));
    }
    page
}

fn lints() -> String {
    let mut page = "# What makes a build leak\n\nEvery lint of `tightlip lint`; `tightlip explain LINT` prints the same. A \
        `bad` example is flagged, a `good` one is not: the tests run them. Values in examples are templates, as in \
        `ghp_{base62:36}`.\n"
        .to_owned();
    let mut all = LINTS.to_vec();
    all.sort_by_key(|lint| lint.id);
    for lint in &all {
        let manual =
            lint.manual().replace("```bad ", "```dockerfile bad ").replace("```good ", "```dockerfile good ");
        let level = lint.level.name();
        let _ = write!(page, "\n## {}: {}\n\nLevel: {level}\n\n{manual}\n", lint.id, lint.title);
    }
    page
}

#[test]
fn docs_are_current() {
    for (name, page) in [("mechanisms.md", mechanisms()), ("rules.md", kinds()), ("lints.md", lints())] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(&path, &page).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == page, "docs/{name} is not current: run this test with UPDATE_SNAPSHOTS=1");
    }
}

/// The second and third cell of each row name surfaces and lints, and nothing that there is not.
#[test]
fn the_table_of_ways_names_surfaces_and_lints() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/coverage.md");
    let page = std::fs::read_to_string(path).unwrap();
    let surfaces: Vec<&str> = Surface::ALL.iter().map(|surface| surface.name()).collect();
    let lints: Vec<&str> = LINTS.iter().map(|lint| lint.id).collect();
    let mut wrong = Vec::new();
    let mut told = Vec::new();
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| way |"));
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" |").collect();
        for (cell, known) in [(1, &surfaces), (2, &lints)] {
            let names = cells.get(cell).into_iter().flat_map(|cell| cell.split_whitespace());
            for name in names.map(|name| name.trim_matches('`')) {
                if !known.contains(&name) {
                    wrong.push(format!("{name} in {row}"));
                }
                told.push(name.to_owned());
            }
        }
    }
    // A new lint stands for a way that the table has to say.
    wrong.extend(
        lints.iter().filter(|lint| !told.iter().any(|t| t == *lint)).map(|lint| format!("{lint} is missing")),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
