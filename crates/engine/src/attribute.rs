//! Which instruction brought something into an image: layer → history entry → instruction → Dockerfile line.

use serde_json::Value;
use tightlip_dockerfile as dockerfile;
use tightlip_report::{DockerfileLine, Introduced, Surface};

use crate::request::DockerfileText;
use crate::sighting::Sighting;
use crate::vault::Mask;

/// The history of one image, ready to be asked.
#[derive(Debug, Default)]
pub(crate) struct History {
    steps: Vec<Step>,
    /// For each layer the entry that made it; empty where history and layers do not agree.
    layers: Vec<usize>,
}

#[derive(Debug)]
struct Step {
    text: String,
    line: Option<DockerfileLine>,
}

impl History {
    /// The history of a configuration. Entries that make no layer are skipped when layers are counted; where the
    /// counts disagree no layer is attributed, because a wrong instruction is worse than none.
    pub(crate) fn new(config: &Value, layers: usize, written: Option<&DockerfileText>) -> Self {
        let entries = config.get("history").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let text =
            |entry: &Value| entry.get("created_by").and_then(Value::as_str).unwrap_or_default().to_owned();
        let makes_layer = |entry: &Value| entry.get("empty_layer").and_then(Value::as_bool) != Some(true);
        let made: Vec<usize> =
            entries.iter().enumerate().filter(|(_, e)| makes_layer(e)).map(|(i, _)| i).collect();
        let texts: Vec<String> = entries.iter().map(text).collect();
        let mut lines = lines(&texts, written);
        let steps = texts.into_iter().map(|text| Step { text, line: lines.pop().flatten() });
        Self { steps: steps.collect(), layers: if made.len() == layers { made } else { Vec::new() } }
    }

    /// Every entry, and the layer that it made where that is known.
    pub(crate) fn steps<'s>(
        &'s self,
        mask: &'s Mask,
    ) -> impl Iterator<Item = (Introduced, Option<usize>)> + 's {
        let layer = |step: usize| self.layers.iter().position(|made| *made == step);
        (0..self.steps.len()).filter_map(move |step| Some((self.introduced(step, mask)?, layer(step))))
    }

    /// Who brought something into a layer.
    pub(crate) fn of_layer(&self, layer: usize, mask: &Mask) -> Option<Introduced> {
        self.layers.get(layer).and_then(|&step| self.introduced(step, mask))
    }

    /// Who brought a string into the configuration.
    pub(crate) fn of_config(&self, sighting: &Sighting, mask: &Mask) -> Option<Introduced> {
        let pointer = String::from_utf8_lossy(&sighting.at);
        let step = match sighting.surface {
            Surface::History => pointer.split('/').nth(2).and_then(|index| index.parse().ok()),
            Surface::Env => self.last("ENV", sighting.name.as_deref()),
            Surface::Label => self.last("LABEL", sighting.name.as_deref()),
            Surface::Cmd => self.last("CMD", None),
            Surface::Entrypoint => self.last("ENTRYPOINT", None),
            Surface::Healthcheck => self.last("HEALTHCHECK", None),
            Surface::Onbuild => self.last("ONBUILD", None),
            _ => None,
        };
        step.and_then(|step| self.introduced(step, mask))
    }

    /// The last entry of an instruction that sets a name.
    fn last(&self, keyword: &str, name: Option<&str>) -> Option<usize> {
        let instruction = |text: &str| {
            let text =
                text.trim_start_matches("/bin/sh -c").trim_start().trim_start_matches("#(nop)").trim_start();
            text.strip_prefix(keyword).is_some_and(|rest| rest.starts_with(' '))
        };
        let sets = |text: &str| name.is_none_or(|name| text.contains(&format!("{name}=")));
        self.steps.iter().rposition(|step| instruction(&step.text) && sets(&step.text))
    }

    fn introduced(&self, index: usize, mask: &Mask) -> Option<Introduced> {
        let step = self.steps.get(index)?;
        Some(Introduced {
            history_index: Some(index),
            instruction: (!step.text.is_empty()).then(|| mask.text(&step.text)),
            dockerfile: step.line.clone(),
        })
    }
}

/// The Dockerfile line of each history entry, last entry first.
fn lines(texts: &[String], written: Option<&DockerfileText>) -> Vec<Option<DockerfileLine>> {
    let Some(written) = written else { return Vec::new() };
    let document = dockerfile::Document::parse(&written.text);
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let line = |line: u64| DockerfileLine { file: written.name.clone(), line };
    let found = dockerfile::locate(&document, None, &texts).into_iter();
    let instruction = |index: usize| document.instructions().get(index).map(|i| line(i.line as u64));
    found.rev().map(|index| index.and_then(instruction)).collect()
}
