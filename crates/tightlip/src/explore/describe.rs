//! What is known about the thing that is selected, as names and texts.

use tightlip_engine::{EntryView, LayerView, Thing};
use tightlip_report::{Exposure, Finding, Gap, plain};

use super::model::{Focus, Model, Tab, Told};
use super::paint::size;
use super::wanted::in_file;

/// A line of the details: a short name, empty where the text goes on, and the text.
pub(super) type Field = (&'static str, String);

/// So many things that were not read are told with what they belong to; the findings list has them all.
const UNREAD: usize = 3;

/// The details of what is selected.
pub(super) fn selected(model: &Model) -> Vec<Field> {
    let fields = match (model.focus, model.tab) {
        (Focus::Layers, _) => model.layer().map(|layer| of_layer(model, layer)),
        (_, Tab::Files) => Some(of_row(model)),
        (_, Tab::History) => of_step(model),
        (_, Tab::Config) => {
            model.config().get(model.content_cursor()).map(|line| vec![("", (*line).to_owned())])
        }
        (_, Tab::Findings) => of_told(model),
    };
    let fields = fields.unwrap_or_else(|| vec![("", "nothing to show here".to_owned())]);
    fields.into_iter().map(|(name, text)| (name, plain(&text))).collect()
}

fn of_layer(model: &Model, layer: &LayerView) -> Vec<Field> {
    let mut fields = vec![("layer", format!("{} {}", model.layer, layer.digest))];
    if !layer.read {
        fields.push(("not read", "the findings list says why".to_owned()));
        return fields;
    }
    let base = if layer.base { ", from the base image" } else { "" };
    let entries = match layer.entries.len() as u64 + layer.unlisted {
        1 => "1 entry".to_owned(),
        entries => format!("{entries} entries"),
    };
    fields.push(("holds", format!("{}, {entries}{base}", size(layer.size))));
    if layer.unlisted > 0 {
        fields.push(("not listed", unlisted(layer)));
    }
    fields.extend(layer.instruction.clone().map(|text| ("made by", text)));
    let unread = model.unread_of(model.layer);
    fields.push((
        "leaks",
        match model.worst_of_layer(model.layer) {
            Some((level, count)) => format!("{count} × {}: n goes there", level.name()),
            None if unread.is_empty() => "nothing was found in it".to_owned(),
            None => "nothing was found in what was read of it".to_owned(),
        },
    ));
    for index in unread.into_iter().take(UNREAD) {
        fields.extend(model.gap(index).map(of_gap).unwrap_or_default());
    }
    fields
}

/// Says what the list leaves out.
pub(super) fn unlisted(layer: &LayerView) -> String {
    format!("{} more entries were read and are not listed (limit `listed-entries`)", layer.unlisted)
}

fn of_row(model: &Model) -> Vec<Field> {
    let Some(row) = model.selected_row() else {
        let more = model.layer().filter(|layer| layer.unlisted > 0).map(unlisted);
        return vec![("", more.unwrap_or_else(|| "no file here".to_owned()))];
    };
    let (path, entry) = (model.selected_path().unwrap_or_default().to_owned(), model.entry(&row));
    let Some(entry) = entry.filter(|_| model.is_own(&row)) else {
        return vec![
            ("folder", format!("{path}/")),
            ("", "of a layer below: it has no entry of its own in this one".to_owned()),
        ];
    };
    let mut fields = Vec::new();
    for index in model.selected_findings() {
        fields.extend(model.finding(*index).map(of_finding).unwrap_or_default());
    }
    for index in model.unread_at(&path).iter().take(UNREAD) {
        fields.extend(model.gap(*index).map(of_gap).unwrap_or_default());
    }
    fields.extend(of_entry(entry));
    fields
}

fn of_entry(entry: &EntryView) -> Vec<Field> {
    let path = if entry.path.is_empty() { "(root)" } else { &entry.path };
    let (user, group) = entry.owner;
    let what = match entry.thing {
        Thing::File => format!("file, {} bytes", entry.size),
        Thing::Directory => "directory".to_owned(),
        Thing::Symlink => "symbolic link".to_owned(),
        Thing::HardLink => "another name of a file".to_owned(),
        Thing::Special => "device or pipe".to_owned(),
        Thing::Whiteout => "deletes this path of the layers below".to_owned(),
        Thing::Opaque => "hides all that the layers below have in this directory".to_owned(),
    };
    let mut fields = vec![
        ("path", path.to_owned()),
        ("is", format!("{what}, mode {:04o}, owner {user}:{group}", entry.mode)),
    ];
    fields.extend(entry.link.clone().map(|link| ("points to", link)));
    fields.extend(seen(entry.exposure, entry.hidden_by).map(|text| ("seen", text)));
    fields
}

/// Who sees it, in words.
fn seen(exposure: Exposure, by: Option<usize>) -> Option<String> {
    let by = by.map_or_else(|| "a later layer".to_owned(), |layer| format!("layer {layer}"));
    match exposure {
        Exposure::Visible => Some("by everybody who runs the image".to_owned()),
        Exposure::Deleted => Some(format!("{by} deletes it, and this layer still holds it")),
        Exposure::Overwritten => Some(format!("{by} replaces it, and this layer still holds it")),
        Exposure::HiddenByOpaque => Some(format!("{by} hides its directory, and this layer still holds it")),
        Exposure::Metadata | Exposure::BuildOnly => None,
    }
}

fn of_step(model: &Model) -> Option<Vec<Field>> {
    let step = *model.history().get(model.content_cursor())?;
    let view = model.image()?.history.get(step)?;
    let layer = view.layer.map_or_else(|| "none".to_owned(), |layer| layer.to_string());
    let mut fields = vec![("step", view.instruction.clone()), ("layer", layer)];
    fields.extend(view.line.clone().map(|line| ("written at", line)));
    let by = |finding: &Finding| finding.introduced_by.as_ref().and_then(|by| by.history_index) == Some(step);
    for (_, finding) in model.findings_here().filter(|(_, finding)| by(finding)) {
        fields.extend(of_finding(finding));
    }
    Some(fields)
}

fn of_told(model: &Model) -> Option<Vec<Field>> {
    match model.selected_told()? {
        Told::Finding(index) => model.finding(index).map(of_finding),
        Told::Gap(index) => model.gap(index).map(of_gap),
    }
}

fn of_gap(gap: &Gap) -> Vec<Field> {
    let mut fields = vec![("not read", format!("{}: {}", gap.kind.name(), gap.reason))];
    fields.extend(gap.place.path.clone().map(|path| ("in", path)));
    fields.extend(gap.place.layer.as_ref().map(|layer| ("layer", layer.index.to_string())));
    fields.extend(gap.bytes.map(|bytes| ("bytes", bytes.to_string())));
    fields
}

/// Everything about a finding: what, where, how anyone gets it, what to do.
fn of_finding(finding: &Finding) -> Vec<Field> {
    let mut fields = vec![
        (finding.level.name(), format!("{} ({})", finding.title, finding.rule)),
        ("value", finding.shape.clone()),
        ("in", place(finding)),
    ];
    if let Some(by) = &finding.introduced_by {
        fields.extend(by.instruction.clone().map(|text| ("written by", text)));
        fields.extend(by.dockerfile.as_ref().map(|at| ("", format!("{}:{}", at.file, at.line))));
    }
    if !finding.recover.is_empty() {
        fields.push(("recover", finding.recover.clone()));
    }
    fields.push(("fix", finding.remedy.summary.clone()));
    fields.extend(finding.remedy.command.clone().map(|command| ("", command)));
    fields.extend(finding.remedy.rotate.clone().map(|link| ("rotate", link)));
    fields
}

fn place(finding: &Finding) -> String {
    let place = &finding.place;
    let mut text = place.path.clone().or(place.pointer.clone()).unwrap_or_default();
    if !in_file(finding) {
        text = format!("{} {text}", place.surface.name());
    }
    if let Some(member) = &place.member {
        text.push_str(&format!("!/{member}"));
    }
    if let Some(line) = place.line {
        text.push_str(&format!(" line {line}"));
    }
    if let Some(layer) = &place.layer {
        text.push_str(&format!(", layer {}", layer.index));
    }
    if let Some(by) = &place.hidden_by {
        text.push_str(&format!(", {} by layer {}", place.exposure.name().replace('-', " "), by.index));
    }
    text
}
