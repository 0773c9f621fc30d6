//! The terminal: is there one, how wide is it, does it show colour?

use std::io::IsTerminal as _;

use tightlip_report::Level;
use tightlip_report::format::Colour;

use super::{Check, Line, Machine};
use crate::terminal::style;

/// The check.
pub(super) static CHECK: Check = Check { name: "terminal", run };

/// Below this many columns lines are hard to read.
const NARROW: u16 = 40;

fn run(_: &Machine) -> Vec<Line> {
    let stdout = std::io::stdout();
    if !stdout.is_terminal() {
        return vec![Line::missing(
            "the output goes elsewhere: text without colour, 100 columns",
            "run it in a terminal for progress, colour and explore",
        )];
    }
    let colour = if style(Level::Deny).colour == Colour::On { "colour" } else { "no colour" };
    let size = terminal_size::terminal_size_of(&stdout).map(|(width, height)| (width.0, height.0));
    vec![match size {
        Some((width, height)) if width < NARROW => Line::good(format!("{width} × {height}, {colour}"))
            .then(format!("widen it to {NARROW} columns or more")),
        Some((width, height)) => Line::good(format!("{width} × {height}, {colour}")),
        None => Line::good(format!("a terminal that does not say its size, {colour}")),
    }]
}
