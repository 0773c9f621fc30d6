//! What is looked at, and how keys change it. Knows nothing of terminals.

use std::collections::HashMap;

use tightlip_engine::{EntryView, Explored, ImageView, LayerView};
use tightlip_report::{Finding, Gap, Level};

use super::keys::Key;
use super::tree::{self, Folds, Leaves, Row, RowKind, Wanted};

/// The right side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    Files,
    History,
    Config,
    Findings,
}

impl Tab {
    pub(super) const ALL: [Self; 4] = [Self::Files, Self::History, Self::Config, Self::Findings];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Files => "Files",
            Self::History => "History",
            Self::Config => "Config",
            Self::Findings => "Findings",
        }
    }
}

/// Where keys go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Focus {
    Layers,
    Content,
}

/// What the keys mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Browse,
    /// Letters go into the filter.
    Filter,
    Help,
    /// The details of what is selected, over the whole screen.
    Detail,
}

/// What is shown of the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Everything,
    OnlyLeaks,
}

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Stay,
    Quit,
}

/// A line of the findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    Finding(usize),
    Gap(usize),
}

/// What is looked at.
pub(super) struct Model {
    pub(super) explored: Explored,
    /// Findings from this level upwards decide the verdict.
    pub(super) counts: Level,
    pub(super) image: usize,
    pub(super) layer: usize,
    pub(super) tab: Tab,
    pub(super) focus: Focus,
    pub(super) mode: Mode,
    pub(super) scope: Scope,
    pub(super) filter: String,
    /// How far the details or the help are scrolled.
    pub(super) scroll: usize,
    /// The rows of the files.
    pub(super) rows: Vec<Row>,
    cursors: [usize; Tab::ALL.len()],
    folds: Folds,
    /// The findings of the layer by path.
    leaks: HashMap<String, Vec<usize>>,
    /// What was not read of the layer, by path.
    unread: HashMap<String, Vec<usize>>,
    page: usize,
}

impl Model {
    pub(super) fn new(explored: Explored, counts: Level) -> Self {
        let image = explored.images.iter().position(|image| image.kind == "image").unwrap_or(0);
        let mut model = Self {
            explored,
            counts,
            image,
            layer: 0,
            tab: Tab::Files,
            focus: Focus::Layers,
            mode: Mode::Browse,
            scope: Scope::Everything,
            filter: String::new(),
            scroll: 0,
            rows: Vec::new(),
            cursors: [0; Tab::ALL.len()],
            folds: Folds::default(),
            leaks: HashMap::new(),
            unread: HashMap::new(),
            page: 10,
        };
        model.open_image(image);
        model
    }

    /// The terminal has so many lines.
    pub(super) fn resize(&mut self, height: u16) {
        self.page = usize::from(height).saturating_sub(8).max(1);
    }

    /// What a key does.
    pub(super) fn update(&mut self, key: Key) -> Flow {
        if key == Key::Interrupt {
            return Flow::Quit;
        }
        match self.mode {
            Mode::Filter => self.type_filter(key),
            Mode::Help | Mode::Detail => self.read_on(key),
            Mode::Browse => return self.browse(key),
        }
        Flow::Stay
    }

    fn type_filter(&mut self, key: Key) {
        match key {
            Key::Letter(letter) => self.filter.push(letter),
            Key::Backspace => drop(self.filter.pop()),
            Key::Escape => {
                self.filter.clear();
                self.mode = Mode::Browse;
            }
            Key::Enter => self.mode = Mode::Browse,
            _ => return,
        }
        self.refresh();
    }

    fn read_on(&mut self, key: Key) {
        match key {
            Key::Up | Key::Letter('k') => self.scroll = self.scroll.saturating_sub(1),
            Key::Down | Key::Letter('j') => self.scroll = self.scroll.saturating_add(1),
            Key::PageUp => self.scroll = self.scroll.saturating_sub(self.page),
            Key::PageDown | Key::Letter(' ') => self.scroll = self.scroll.saturating_add(self.page),
            Key::Home => self.scroll = 0,
            _ => self.mode = Mode::Browse,
        }
    }

