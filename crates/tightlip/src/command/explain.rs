//! `tightlip explain ID`: the manual of a rule, a lint or a leak mechanism.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args as Arguments;
use tightlip_engine::lint::{LINTS, Lint};
use tightlip_engine::{MECHANISMS, Mechanism, Rule, rules};
use tightlip_report::plain;

use crate::outcome::Outcome;
use crate::terminal::nearest;

/// The arguments of `explain`.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// A rule, a lint or a mechanism, as a report names it
    id: String,
    /// A rule pack whose rules are explained too; may be given more than once
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
}

/// What to do about a secret of any kind.
const INSTEAD: &str = "Rotate it, then give it to the one build step that needs it with RUN --mount=type=secret, or to \
    the container when it starts.";

/// Prints the manual.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let rules = rules(&super::rules::packs(&args.rules)?)?;
    let manuals = manuals(&args.id, &rules);
    if manuals.is_empty() {
        let known = MECHANISMS.iter().map(|m| m.id).chain(LINTS.iter().map(|l| l.id));
        let known = known.chain(rules.iter().map(|r| r.id));
        let hint = nearest(&args.id, known).map(|id| format!("\nDid you mean `{id}`?")).unwrap_or_default();
        bail!("`{}` is no rule, lint or mechanism{hint}\nList the rules with: tightlip rules", args.id);
    }
    write!(crate::out::stdout(), "{}", manuals.join("\n"))?;
    Ok(Outcome::Clean)
}

/// All manuals of a name: a lint and a rule may share one, for what is written and for what is found. Then each says
/// which of them it is of.
fn manuals(id: &str, rules: &[&'static Rule]) -> Vec<String> {
    let mechanisms = MECHANISMS.iter().filter(|m| m.id == id).map(|m| (MECHANISM, mechanism_manual(m)));
    let lints = LINTS.iter().filter(|lint| lint.id == id).map(|lint| (LINT, lint_manual(lint)));
    let rules = rules.iter().filter(|rule| rule.id == id).map(|rule| (RULE, plain_lines(&rule_manual(rule))));
    let manuals: Vec<(&str, String)> = mechanisms.chain(lints).chain(rules).collect();
    let several = manuals.len() > 1;
    let headed = |(what, manual): (&str, String)| if several { format!("{what}\n{manual}") } else { manual };
    manuals.into_iter().map(headed).collect()
}

const MECHANISM: &str = "[mechanism: a way in which a secret gets out]";
const LINT: &str = "[lint: what `tightlip lint` says of a line of a Dockerfile or of what starts a build]";
const RULE: &str = "[rule: how a scan, and a lint as well, knows a value]";

/// What a rule pack says may hold what a terminal would obey.
fn plain_lines(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", plain(line))).collect()
}

fn mechanism_manual(mechanism: &Mechanism) -> String {
    format!("{}: {}\n\n{}\n\nInstead: {}\n", mechanism.id, mechanism.title, mechanism.why, mechanism.fix)
}

fn lint_manual(lint: &Lint) -> String {
    format!("{}: {}\n\n{}\n\n{:<9} {}\n", lint.id, lint.title, lint.manual(), "level", lint.level.name())
}

fn rule_manual(rule: &Rule) -> String {
    let mut text = format!("{}: {}\n\n{}\n\nInstead: {INSTEAD}\n", rule.id, rule.title, rule.why);
    for (name, value) in [("provider", Some(rule.provider)), ("rotate", rule.rotate), ("source", rule.source)]
    {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            text.push_str(&format!("\n{name:<9} {value}"));
        }
    }
    text.push_str(&format!(
        "\n{:<9} {}, confidence {}\n",
        "level",
        rule.level.name(),
        rule.confidence.name()
    ));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_a_lint_and_a_rule_share_gives_both_manuals() {
        let rules = rules(&[]).unwrap();
        let shared = LINTS.iter().find(|lint| rules.iter().any(|rule| rule.id == lint.id)).unwrap();
        let both = manuals(shared.id, &rules);
        assert!(both.len() == 2 && both[0].starts_with(LINT) && both[1].starts_with(RULE), "{both:?}");
        assert!(manuals("no-such-thing", &rules).is_empty());
    }

    #[test]
    fn every_manual_says_why_and_what_to_do() {
        for mechanism in MECHANISMS {
            let manual = mechanism_manual(mechanism);
            assert!(manual.contains(mechanism.why) && manual.contains(mechanism.fix), "{manual}");
        }
        let rules = rules(&[]).unwrap();
        assert!(rules.len() > 500);
        for rule in rules {
            let manual = rule_manual(rule);
            assert!(!rule.why.is_empty() && manual.contains(rule.why), "{}", rule.id);
            assert!(manual.contains("Instead: Rotate it"), "{}", rule.id);
        }
    }
}
