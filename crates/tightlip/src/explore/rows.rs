//! The lines of the lists: layers, files, history, configuration, findings.

use ratatui::style::Style;
use ratatui::text::{Line, Span};
use tightlip_engine::{EntryView, Thing};
use tightlip_report::{Exposure, Level, plain};

use super::model::{Model, Tab, Told};
use super::paint::{Paint, mark, size};
use super::tree::{Leaves, Row, RowKind};
use super::wanted::is_masked;
use super::wrap::{fit, width};

/// The layers, and what is wrong with them.
pub(super) fn layers<'l>(model: &'l Model, paint: Paint, room: usize) -> Vec<Line<'l>> {
    let layers = model.image().map(|image| image.layers.as_slice()).unwrap_or_default();
    let line = |(index, layer): (usize, &tightlip_engine::LayerView)| {
        let worst = model.worst_of_layer(index);
        let marks = match worst {
            Some((level, count)) => format!("{}{:<2}", mark(Some(level)), count.min(99)),
            None => "   ".to_owned(),
        };
        let what = match (layer.read, layer.base) {
            (false, _) => "not read".to_owned(),
            (true, true) => format!("{:>7} base", size(layer.size)),
            (true, false) => format!("{:>7}", size(layer.size)),
        };
        let made = plain(&one_line(layer.instruction.as_deref().unwrap_or("")));
        let number = format!("{index:>2}{}", unread(&model.unread_of(index)));
        let taken = width(&number) + 3 + width(&what) + 1;
        Line::from(vec![
            Span::raw(number),
            Span::styled(marks, worst.map_or(Style::new(), |(level, _)| paint.level(level))),
            Span::raw(format!("{what} ")),
            Span::raw(fit(&made, room.saturating_sub(taken))),
        ])
    };
    layers.iter().enumerate().map(line).collect()
}

/// The lines of a tab between two positions. Layers can have very many files.
pub(super) fn content<'l>(
    model: &'l Model,
    tab: Tab,
    paint: Paint,
    room: (usize, std::ops::Range<usize>),
) -> Vec<Line<'l>> {
    let (room, range) = room;
    let (from, count) = (range.start, range.len());
    match tab {
        Tab::Files => {
            model.rows.iter().skip(from).take(count).map(|row| file(model, row, paint, room)).collect()
        }
        Tab::History => model
            .history()
            .into_iter()
            .skip(from)
            .take(count)
            .map(|step| history(model, step, paint, room))
            .collect(),
        Tab::Config => {
            model.config().into_iter().skip(from).take(count).map(|line| config(line, paint, room)).collect()
        }
        Tab::Findings => model
            .told()
            .into_iter()
            .skip(from)
            .take(count)
            .map(|told| finding(model, told, paint, room))
            .collect(),
    }
}

/// How many lines a tab has.
pub(super) fn length(model: &Model, tab: Tab) -> usize {
    match tab {
        Tab::Files => model.rows.len(),
        Tab::History => model.history().len(),
        Tab::Config => model.config().len(),
        Tab::Findings => model.told().len(),
    }
}

