//! What belongs together is told once: the name of a key with its secret, and a value with what is in it.
//!
//! An access key id beside its secret says nothing that the secret does not, as a user's name beside the password. It is still
//! seen: it is masked and scrubbed with the secret, and counts as before where it stands alone.

use std::collections::{BTreeMap, HashSet};

use tightlip_report::Finding;

/// Kinds of names, and the kinds of the secrets that they name.
static NAMES: &[(&[&str], &[&str])] = &[
    (
        &["aws-access-key-id", "aws-temporary-key-id", "aws-bearer-key-id", "aws-legacy-key-id"],
        &["aws-secret-access-key"],
    ),
    (&["twilio-account-sid", "twilio-api-key"], &["twilio-auth-token", "twilio-api-secret"]),
    (&["google-oauth-client-id"], &["google-oauth-client-secret", "google-oauth-client-secret-old"]),
];
/// How far apart their first bytes stand at most, and their lines.
const REACH: u64 = 600;
const LINES: u64 = 12;

/// Kinds of values that are told by where they stand, whatever is in them.
static PLACED: &[&str] = &[
    "dotenv-secret",
    "secret-in-file",
    "secret-by-name",
    "secret-in-command",
    "kubernetes-secret",
    "terraform-state-secret",
];
/// Kinds that tell all of a value, and the kinds of a part of it.
static PARTS: &[(&str, &str)] = &[("gcp-service-account-key", "private-key")];

/// Tells each of them once. What is left out counts no more than what stays.
pub(crate) fn fold(findings: &mut Vec<Finding>) {
    let mut gone = HashSet::new();
    let mut taken = HashSet::new();
    for together in by_document(findings) {
        for (turn, &index) in together.iter().enumerate() {
            let Some(finding) = findings.get(index) else { continue };
            let others = near(findings, &together, turn).filter(|other| !gone.contains(other));
            let others = others.filter_map(|other| Some((other, findings.get(other)?)));
            let others = others.filter(|(_, other)| other.level >= finding.level);
            let others: Vec<(usize, &Finding)> = others.collect();
            let secrets = others.iter().filter(|(other, _)| !taken.contains(other));
            let secrets = secrets.filter_map(|(other, secret)| Some((apart(finding, secret)?, *other)));
            if let Some((_, secret)) = secrets.min() {
                let said = format!(", beside {} ({})", finding.title, finding.shape);
                findings.get_mut(secret).into_iter().for_each(|secret| secret.shape.push_str(&said));
                taken.insert(secret);
                gone.insert(index);
            } else if others.iter().any(|(_, other)| is_told_by(finding, other)) {
                gone.insert(index);
            }
        }
    }
    let mut index = 0;
    findings.retain(|_| {
        index += 1;
        !gone.contains(&(index - 1))
    });
}

/// Those that stand no further from one of a document than its reach. They are sorted by where they stand.
fn near<'t>(
    findings: &[Finding],
    together: &'t [usize],
    turn: usize,
) -> impl Iterator<Item = usize> + use<'t> {
    let offset = |index: &usize| findings.get(*index).and_then(|finding| finding.place.offset).unwrap_or(0);
    let at = together.get(turn).map(offset).unwrap_or_default();
    let from = together.partition_point(|index| offset(index) < at.saturating_sub(REACH));
    let to = together.partition_point(|index| offset(index) <= at.saturating_add(REACH));
    let others = (from..to).filter(move |other| *other != turn);
    others.filter_map(move |other| together.get(other).copied())
}

/// Which of them stand in one file, member or string, those without an offset first, then from its beginning to its end.
fn by_document(findings: &[Finding]) -> Vec<Vec<usize>> {
    let mut all: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        let mut place = finding.place.clone();
        (place.offset, place.line, place.column) = (None, None, None);
        all.entry(format!("{place:?}")).or_default().push(index);
    }
    let mut all: Vec<_> = all.into_values().filter(|together| together.len() > 1).collect();
    for together in &mut all {
        together.sort_by_key(|index| findings.get(*index).and_then(|finding| finding.place.offset));
    }
    all
}

