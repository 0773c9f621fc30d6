//! Draws what is looked at: two sides with the details below them, one side where the terminal is narrow.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Paragraph};
use tightlip_report::format::Colour;
use tightlip_report::{Level, plain};

use super::describe::{self, Field};
use super::model::{Focus, Mode, Model, Scope, Tab};
use super::paint::Paint;
use super::rows;
use super::wrap::{fit, wrap};

/// Narrower terminals show one side at a time.
const TWO_SIDES: u16 = 64;
/// Narrower frames show no names of tabs but that of the chosen one.
const WITH_NAMES: u16 = 48;
/// Lower terminals show no details below the lists: Enter shows them.
const WITH_DETAILS: u16 = 16;
/// Smaller terminals show nothing.
const SMALLEST: (u16, u16) = (20, 6);
/// Columns of the names of fields.
const NAMES: usize = 11;

/// The keys, as the help lists them.
const HELP: &[(&str, &str)] = &[
    ("↑ ↓  k j", "move"),
    ("PgUp PgDn", "move by a page; g and G: first and last"),
    ("Tab", "the other side: layers, or what is in them"),
    ("← →  h l", "fold and unfold a folder, or change sides"),
    ("1 2 3 4", "files, history, config, findings"),
    ("Enter", "all details of the selection"),
    ("/", "show only what holds this text; Enter keeps it"),
    ("o", "only what leaks, or everything again"),
    ("n", "the next finding in a layer"),
    ("[ ]", "the image of another platform, where there are several"),
    ("Esc", "everything again"),
    ("q  Ctrl-C", "end"),
    ("", ""),
    ("!  ?  i", "a leak, a warning, a note at this place"),
    ("~", "something that was not read"),
    ("D", "deleted by a later layer: still in this one"),
    ("O", "replaced by a later layer: still in this one"),
    ("H", "hidden with its directory: still in this one"),
    ("-  *", "a mark that deletes a path, or hides a directory, of the layers below"),
    ("", ""),
    ("", "Values are never shown. The command after `recover` prints one."),
];

/// Draws everything.
pub(super) fn draw(model: &Model, colour: Colour, frame: &mut Frame<'_>) {
    let paint = Paint(colour);
    let area = frame.area();
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        frame.render_widget(Paragraph::new("too small\nq: end"), area);
        return;
    }
    let [top, middle, bottom] =
        Layout::vertical([Constraint::Length(1), Constraint::Min(1), Constraint::Length(1)]).areas(area);
    frame.render_widget(title(model, paint, top.width), top);
    frame.render_widget(Line::raw(fit(&hints(model), usize::from(bottom.width))), bottom);
    match model.mode {
        Mode::Help => help(model, paint, frame, middle),
        Mode::Detail => details(model, paint, frame, (middle, "Details, Esc: back")),
        Mode::Browse | Mode::Filter => browse(model, paint, frame, middle),
    }
}

fn browse(model: &Model, paint: Paint, frame: &mut Frame<'_>, area: Rect) {
    let below = if area.height >= WITH_DETAILS { (area.height / 3).clamp(6, 12) } else { 0 };
    let [lists, detail] = Layout::vertical([Constraint::Min(1), Constraint::Length(below)]).areas(area);
    if below > 0 {
        details(model, paint, frame, (detail, "Details, Enter: all of them"));
    }
    if area.width < TWO_SIDES {
        match model.focus {
            Focus::Layers => layers(model, paint, frame, lists),
            Focus::Content => content(model, paint, frame, lists),
        }
        return;
    }
    let [left, right] = Layout::horizontal([Constraint::Percentage(38), Constraint::Min(1)]).areas(lists);
    layers(model, paint, frame, left);
    content(model, paint, frame, right);
}

fn title(model: &Model, paint: Paint, width: u16) -> Line<'static> {
    let report = &model.explored.report;
    let verdict = report.verdict(model.counts);
    let level = if verdict.name() == "clean" { None } else { Some(Level::Deny) };
    let image = model.image();
    let name = image.and_then(|image| image.name.as_deref()).unwrap_or(&report.target.given);
    let platform = plain(image.and_then(|image| image.platform.as_deref()).unwrap_or_default());
    let several = match model.explored.images.len() {
        0 | 1 => String::new(),
        images => format!("{} of {images}, turn with [ ]", model.image + 1),
    };
    let kind = image.map(|image| image.kind).filter(|kind| *kind != "image").unwrap_or_default();
    let parts = [plain(name), platform, kind.to_owned(), several];
    let rest: String = parts.iter().filter(|part| !part.is_empty()).map(|part| format!("  {part}")).collect();
    let word = verdict.name();
    let rest = fit(&rest, usize::from(width).saturating_sub(word.len()));
    Line::from(vec![
        Span::styled(word, level.map_or(paint.strong(), |level| paint.level(level))),
        Span::raw(rest),
    ])
}

fn hints(model: &Model) -> String {
    match model.mode {
        Mode::Filter => format!("/{}▏  Enter: keep, Esc: clear", plain(&model.filter)),
        Mode::Help | Mode::Detail => "↑↓ scroll  Esc back".to_owned(),
        Mode::Browse => {
            let mut text = String::new();
            if !model.filter.is_empty() {
                text.push_str(&format!("[/{}] ", plain(&model.filter)));
            }
            if model.scope == Scope::OnlyLeaks {
                text.push_str("[only leaks] ");
            }
            text.push_str("? help  q end  Tab sides  1-4 tabs  / filter  o only leaks  n next finding");
            text
        }
    }
}