fn file<'l>(model: &'l Model, row: &Row, paint: Paint, room: usize) -> Line<'l> {
    let Some(entry) = model.entry(row) else { return Line::default() };
    let path = entry.path.get(..row.end).unwrap_or_default();
    let own = model.is_own(row);
    let level = match own {
        true => {
            model.findings_at(path).iter().filter_map(|index| model.finding(*index)).map(|f| f.level).max()
        }
        false => None,
    };
    let name = match path.get(row.start..).unwrap_or_default() {
        "" => "(root)".to_owned(),
        name => plain(name),
    };
    let fold = match row.kind {
        RowKind::Leaf => "  ",
        RowKind::Folder(Leaves::Shown) | RowKind::Implied(Leaves::Shown) => "▾ ",
        RowKind::Folder(Leaves::Folded) | RowKind::Implied(Leaves::Folded) => "▸ ",
    };
    let exposure = if own { entry.exposure } else { Exposure::Visible };
    let fate = if own { fate(entry) } else { ' ' };
    let gaps = unread(if own { model.unread_at(path) } else { &[] });
    let weight = if own && entry.thing == Thing::File { size(entry.size) } else { String::new() };
    let indent = " ".repeat((row.depth * 2).min(room / 3));
    let space = room.saturating_sub(4 + weight.len() + 1);
    let tail = if own { tail(entry) } else { "/".to_owned() };
    let text = fit(&format!("{indent}{fold}{name}{tail}"), space);
    let gap = space.saturating_sub(width(&text));
    Line::from(vec![
        Span::styled(mark(level).to_string(), level.map_or(Style::new(), |level| paint.level(level))),
        Span::styled(format!("{fate}{gaps} "), paint.exposure(exposure)),
        Span::styled(text, paint.exposure(exposure)),
        Span::raw(format!("{} {weight}", " ".repeat(gap))),
    ])
}

/// The mark of something with these gaps.
fn unread(gaps: &[usize]) -> char {
    if gaps.is_empty() { ' ' } else { '~' }
}

/// The mark of what became of an entry.
fn fate(entry: &EntryView) -> char {
    match (entry.thing, entry.exposure) {
        (Thing::Whiteout, _) => '-',
        (Thing::Opaque, _) => '*',
        (_, Exposure::Deleted) => 'D',
        (_, Exposure::Overwritten) => 'O',
        (_, Exposure::HiddenByOpaque) => 'H',
        _ => ' ',
    }
}

fn tail(entry: &EntryView) -> String {
    let to = entry.link.as_deref().map(plain).unwrap_or_default();
    match entry.thing {
        Thing::Directory => "/".to_owned(),
        Thing::Symlink => format!(" → {to}"),
        Thing::HardLink => format!(" = {to}"),
        Thing::Opaque => "/ (hides what is below)".to_owned(),
        Thing::File | Thing::Special | Thing::Whiteout => String::new(),
    }
}

fn history<'l>(model: &'l Model, index: usize, paint: Paint, room: usize) -> Line<'l> {
    let Some(step) = model.image().and_then(|image| image.history.get(index)) else { return Line::default() };
    let level = model.worst_of_step(index);
    let layer = step.layer.map_or_else(|| "   -".to_owned(), |layer| format!("{layer:>4}"));
    let text = plain(&one_line(&step.instruction));
    Line::from(vec![
        Span::styled(mark(level).to_string(), level.map_or(Style::new(), |level| paint.level(level))),
        Span::raw(format!("{layer}  ")),
        Span::raw(fit(&text, room.saturating_sub(7))),
    ])
}

fn config(line: &str, paint: Paint, room: usize) -> Line<'static> {
    let level = is_masked(line).then_some(Level::Deny);
    Line::from(vec![
        Span::styled(mark(level).to_string(), level.map_or(Style::new(), |level| paint.level(level))),
        Span::raw(format!(" {}", fit(&plain(line), room.saturating_sub(2)))),
    ])
}

fn finding<'l>(model: &'l Model, told: Told, paint: Paint, room: usize) -> Line<'l> {
    let (mark, style, text) = match told {
        Told::Finding(index) => {
            let Some(finding) = model.finding(index) else { return Line::default() };
            let place = &finding.place;
            let at = place.path.as_deref().or(place.pointer.as_deref()).unwrap_or(place.surface.name());
            let text = format!("{:<4}  {}  in {at}", finding.level.name(), finding.title);
            (mark(Some(finding.level)), paint.level(finding.level), text)
        }
        Told::Gap(index) => {
            let Some(gap) = model.gap(index) else { return Line::default() };
            ('~', paint.level(Level::Warn), format!("not read: {}: {}", gap.kind.name(), gap.reason))
        }
    };
    let text = fit(&plain(&text), room.saturating_sub(2));
    Line::from(vec![Span::styled(mark.to_string(), style), Span::raw(format!(" {text}"))])
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