    fn browse(&mut self, key: Key) -> Flow {
        match key {
            Key::Letter('q') => return Flow::Quit,
            Key::Letter('?') => self.open(Mode::Help),
            Key::Letter('/') => {
                self.mode = Mode::Filter;
                self.focus = Focus::Content;
            }
            Key::Letter('o') => self.toggle_scope(),
            Key::Letter('n') => self.next_finding(),
            Key::Letter('[') => self.turn_image(self.explored.images.len().saturating_sub(1)),
            Key::Letter(']') => self.turn_image(1),
            Key::Letter(digit @ '1'..='4') => self.open_tab(digit),
            Key::Tab => self.switch_focus(),
            Key::Escape => self.clear(),
            Key::Enter => self.enter(),
            Key::Left | Key::Letter('h') => self.left(),
            Key::Right | Key::Letter('l') => self.right(),
            key => self.travel(key),
        }
        Flow::Stay
    }

    fn travel(&mut self, key: Key) {
        let (at, last) = (self.cursor(), self.length().saturating_sub(1));
        let to = match key {
            Key::Up | Key::Letter('k') => at.saturating_sub(1),
            Key::Down | Key::Letter('j') => at.saturating_add(1),
            Key::PageUp => at.saturating_sub(self.page),
            Key::PageDown | Key::Letter(' ') => at.saturating_add(self.page),
            Key::Home | Key::Letter('g') => 0,
            Key::End | Key::Letter('G') => last,
            _ => return,
        };
        self.go(to.min(last));
    }

    fn open(&mut self, mode: Mode) {
        (self.mode, self.scroll) = (mode, 0);
    }

    fn open_tab(&mut self, digit: char) {
        let index =
            digit.to_digit(10).and_then(|digit| usize::try_from(digit).ok()).unwrap_or(1).saturating_sub(1);
        self.tab = Tab::ALL.get(index).copied().unwrap_or(Tab::Files);
        self.focus = Focus::Content;
    }

    fn switch_focus(&mut self) {
        self.focus = if self.focus == Focus::Layers { Focus::Content } else { Focus::Layers };
    }

    fn toggle_scope(&mut self) {
        self.scope = if self.scope == Scope::Everything { Scope::OnlyLeaks } else { Scope::Everything };
        self.refresh();
    }

    fn clear(&mut self) {
        self.filter.clear();
        self.scope = Scope::Everything;
        self.refresh();
    }

    fn enter(&mut self) {
        if self.focus == Focus::Layers {
            self.focus = Focus::Content;
        } else if self.tab == Tab::Files && self.leaves().is_some() && self.selected_findings().is_empty() {
            self.toggle();
        } else {
            self.open(Mode::Detail);
        }
    }

    fn left(&mut self) {
        let parent = self.selected_row().filter(|_| self.tab == Tab::Files && self.focus == Focus::Content);
        match parent {
            Some(_) if self.leaves() == Some(Leaves::Shown) && self.is_whole() => self.toggle(),
            Some(row) if row.depth > 0 => {
                let above = self.rows.get(..self.cursor()).unwrap_or_default();
                let parent = above.iter().rposition(|other| other.depth < row.depth);
                self.go(parent.unwrap_or(0));
            }
            _ => self.focus = Focus::Layers,
        }
    }

    fn right(&mut self) {
        if self.focus == Focus::Layers {
            self.focus = Focus::Content;
        } else if self.leaves() == Some(Leaves::Folded) {
            self.toggle();
        }
    }

    /// Whether everything is shown, so that folders can be folded.
    fn is_whole(&self) -> bool {
        self.filter.is_empty() && self.scope == Scope::Everything
    }

