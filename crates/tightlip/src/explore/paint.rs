//! How things look. Nothing depends on colour: every mark is a character too.

use ratatui::style::{Color, Modifier, Style};
use tightlip_report::format::Colour;
use tightlip_report::{Exposure, Level};

/// Colours, or none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint(pub(super) Colour);

impl Paint {
    pub(super) fn level(self, level: Level) -> Style {
        let colour = match level {
            Level::Deny => Color::Red,
            Level::Warn => Color::Yellow,
            Level::Note => Color::Cyan,
        };
        self.colour(colour).add_modifier(Modifier::BOLD)
    }

    pub(super) fn exposure(self, exposure: Exposure) -> Style {
        match exposure {
            Exposure::Deleted | Exposure::Overwritten | Exposure::HiddenByOpaque => {
                self.colour(Color::Magenta)
            }
            _ => Style::new(),
        }
    }

    pub(super) fn label(self) -> Style {
        self.colour(Color::Blue)
    }

    pub(super) fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    pub(super) fn selected(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    fn colour(self, colour: Color) -> Style {
        match self.0 {
            Colour::On => Style::new().fg(colour),
            Colour::Off => Style::new(),
        }
    }
}

/// The mark of a finding.
pub(super) fn mark(level: Option<Level>) -> char {
    match level {
        Some(Level::Deny) => '!',
        Some(Level::Warn) => '?',
        Some(Level::Note) => 'i',
        None => ' ',
    }
}

/// Bytes in the unit that a person reads, in at most seven characters.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 4] =
        [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    for (unit, name) in UNITS {
        if bytes >= unit {
            return match bytes / unit {
                whole if whole < 100 => format!("{whole}.{} {name}", bytes % unit * 10 / unit),
                whole => format!("{whole} {name}"),
            };
        }
    }
    format!("{bytes} B")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        let sizes =
            [(0, "0 B"), (999, "999 B"), (1_500, "1.5 kB"), (123_456, "123 kB"), (5_400_000_000, "5.4 GB")];
        for (bytes, text) in sizes {
            assert_eq!(size(bytes), text);
        }
    }
}
