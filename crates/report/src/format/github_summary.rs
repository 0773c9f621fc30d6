//! The summary of a step on GitHub: `--output "$GITHUB_STEP_SUMMARY"` shows it below the job.
//!
//! Source: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>; a summary holds at most
//! 1 MiB. What a pull request comment says, with the picture of the image as a table.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::markdown::{cell, page, text};
use super::words::{short, size};
use super::{Format, Style};
use crate::{Finding, ImageOutline, LayerOutline, Report};

/// The format.
pub(super) static FORMAT: Format = Format {
    name: "github-summary",
    summary: "Markdown for the summary of a step in GitHub Actions",
    endings: &[],
    write,
};

/// Room for the page, in characters: each takes up to four of the 1 MiB.
const LONGEST: usize = 250_000;

fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let pictures: String = report.images.iter().map(|image| picture(report, image)).collect();
    let room = LONGEST.saturating_sub(pictures.chars().count());
    out.write_all(page(report, style, room).as_bytes())?;
    out.write_all(pictures.as_bytes())
}

/// The layers of an image as a table, the topmost first as they lie.
fn picture(report: &Report, image: &ImageOutline) -> String {
    let names = [&image.name, &image.platform].into_iter().flatten();
    let title = names.map(|name| text(name)).collect::<Vec<_>>().join(", ");
    let layers = image.layers.len();
    let mut out = format!("\n<details><summary>Layers of the image {title} ({layers})</summary>\n\n");
    out.push_str("| layer | made by | size | what leaks |\n|---|---|---|---|\n");
    for layer in image.layers.iter().rev() {
        let made = layer.introduced_by.as_ref().and_then(|by| by.instruction.as_ref());
        let made: String = made.map(|text| text.chars().take(120).collect()).unwrap_or_default();
        let made = if made.is_empty() { String::new() } else { cell(&made) };
        let bytes = layer.bytes.map_or_else(|| "not read".to_owned(), size);
        let leaks = events(report, layer).join("<br>");
        let _ = writeln!(out, "| {} | {made} | {bytes} | {leaks} |", title_of(layer));
    }
    out + "\n</details>\n"
}

fn title_of(layer: &LayerOutline) -> String {
    let digest = layer.layer.digest.as_deref().map(|digest| format!(" {}", cell(&short(digest))));
    let base = if layer.layer.base { " (base image)" } else { "" };
    format!("{}{}{base}", layer.layer.index, digest.unwrap_or_default())
}

/// What enters with a layer and what it hides.
fn events(report: &Report, layer: &LayerOutline) -> Vec<String> {
    let mut events = Vec::new();
    let is_it =
        |other: &crate::LayerRef| other.index == layer.layer.index && other.digest == layer.layer.digest;
    for finding in &report.findings {
        let Finding { place, .. } = finding;
        let path = place.path.as_deref().unwrap_or_default();
        if place.layer.as_ref().is_some_and(is_it) {
            events.push(format!("{} enters: {}", cell(&finding.rule), cell(path)));
        }
        if place.hidden_by.as_ref().is_some_and(is_it) {
            events.push(format!("only hides {}", cell(path)));
        }
    }
    events
}
