//! The picture: layers as a stack, and a lane for each secret from the layer where it enters to the one that hides it.
//!
//! A lane is a full line as long as a container sees the secret, and a dotted one where a later layer hides it: it is
//! still there for whoever takes the layers apart. All that the lanes show is also said in words.

use std::io::{self, Write};

use super::escaped;
use crate::format::leak::{Leak, level};
use crate::format::words::{short, size};
use crate::{Exposure, Finding, ImageOutline, LayerOutline, LayerRef, Report};

/// So many lanes fit beside the stack; the leaks beyond are named in words only.
const LANES: usize = 12;
/// So much of an instruction is shown, in characters; the report has all of it.
const LONGEST: usize = 320;

/// A secret in this image.
struct Lane<'r> {
    /// The number of its leak.
    number: usize,
    level: &'static str,
    spans: Vec<Span<'r>>,
    /// What stands in no layer but in the description of the image.
    around: Vec<&'r Finding>,
}

/// Where a secret enters the stack, and where it is hidden.
struct Span<'r> {
    enters: usize,
    hidden: Option<usize>,
    finding: &'r Finding,
}

/// What a lane shows beside one layer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Empty,
    Enters,
    Seen,
    Hides,
    Hidden,
}

/// Draws an image.
pub(super) fn draw(
    (report, image): (&Report, &ImageOutline),
    leaks: &[Leak<'_>],
    out: &mut dyn Write,
) -> io::Result<()> {
    let lanes: Vec<Lane<'_>> =
        leaks.iter().enumerate().filter_map(|(at, leak)| lane(at + 1, leak, (report, image))).collect();
    let drawn = lanes.iter().filter(|lane| !lane.spans.is_empty()).take(LANES).collect::<Vec<_>>();
    let names = [&image.name, &image.platform].into_iter().flatten();
    let names = names.map(|name| escaped(name)).collect::<Vec<_>>().join(" · ");
    let names = if names.is_empty() { names } else { format!(" <small>{names}</small>") };
    writeln!(out, "<section class=\"picture\">\n<h2>The image, layer by layer{names}</h2>")?;
    legend(&lanes, out)?;
    let heaviest = image.layers.iter().filter_map(|layer| layer.bytes).max().unwrap_or(1).max(1);
    writeln!(out, "<ol class=\"stack\">")?;
    surface((&lanes, &drawn), image, out)?;
    for layer in image.layers.iter().rev() {
        row((&lanes, &drawn), (layer, heaviest), out)?;
    }
    writeln!(out, "</ol>")?;
    description(&lanes, out)?;
    writeln!(out, "</section>")
}

fn lane<'r>(number: usize, leak: &Leak<'r>, (report, image): (&Report, &ImageOutline)) -> Option<Lane<'r>> {
    let mut lane = Lane { number, level: level(leak).name(), spans: Vec::new(), around: Vec::new() };
    for &finding in leak {
        match &finding.place.layer {
            Some(layer) => lane.spans.extend(position(layer, image).map(|enters| Span {
                enters,
                hidden: finding.place.hidden_by.as_ref().and_then(|by| position(by, image)),
                finding,
            })),
            None if belongs(finding, (report, image)) => lane.around.push(finding),
            None => {}
        }
    }
    (!lane.spans.is_empty() || !lane.around.is_empty()).then_some(lane)
}

/// Where a layer lies in this image. Images that share a layer share its findings, which are told once.
fn position(layer: &LayerRef, image: &ImageOutline) -> Option<usize> {
    let same = |other: &LayerOutline| match (&layer.digest, &other.layer.digest) {
        (Some(one), Some(two)) => one == two,
        _ => layer.index == other.layer.index,
    };
    let exact = image.layers.get(layer.index).filter(|other| same(other)).map(|_| layer.index);
    exact.or_else(|| image.layers.iter().position(same))
}

/// Whether what stands in no layer belongs to this image.
fn belongs(finding: &Finding, (report, image): (&Report, &ImageOutline)) -> bool {
    let place = &finding.place;
    let alone = report.images.len() == 1;
    alone || (place.platform == image.platform && (place.image.is_none() || place.image == image.name))
}