fn layers(model: &Model, paint: Paint, frame: &mut Frame<'_>, area: Rect) {
    let count = model.image().map_or(0, |image| image.layers.len());
    let block = framed(Line::raw(format!(" Layers ({count}) ")), Focus::Layers, (model, paint));
    let inner = block.inner(area);
    let lines = rows::layers(model, paint, usize::from(inner.width).saturating_sub(1));
    let window = window(model.layer, lines.len(), usize::from(inner.height));
    let from = window.start;
    let lines = lines.into_iter().skip(from).take(window.len()).collect();
    frame.render_widget(block, area);
    list(lines, model.layer.checked_sub(from), (model.focus == Focus::Layers, paint), (frame, inner));
}

fn content(model: &Model, paint: Paint, frame: &mut Frame<'_>, area: Rect) {
    let block = framed(tabs(model, paint, area.width), Focus::Content, (model, paint));
    let mut inner = block.inner(area);
    frame.render_widget(block, area);
    let unlisted = model.layer().filter(|layer| model.tab == Tab::Files && layer.unlisted > 0);
    if let Some(layer) = unlisted {
        // What the list leaves out is said at its head: nobody scrolls to the end of so many lines.
        let line = Rect { height: 1, ..inner };
        inner = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
        let text = format!("~ {}", describe::unlisted(layer));
        frame.render_widget(Line::raw(fit(&text, usize::from(line.width))), line);
    }
    let (cursor, length) = (model.content_cursor(), rows::length(model, model.tab));
    let window = window(cursor, length, usize::from(inner.height));
    let from = window.start;
    let lines = rows::content(model, model.tab, paint, (usize::from(inner.width).saturating_sub(1), window));
    if lines.is_empty() {
        let text = if model.filter.is_empty() { "nothing here" } else { "nothing here holds that text" };
        frame.render_widget(Line::raw(text), inner);
    }
    list(lines, cursor.checked_sub(from), (model.focus == Focus::Content, paint), (frame, inner));
}

fn tabs(model: &Model, paint: Paint, width: u16) -> Line<'static> {
    let mut spans = vec![Span::raw(" ")];
    for (index, tab) in Tab::ALL.into_iter().enumerate() {
        let number = index + 1;
        spans.push(match tab == model.tab {
            true => Span::styled(format!("[{number} {}]", tab.name()), paint.strong()),
            false if width < WITH_NAMES => Span::raw(format!(" {number} ")),
            false => Span::raw(format!(" {number} {} ", tab.name())),
        });
    }
    spans.push(Span::raw(" "));
    Line::from(spans)
}

/// A frame, thick where keys go to what is in it.
fn framed<'l>(title: Line<'l>, side: Focus, (model, paint): (&Model, Paint)) -> Block<'l> {
    let block = Block::bordered().title(title);
    if model.focus == side {
        block.border_type(BorderType::Thick).border_style(paint.strong())
    } else {
        block
    }
}

/// The lines with the selected one marked.
fn list(lines: Vec<Line<'_>>, selected: Option<usize>, look: (bool, Paint), on: (&mut Frame<'_>, Rect)) {
    let ((focused, paint), (frame, area)) = (look, on);
    for (index, mut line) in lines.into_iter().enumerate() {
        let Ok(row) = u16::try_from(index) else { return };
        if row >= area.height {
            return;
        }
        let here = selected == Some(index);
        line.spans.insert(0, Span::raw(if here { ">" } else { " " }));
        let place = Rect { y: area.y + row, height: 1, ..area };
        frame.render_widget(line, place);
        if here && focused {
            frame.buffer_mut().set_style(place, paint.selected());
        }
    }
}

/// The part of a list that is shown: the selection in its middle, as far as there are lines around it.
fn window(cursor: usize, length: usize, height: usize) -> std::ops::Range<usize> {
    let from = cursor.saturating_sub(height / 2).min(length.saturating_sub(height));
    from..length.min(from + height)
}

fn details(model: &Model, paint: Paint, frame: &mut Frame<'_>, (area, title): (Rect, &'static str)) {
    let scroll = if model.mode == Mode::Detail { model.scroll } else { 0 };
    page(&describe::selected(model), paint, frame, (area, title, scroll));
}

fn help(model: &Model, paint: Paint, frame: &mut Frame<'_>, area: Rect) {
    let fields: Vec<Field> = HELP.iter().map(|(keys, what)| (*keys, (*what).to_owned())).collect();
    page(&fields, paint, frame, (area, "Keys and marks", model.scroll));
}

/// Fields in a frame, from a line on. What is below says so.
fn page(fields: &[Field], paint: Paint, frame: &mut Frame<'_>, (area, title, scroll): (Rect, &str, usize)) {
    let height = usize::from(area.height).saturating_sub(2);
    let lines = lines(fields, paint, usize::from(area.width).saturating_sub(2));
    let scroll = scroll.min(lines.len().saturating_sub(height));
    let rest = lines.len().saturating_sub(scroll + height);
    let mut block = Block::bordered().title(format!(" {title} "));
    if rest > 0 {
        block = block.title_bottom(
            Line::raw(format!(" {rest} more {} ", if rest == 1 { "line" } else { "lines" })).right_aligned(),
        );
    }
    let shown: Vec<Line<'_>> = lines.into_iter().skip(scroll).take(height).collect();
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(shown).block(block), area);
}

fn lines(fields: &[Field], paint: Paint, room: usize) -> Vec<Line<'static>> {
    let names = NAMES.min(room / 3);
    let mut lines = Vec::new();
    for (name, text) in fields {
        for (row, part) in wrap(text, room.saturating_sub(names)).into_iter().enumerate() {
            let name = if row == 0 { fit(name, names.saturating_sub(1)) } else { String::new() };
            let space = names.saturating_sub(super::wrap::width(&name));
            lines.push(Line::from(vec![
                Span::styled(name, paint.label()),
                Span::raw(" ".repeat(space)),
                Span::raw(part),
            ]));
        }
    }
    lines
}
