//! What there is to list of an image, given what is looked for: findings, history, configuration.

use tightlip_report::{Finding, Level, Surface};

use super::model::{Model, Scope, Tab, Told};

impl Model {
    /// The findings of this image, and those that belong to none.
    pub(super) fn findings_here(&self) -> impl Iterator<Item = (usize, &Finding)> {
        let findings = self.explored.report.findings.iter().enumerate();
        findings.filter(|(_, finding)| {
            let here = self.image().is_some_and(|image| image.holds(&finding.place));
            here || !self.explored.images.iter().any(|image| image.holds(&finding.place))
        })
    }

    /// How many findings of each level lie in a layer.
    pub(super) fn worst_of_layer(&self, layer: usize) -> Option<(Level, usize)> {
        let here =
            || self.findings_here().filter(|(_, f)| f.place.layer.as_ref().is_some_and(|l| l.index == layer));
        let worst = here().map(|(_, finding)| finding.level).max()?;
        Some((worst, here().filter(|(_, finding)| finding.level == worst).count()))
    }

    fn matches(&self, text: &str) -> bool {
        self.filter.is_empty() || text.to_lowercase().contains(&self.filter.to_lowercase())
    }

    /// The entries of the history that are wanted.
    pub(super) fn history(&self) -> Vec<usize> {
        let steps = self.image().map(|image| image.history.as_slice()).unwrap_or_default().iter().enumerate();
        let wanted = steps.filter(|(index, step)| {
            self.matches(&step.instruction)
                && (self.scope == Scope::Everything || self.worst_of_step(*index).is_some())
        });
        wanted.map(|(index, _)| index).collect()
    }

    /// The worst finding that an entry of the history holds or brought in.
    pub(super) fn worst_of_step(&self, step: usize) -> Option<Level> {
        let by =
            |finding: &Finding| finding.introduced_by.as_ref().and_then(|by| by.history_index) == Some(step);
        self.findings_here().filter(|(_, finding)| by(finding)).map(|(_, finding)| finding.level).max()
    }

    /// The lines of the configuration that are wanted.
    pub(super) fn config(&self) -> Vec<&str> {
        let lines = self.image().map(|image| image.config.lines()).into_iter().flatten();
        lines
            .filter(|line| self.matches(line))
            .filter(|line| self.scope == Scope::Everything || is_masked(line))
            .collect()
    }

    /// The findings and what was not read, as far as they are wanted.
    pub(super) fn told(&self) -> Vec<Told> {
        let findings = self.findings_here().filter(|(_, f)| {
            let place = f.place.path.as_deref().or(f.place.pointer.as_deref()).unwrap_or_default();
            self.matches(&f.title) || self.matches(&f.rule) || self.matches(place)
        });
        let findings = findings.map(|(index, _)| Told::Finding(index));
        let gaps = self.explored.report.gaps.iter().enumerate();
        let gaps = gaps.filter(|(_, gap)| self.scope == Scope::Everything && self.matches(&gap.reason));
        findings.chain(gaps.map(|(index, _)| Told::Gap(index))).collect()
    }

    pub(super) fn selected_told(&self) -> Option<Told> {
        self.told().get(self.cursor_of(Tab::Findings)).copied()
    }
}

/// Whether a value was taken out of a line.
pub(super) fn is_masked(line: &str) -> bool {
    line.contains("‹masked›")
}

/// Whether a finding is about a file's content: its line says where.
pub(super) fn in_file(finding: &Finding) -> bool {
    finding.place.surface == Surface::File
}