    fn leaves(&self) -> Option<Leaves> {
        match self.selected_row().filter(|_| self.tab == Tab::Files)?.kind {
            RowKind::Folder(leaves) | RowKind::Implied(leaves) => Some(leaves),
            RowKind::Leaf => None,
        }
    }

    fn toggle(&mut self) {
        if let Some(path) = self.selected_path().map(str::to_owned) {
            self.folds.toggle(&path);
            self.refresh();
        }
    }

    fn turn_image(&mut self, by: usize) {
        let images = self.explored.images.len().max(1);
        self.open_image((self.image + by) % images);
    }

    fn open_image(&mut self, image: usize) {
        self.image = image;
        self.cursors = [0; Tab::ALL.len()];
        self.open_layer(0);
    }

    /// Shows a layer, with the folders open that hold what leaks.
    pub(super) fn open_layer(&mut self, layer: usize) {
        self.layer = layer;
        self.leaks = self.leaks_of(layer);
        let mut unread: HashMap<String, Vec<usize>> = HashMap::new();
        for index in self.unread_of(layer) {
            if let Some(path) = self.gap(index).and_then(|gap| gap.place.path.clone()) {
                unread.entry(path).or_default().push(index);
            }
        }
        let entries = self.layer().map(|layer| layer.entries.as_slice()).unwrap_or_default();
        let told = self.leaks.keys().chain(unread.keys());
        self.folds = Folds::of(entries, told.map(String::as_str));
        self.unread = unread;
        if let Some(cursor) = self.cursors.first_mut() {
            *cursor = 0;
        }
        self.refresh();
    }

