//! Prints what a scrub would do and did.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde_json::json;
use tightlip_engine::scrub::{Change, Goes, Plan, Receipt, Refusal};
use tightlip_report::plain;

use crate::command::Form;

/// The schema of both in JSON.
const SCHEMA: &str = "tightlip.scrub/1";

/// So many of the findings that stay are listed; all of them are in JSON.
const LEFT_SHOWN: usize = 10;

/// The plan.
pub(crate) fn plan((plan, output): (&Plan, Option<&str>), form: Form, out: &mut dyn Write) -> io::Result<()> {
    if form == Form::Json {
        return writeln!(out, "{:#}", json!({"schema": SCHEMA, "written": false, "plan": plan}));
    }
    let (secrets, changes) = (plan.secrets.len(), plan.changes.len());
    let headline = match (changes, plan.refusals.len()) {
        (0, 0) if !plan.left.is_empty() => "what was chosen is not there; other leaks are".to_owned(),
        (0, 0) if !plan.gaps.is_empty() => {
            "nothing found to take out, but not everything was read".to_owned()
        }
        (0, 0) => "nothing leaks, nothing to scrub".to_owned(),
        (_, 0) if secrets == 0 => "would take out what was named".to_owned(),
        (_, 0) => format!("would take out {}", count(secrets, "secret", "secrets")),
        (_, refused) => format!("cannot: {} in the way", count(refused, "thing stands", "things stand")),
    };
    writeln!(out, "scrub  {}: {headline}", plain(&plan.target))?;
    body(plan, out)?;
    if !plan.gaps.is_empty() {
        writeln!(
            out,
            "\nWhat was not read is not proven clean, and nothing is written while it stands in the way."
        )?;
        writeln!(
            out,
            "Get the image whole (save or pull it again), or accept it by name: --allow-gaps {}",
            kinds(plan)
        )?;
    }
    if changes == 0 && plan.refusals.is_empty() && output.is_some() {
        writeln!(out, "\nnothing was written: {} stays as it is", plain(&plan.target))?;
    }
    if changes > 0 && plan.refusals.is_empty() {
        writeln!(
            out,
            "\nnothing was written. Rotate the secrets first: whoever pulled the image has them, and its old"
        )?;
        let target = plain(&plan.target);
        writeln!(out, "digest stays readable. Then write it, with the same options as now:")?;
        writeln!(out, "   tightlip scrub {target} -o {} --write --rotated", plain(output.unwrap_or("OUT")))?;
        if output.is_none() {
            writeln!(
                out,
                "OUT is oci:DIR, oci-archive:FILE, docker-archive:FILE, docker:NAME or registry:REFERENCE"
            )?;
        }
    }
    Ok(())
}

/// What was done.
pub(crate) fn receipt(receipt: &Receipt, form: Form, out: &mut dyn Write) -> io::Result<()> {
    if form == Form::Json {
        return writeln!(out, "{:#}", json!({"schema": SCHEMA, "written": true, "receipt": receipt}));
    }
    let secrets = match receipt.plan.secrets.len() {
        0 => "what was named is".to_owned(),
        number => count(number, "secret", "secrets"),
    };
    writeln!(out, "scrubbed  {}: {secrets} taken out, proven by a second scan", plain(&receipt.plan.target))?;
    body(&receipt.plan, out)?;
    writeln!(out, "\nwritten to {}", plain(&receipt.output))?;
    if let Some(old) = &receipt.plan.digest {
        moved(("image", old, &receipt.digest), "", out)?;
    }
    for (old, new) in &receipt.layers {
        let reused = if receipt.reused.contains(old) { "  (made by an earlier scrub)" } else { "" };
        moved(("layer", old, &new.digest), reused, out)?;
    }
    let old = receipt.plan.digest.as_ref();
    for (old, new) in receipt.documents.iter().filter(|(digest, _)| Some(*digest) != old) {
        moved((new.kind, old, &new.digest), "", out)?;
    }
    writeln!(out, "   {} byte for byte as before", count(receipt.untouched, "other blob", "other blobs"))?;
    writeln!(out, "\nnext:")?;
    for (number, step) in receipt.next.iter().enumerate() {
        writeln!(out, "{:>4}. {}", number + 1, plain(step))?;
    }
    Ok(())
}

/// An old digest and the new one below it.
fn moved((what, old, new): (&str, &str, &str), note: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "   {what:<9}{old}\n{:>11} {new}{note}", "->")
}

fn body(plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    for secret in &plan.secrets {
        let where_to = match secret.goes {
            Goes::Everywhere => "",
            Goes::WhereFound => ", a common word: only where it was found",
            Goes::WithItsPath => ", with the path that was named: only there",
        };
        writeln!(out, "   {} ({}){where_to}", plain(&secret.title), plain(&secret.shape))?;
    }
    let mut place = String::new();
    for change in &plan.changes {
        let here = of(change);
        if here != place {
            writeln!(out, "\n{}", plain(&here))?;
            place = here;
        }
        let at =
            change.path.as_ref().or(change.pointer.as_ref()).map_or_else(String::new, |at| format!("{at}: "));
        writeln!(out, "   {}{}  [{}]", plain(&at), change.what, change.step)?;
    }
    let base: BTreeSet<_> = plan.changes.iter().filter(|c| c.base).filter_map(|c| c.layer.as_ref()).collect();
    if !base.is_empty() {
        let layers = count(base.len(), "layer of the base image changes", "layers of the base image change");
        writeln!(
            out,
            "\nbase  {layers}: not shared with it any more. The leak is in every image on that base:"
        )?;
        writeln!(out, "   have the base made again without it, and rebuild; this scrub helps until then")?;
    }
    for Refusal { place, path, why, help } in &plan.refusals {
        let path = path.as_ref().map(|path| format!(", {path}")).unwrap_or_default();
        writeln!(out, "\ncannot  {}: {why}", plain(&format!("{place}{path}")))?;
        writeln!(out, "   {help}")?;
    }
    if !plan.left.is_empty() {
        let left = count(plan.left.len(), "finding", "findings");
        writeln!(out, "\nstays  {left} not chosen: the image goes on leaking")?;
        for finding in plan.left.iter().take(LEFT_SHOWN) {
            let place = &finding.place;
            let within = place.path.as_ref().or(place.pointer.as_ref()).map_or("", String::as_str);
            let surface = place.surface.name();
            writeln!(
                out,
                "   {}: {surface} {}  [{}]",
                plain(&finding.title),
                plain(within),
                finding.fingerprint
            )?;
        }
    }
    for gap in &plan.gaps {
        writeln!(out, "\nnot read  {}: {}", gap.kind.name(), plain(&gap.reason))?;
    }
    Ok(())
}

/// The layer or document of a change.
fn of(change: &Change) -> String {
    let base = if change.base { ", of the base image" } else { "" };
    match (&change.layer, &change.document) {
        (Some(layer), _) => {
            let positions: Vec<String> = change.positions.iter().map(ToString::to_string).collect();
            format!("layer {} {layer}{base}", positions.join(", "))
        }
        (None, Some(document)) => document.clone(),
        (None, None) => "the image".to_owned(),
    }
}

/// The kinds of the gaps, each once.
fn kinds(plan: &Plan) -> String {
    let kinds: BTreeSet<&str> = plan.gaps.iter().map(|gap| gap.kind.name()).collect();
    kinds.into_iter().collect::<Vec<_>>().join(",")
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