/// How far a name stands from the secret that it may be of; none for what is no name, and what is too far away.
fn apart(name: &Finding, secret: &Finding) -> Option<u64> {
    let pair = |(names, secrets): &&(&[&str], &[&str])| {
        names.contains(&name.rule.as_str()) && secrets.contains(&secret.rule.as_str())
    };
    NAMES.iter().find(pair)?;
    let bytes = name.place.offset?.abs_diff(secret.place.offset?);
    let lines = name.place.line.unwrap_or_default().abs_diff(secret.place.line.unwrap_or_default());
    (bytes <= REACH && lines <= LINES).then_some(bytes)
}

/// Whether a finding is of the same stretch as another, which says more of it.
fn is_told_by(finding: &Finding, other: &Finding) -> bool {
    let one_place = finding.place.offset.is_some() && finding.place.offset == other.place.offset;
    let part = PARTS.contains(&(other.rule.as_str(), finding.rule.as_str()));
    let deeper = other.decoded_from.len() > finding.decoded_from.len();
    let read = deeper && PLACED.contains(&finding.rule.as_str()) && !PLACED.contains(&other.rule.as_str());
    one_place && (part || read)
}

#[cfg(test)]
mod tests {
    use tightlip_report::{Confidence, Exposure, Level, Place, Remedy, Surface};

    use super::*;

    fn at(rule: &str, line: u64, offset: u64, decoded: &[&str]) -> Finding {
        let mut place = Place::new(Surface::File, Exposure::Visible);
        (place.path, place.line, place.offset) = (Some(".env".to_owned()), Some(line), Some(offset));
        Finding {
            fingerprint: format!("{rule} {offset}"),
            identity: String::new(),
            rule: rule.to_owned(),
            title: "its id".to_owned(),
            level: Level::Deny,
            lowered_from: None,
            confidence: Confidence::High,
            shape: format!("shape of {offset}"),
            mechanism: String::new(),
            place,
            introduced_by: None,
            recover: String::new(),
            remedy: Remedy::default(),
            decoded_from: decoded.iter().map(|name| (*name).to_owned()).collect(),
            excerpt: None,
        }
    }

    fn left(mut findings: Vec<Finding>) -> Vec<String> {
        fold(&mut findings);
        findings.into_iter().map(|finding| format!("{}: {}", finding.rule, finding.shape)).collect()
    }

    const ID: &str = "aws-access-key-id";
    const SECRET: &str = "aws-secret-access-key";

    #[test]
    fn a_name_beside_its_secret_is_told_with_it() {
        let told = "aws-secret-access-key: shape of 60, beside its id (shape of 20)";
        assert_eq!(left(vec![at(ID, 1, 20, &[]), at(SECRET, 2, 60, &[])]), [told]);
        assert_eq!(left(vec![at(ID, 1, 20, &[])]).len(), 1, "alone");
        assert_eq!(left(vec![at(ID, 1, 20, &[]), at(SECRET, 40, 400, &[])]).len(), 2, "far away");
        let mut weak = at(SECRET, 2, 60, &[]);
        weak.level = Level::Warn;
        assert_eq!(left(vec![at(ID, 1, 20, &[]), weak]).len(), 2, "of a secret that counts less");
    }

    #[test]
    fn each_name_has_a_secret_of_its_own() {
        let rows =
            vec![at(ID, 1, 0, &[]), at(SECRET, 1, 21, &[]), at(ID, 2, 62, &[]), at(SECRET, 2, 83, &[])];
        let told = ["shape of 21, beside its id (shape of 0)", "shape of 83, beside its id (shape of 62)"];
        assert_eq!(left(rows), told.map(|shape| format!("{SECRET}: {shape}")));
        let rows = vec![at(ID, 1, 0, &[]), at(SECRET, 1, 21, &[]), at(ID, 2, 62, &[])];
        assert_eq!(left(rows).len(), 2);
    }

    #[test]
    fn a_value_is_told_by_what_is_in_it() {
        let outer = at("dotenv-secret", 1, 9, &[]);
        let account = at("gcp-service-account-key", 1, 9, &["base64", "json"]);
        let key = at("private-key", 1, 9, &["base64", "escapes", "pem"]);
        assert_eq!(left(vec![outer, account, key]), ["gcp-service-account-key: shape of 9"]);
        let two = vec![at("private-key", 1, 9, &["pem"]), at("private-key", 40, 3000, &["pem"])];
        assert_eq!(left(two).len(), 2);
    }
}
