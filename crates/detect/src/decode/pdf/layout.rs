//! Where pieces of text stand on a page, which says what is a line, a word and a cell.

/// A transformation: six numbers of a matrix with three columns (ISO 32000-2, 8.3.3).
#[derive(Clone, Copy)]
pub(super) struct Matrix(pub(super) [f64; 6]);

impl Matrix {
    pub(super) const SAME: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// This one, and then the other.
    pub(super) fn then(self, other: Self) -> Self {
        let ([a, b, c, d, e, f], [g, h, i, j, k, l]) = (self.0, other.0);
        Self([
            a * g + b * i,
            a * h + b * j,
            c * g + d * i,
            c * h + d * j,
            e * g + f * i + k,
            e * h + f * j + l,
        ])
    }

    /// Moved before anything else.
    pub(super) fn moved(self, x: f64, y: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y]).then(self)
    }

    fn origin(self) -> (f64, f64) {
        let [.., x, y] = self.0;
        (x, y)
    }
}

/// Behind what part of a letter's height another line begins, a blank stands, and another cell begins.
const LINE: f64 = 0.5;
const BLANK: f64 = 0.15;
const CELL: f64 = 1.2;

/// The text of a page as it grows.
#[derive(Default)]
pub(super) struct Lines {
    pub(super) text: String,
    /// Where the last piece ended.
    pen: Option<(f64, f64)>,
}

impl Lines {
    /// Divides what comes from what was there, by where it stands and how large it is.
    pub(super) fn begin(&mut self, place: Matrix, size: f64) {
        let [a, b, c, d, ..] = place.0;
        let height = (c.hypot(d) * size).abs().max(0.001);
        let wide = a.hypot(b).max(f64::MIN_POSITIVE);
        let (x, y) = place.origin();
        let Some((from_x, from_y)) = self.pen else { return };
        let (right, up) = (x - from_x, y - from_y);
        let along = (right * a + up * b) / wide;
        let across = (right * b - up * a).abs() / wide;
        if across > height * LINE || along < -height {
            self.end_line();
        } else if along > height * CELL {
            self.divide('\t');
        } else if along > height * BLANK {
            self.divide(' ');
        }
    }

    /// Remembers where a piece ended.
    pub(super) fn end(&mut self, place: Matrix) {
        self.pen = Some(place.origin()).filter(|(x, y)| x.is_finite() && y.is_finite());
    }

    fn divide(&mut self, mark: char) {
        if !self.text.is_empty() && !self.text.ends_with(char::is_whitespace) {
            self.text.push(mark);
        }
    }

    fn end_line(&mut self) {
        let shown = self.text.trim_end_matches([' ', '\t']).len();
        self.text.truncate(shown);
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }
}