    fn leaks_of(&self, layer: usize) -> HashMap<String, Vec<usize>> {
        let mut leaks: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, finding) in self.findings_here() {
            let place = &finding.place;
            let path = place.path.as_ref().filter(|_| place.layer.as_ref().is_some_and(|l| l.index == layer));
            if let Some(path) = path {
                leaks.entry(path.clone()).or_default().push(index);
            }
        }
        leaks
    }

    /// Goes to the next finding that lies in a layer.
    fn next_finding(&mut self) {
        let in_layers = |(_, finding): &(usize, &Finding)| finding.place.layer.is_some();
        let all: Vec<usize> = self.findings_here().filter(in_layers).map(|(index, _)| index).collect();
        let current = self.current_finding().and_then(|at| all.iter().position(|index| *index == at));
        let next = current.map_or(0, |current| (current + 1) % all.len().max(1));
        let place = all
            .get(next)
            .and_then(|index| self.explored.report.findings.get(*index))
            .map(|f| f.place.clone());
        let Some(place) = place else { return };
        self.clear();
        self.open_layer(place.layer.map_or(0, |layer| layer.index));
        (self.tab, self.focus) = (Tab::Files, Focus::Content);
        let path = place.path.unwrap_or_default();
        self.folds.open_above(&path);
        self.refresh();
        let row = (0..self.rows.len()).find(|row| self.path_of(*row) == Some(path.as_str()));
        match row {
            Some(row) => self.go(row),
            // Its layer has more entries than are listed, or it lies outside of them.
            None => {
                self.tab = Tab::Findings;
                let is_next = |told: &Told| all.get(next).is_some_and(|index| *told == Told::Finding(*index));
                let told = self.told().iter().position(is_next);
                self.go(told.unwrap_or(0));
            }
        }
    }

    /// The finding that is selected, if one is.
    fn current_finding(&self) -> Option<usize> {
        match (self.tab, self.selected_told()) {
            (Tab::Files, _) => self.selected_findings().first().copied(),
            (Tab::Findings, Some(Told::Finding(index))) => Some(index),
            _ => None,
        }
    }

    /// Works the rows out again.
    fn refresh(&mut self) {
        let part = self.filter.to_lowercase();
        let only = (self.scope == Scope::OnlyLeaks).then_some(&self.leaks);
        let wanted = match self.is_whole() {
            true => Wanted::Everything(&self.folds),
            false => Wanted::Matches { part: &part, only },
        };
        let entries = self.layer().map(|layer| layer.entries.as_slice()).unwrap_or_default();
        self.rows = tree::rows(entries, wanted);
        let lengths = Tab::ALL.map(|tab| self.length_of(tab));
        for (cursor, length) in self.cursors.iter_mut().zip(lengths) {
            *cursor = (*cursor).min(length.saturating_sub(1));
        }
    }

    fn go(&mut self, to: usize) {
        match self.focus {
            Focus::Layers if to != self.layer => self.open_layer(to),
            Focus::Layers => {}
            Focus::Content => {
                if let Some(cursor) = self.cursors.get_mut(self.tab as usize) {
                    *cursor = to;
                }
            }
        }
    }

    /// Where the selection is among the lines of the side that has the focus.
    pub(super) fn cursor(&self) -> usize {
        match self.focus {
            Focus::Layers => self.layer,
            Focus::Content => self.content_cursor(),
        }
    }

    pub(super) fn content_cursor(&self) -> usize {
        self.cursor_of(self.tab)
    }

    pub(super) fn cursor_of(&self, tab: Tab) -> usize {
        self.cursors.get(tab as usize).copied().unwrap_or(0)
    }

    fn length(&self) -> usize {
        match self.focus {
            Focus::Layers => self.image().map_or(0, |image| image.layers.len()),
            Focus::Content => self.length_of(self.tab),
        }
    }

    fn length_of(&self, tab: Tab) -> usize {
        match tab {
            Tab::Files => self.rows.len(),
            Tab::History => self.history().len(),
            Tab::Config => self.config().len(),
            Tab::Findings => self.told().len(),
        }
    }

    pub(super) fn image(&self) -> Option<&ImageView> {
        self.explored.images.get(self.image)
    }

    pub(super) fn layer(&self) -> Option<&LayerView> {
        self.image()?.layers.get(self.layer)
    }

    pub(super) fn entry(&self, row: &Row) -> Option<&EntryView> {
        self.layer()?.entries.get(row.at)
    }

    pub(super) fn selected_row(&self) -> Option<Row> {
        self.rows.get(self.cursors.first().copied().unwrap_or(0)).copied()
    }

    fn path_of(&self, row: usize) -> Option<&str> {
        let row = self.rows.get(row)?;
        self.entry(row)?.path.get(..row.end)
    }

    pub(super) fn selected_path(&self) -> Option<&str> {
        self.path_of(self.cursors.first().copied().unwrap_or(0))
    }

    /// The findings at the selected path.
    pub(super) fn selected_findings(&self) -> &[usize] {
        let path = self.selected_path().filter(|_| self.selected_row().is_some_and(|row| self.is_own(&row)));
        path.map(|path| self.findings_at(path)).unwrap_or_default()
    }

    /// Whether a row stands for an entry of its own.
    pub(super) fn is_own(&self, row: &Row) -> bool {
        !matches!(row.kind, RowKind::Implied(_))
    }

    pub(super) fn findings_at(&self, path: &str) -> &[usize] {
        self.leaks.get(path).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn unread_at(&self, path: &str) -> &[usize] {
        self.unread.get(path).map(Vec::as_slice).unwrap_or_default()
    }

    /// What was not read of a layer.
    pub(super) fn unread_of(&self, layer: usize) -> Vec<usize> {
        let in_layer = |gap: &Gap| gap.place.layer.as_ref().is_some_and(|at| at.index == layer);
        let here = |gap: &Gap| self.image().is_some_and(|image| image.holds(&gap.place));
        let gaps = self.explored.report.gaps.iter().enumerate();
        gaps.filter(|(_, gap)| in_layer(gap) && here(gap)).map(|(index, _)| index).collect()
    }

    pub(super) fn finding(&self, index: usize) -> Option<&Finding> {
        self.explored.report.findings.get(index)
    }

    pub(super) fn gap(&self, index: usize) -> Option<&Gap> {
        self.explored.report.gaps.get(index)
    }
}