impl Lane<'_> {
    /// What it shows beside a layer: the most telling of its spans.
    fn look(&self, layer: usize) -> Look {
        let of_span = |span: &Span<'_>| match span.hidden {
            _ if layer < span.enters => Look::Empty,
            _ if layer == span.enters => Look::Enters,
            Some(by) if layer == by => Look::Hides,
            Some(by) if layer > by => Look::Hidden,
            _ => Look::Seen,
        };
        let looks: Vec<Look> = self.spans.iter().map(of_span).collect();
        let order = [Look::Enters, Look::Hides, Look::Seen, Look::Hidden];
        order.into_iter().find(|look| looks.contains(look)).unwrap_or(Look::Empty)
    }

    /// How the line goes on below and above a layer.
    fn ends(&self, layer: usize) -> (&'static str, &'static str) {
        let seen = |at: usize| self.spans.iter().any(|s| s.enters < at && s.hidden.is_none_or(|by| at <= by));
        let hidden = |at: usize| self.spans.iter().any(|s| s.hidden.is_some_and(|by| by < at));
        let line = |at: usize| match (seen(at), hidden(at)) {
            (true, _) => "full",
            (false, true) => "dotted",
            (false, false) => "none",
        };
        (line(layer), line(layer + 1))
    }

    fn is_visible(&self) -> bool {
        self.spans.iter().any(|span| span.finding.place.exposure == Exposure::Visible)
    }
}

fn legend(lanes: &[Lane<'_>], out: &mut dyn Write) -> io::Result<()> {
    if lanes.is_empty() {
        return writeln!(out, "<p class=\"lead\">Nothing that leaks was found in it.</p>");
    }
    writeln!(
        out,
        "<ul class=\"legend\" aria-hidden=\"true\"><li><span class=\"dot\">1</span> a secret enters</li>\
        <li><span class=\"bit full\"></span> a container sees it</li>\
        <li><span class=\"cap\">✕</span> a later layer hides it</li>\
        <li><span class=\"bit dotted\"></span> hidden, and still in the image</li></ul>"
    )
}

/// The topmost row: what somebody who looks into a running container sees.
fn surface(
    (lanes, drawn): (&[Lane<'_>], &[&Lane<'_>]),
    image: &ImageOutline,
    out: &mut dyn Write,
) -> io::Result<()> {
    let visible: Vec<String> = lanes.iter().filter(|lane| lane.is_visible()).map(link).collect();
    let hidden: Vec<String> =
        lanes.iter().filter(|l| !l.spans.is_empty() && !l.is_visible()).map(link).collect();
    let mut words = match visible.len() {
        0 => "None of the secrets below".to_owned(),
        _ => format!("In plain sight: {}", visible.join(" ")),
    };
    if !hidden.is_empty() {
        words.push_str(&format!(". Hidden, and still in the image: {}", hidden.join(" ")));
    }
    if lanes.iter().all(|lane| lane.spans.is_empty()) {
        "No secret that was found in a layer".clone_into(&mut words);
    }
    let top = image.layers.len();
    writeln!(out, "<li class=\"row\">\n<div class=\"lanes\" aria-hidden=\"true\">")?;
    for lane in drawn {
        let (below, _) = lane.ends(top);
        let eye = if lane.is_visible() { "<span class=\"eye\">◉</span>" } else { "" };
        writeln!(out, "<span class=\"lane {}\"><i class=\"{below} below\"></i>{eye}</span>", lane.level)?;
    }
    writeln!(
        out,
        "</div>\n<div class=\"slab top\"><p><b>What a running container sees</b></p><p>{words}.</p></div>\n</li>"
    )
}

fn row(
    (lanes, drawn): (&[Lane<'_>], &[&Lane<'_>]),
    (layer, heaviest): (&LayerOutline, u64),
    out: &mut dyn Write,
) -> io::Result<()> {
    let index = layer.layer.index;
    writeln!(out, "<li class=\"row\">\n<div class=\"lanes\" aria-hidden=\"true\">")?;
    for lane in drawn {
        cell(lane, index, out)?;
    }
    let base = if layer.layer.base { " base" } else { "" };
    let tag = if layer.layer.base { " <span class=\"tag quiet\">base image</span>" } else { "" };
    let bytes = layer.bytes.map_or_else(|| "not read".to_owned(), size);
    let digest = layer.layer.digest.as_deref().map(|digest| escaped(&short(digest))).unwrap_or_default();
    let share = layer.bytes.unwrap_or(0).saturating_mul(100) / heaviest;
    writeln!(out, "</div>\n<div class=\"slab{base}\">")?;
    writeln!(
        out,
        "<p class=\"name\"><b>Layer {index}</b>{tag} <span class=\"dim\">{bytes}</span> <code class=\"dim\">{digest}</code></p>"
    )?;
    if let Some(by) = &layer.introduced_by {
        let text = by.instruction.as_deref().unwrap_or_default();
        let file = by
            .dockerfile
            .as_ref()
            .map(|line| format!("<span class=\"dim\">{}:{}</span> ", escaped(&line.file), line.line));
        writeln!(
            out,
            "<p class=\"made\">{}<code>{}</code></p>",
            file.unwrap_or_default(),
            escaped(&cut(text))
        )?;
    }
    events(lanes, index, out)?;
    writeln!(
        out,
        "<div class=\"weight\" aria-hidden=\"true\"><i style=\"width:{share}%\"></i></div>\n</div>\n</li>"
    )
}

fn cut(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{} …", line.get(..at).unwrap_or_default()),
        None => line,
    }
}

