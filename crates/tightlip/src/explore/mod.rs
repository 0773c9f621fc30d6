//! The view of an image in a terminal: layers, files, history, configuration, findings. A pure state machine
//! ([`model`]), drawn by a pure function ([`view`]), between them and the terminal a loop.

mod describe;
mod keys;
mod model;
mod paint;
mod rows;
mod screen;
mod tree;
mod view;
mod wanted;
mod wrap;

use anyhow::{Context as _, Result};
use ratatui::crossterm::event;
use tightlip_engine::Explored;
use tightlip_report::format::Style;

use self::model::{Flow, Model};
use self::screen::Screen;

pub(crate) use self::screen::{check, restore};

/// Shows an image until the user has seen enough.
pub(crate) fn show(explored: Explored, style: &Style) -> Result<()> {
    let mut model = Model::new(explored, style.counts);
    let mut screen = Screen::enter().context("cannot use the terminal")?;
    loop {
        // A test looks at what a panic leaves of the terminal.
        #[cfg(debug_assertions)]
        assert!(std::env::var_os("TIGHTLIP_TEST_PANIC").is_none(), "a test asks for it");
        screen.draw(|frame| {
            model.resize(frame.area().height);
            view::draw(&model, style.colour, frame);
        })?;
        let Some(key) = keys::of(&event::read()?) else { continue };
        if model.update(key) == Flow::Quit {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