/// A lane beside a layer: the line below, the line above, and what happens between.
fn cell(lane: &Lane<'_>, layer: usize, out: &mut dyn Write) -> io::Result<()> {
    let (below, above) = lane.ends(layer);
    let mark = match lane.look(layer) {
        Look::Enters => format!(
            "<a class=\"dot {}\" href=\"#leak-{n}\" tabindex=\"-1\">{n}</a>",
            lane.level,
            n = lane.number
        ),
        Look::Hides => "<span class=\"cap\">✕</span>".to_owned(),
        Look::Empty | Look::Seen | Look::Hidden => String::new(),
    };
    writeln!(
        out,
        "<span class=\"lane {}\"><i class=\"{below} below\"></i><i class=\"{above} above\"></i>{mark}</span>",
        lane.level
    )
}

/// What happens in a layer, in words.
fn events(lanes: &[Lane<'_>], layer: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = Vec::new();
    for lane in lanes {
        for span in &lane.spans {
            let path =
                span.finding.place.path.as_deref().map(|path| format!(" <code>{}</code>", escaped(path)));
            let path = path.unwrap_or_default();
            if span.enters == layer {
                lines.push(format!(
                    "<li class=\"enters {}\">secret {} enters:{path}</li>",
                    lane.level,
                    link(lane)
                ));
            }
            if span.hidden == Some(layer) {
                let how = span.finding.place.exposure.name().replace('-', " ");
                lines.push(format!(
                    "<li class=\"hides\">secret {} is only {how} here:{path} is still in layer {}</li>",
                    link(lane),
                    span.enters
                ));
            }
        }
    }
    lines.dedup();
    if lines.is_empty() {
        Ok(())
    } else {
        writeln!(out, "<ul class=\"events\">\n{}\n</ul>", lines.join("\n"))
    }
}

fn link(lane: &Lane<'_>) -> String {
    format!("<a class=\"dot {}\" href=\"#leak-{n}\">{n}</a>", lane.level, n = lane.number)
}

/// What stands beside the layers: everybody who may pull the image reads it first.
fn description(lanes: &[Lane<'_>], out: &mut dyn Write) -> io::Result<()> {
    let around: Vec<&Lane<'_>> = lanes.iter().filter(|lane| !lane.around.is_empty()).collect();
    writeln!(
        out,
        "<div class=\"slab around\"><p><b>The description of the image</b> <span class=\"dim\">configuration, history, labels, attestations</span></p>"
    )?;
    if around.is_empty() {
        writeln!(out, "<p class=\"dim\">No secret was found in it.</p></div>")?;
        return Ok(());
    }
    writeln!(out, "<ul class=\"events\">")?;
    for lane in around {
        let mut spots: Vec<String> = lane
            .around
            .iter()
            .map(|finding| {
                let pointer =
                    finding.place.pointer.as_deref().or(finding.place.path.as_deref()).unwrap_or_default();
                format!("{} <code>{}</code>", finding.place.surface.name(), escaped(pointer))
            })
            .collect();
        spots.dedup();
        writeln!(
            out,
            "<li class=\"enters {}\">secret {} in {}</li>",
            lane.level,
            link(lane),
            spots.join(", ")
        )?;
    }
    writeln!(out, "</ul></div>")
}
