//! Whether a name matches a pattern of the shell, in one pass over the pattern: what its braces stand for is not written out.

/// A name or a pattern that is longer, in bytes, fits nothing: no file can be called so.
const LONGEST: usize = 4096;

/// What a byte of a pattern is, where it stands for more than itself.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Plain,
    /// `{`, `,` and `}` of choices.
    Open,
    Or,
    Close,
}

/// Whether a name matches a pattern of the shell; sets (`[…]`) match any character.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    if !pattern.contains(['*', '?', '[', '{']) {
        return pattern == name;
    }
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    if pattern.len().max(name.len()) > LONGEST {
        return false;
    }
    let parts = parts(pattern);
    let mut reached = Reached::start(name);
    // What was reached before the choices that are open, and behind those that are over.
    let mut open: Vec<(Reached<'_>, Reached<'_>)> = Vec::new();
    let mut at = 0;
    while let (Some(byte), Some(part)) = (pattern.get(at), parts.get(at)) {
        at += 1;
        match (part, byte) {
            (Part::Open, _) => open.push((reached.clone(), reached.none())),
            (Part::Or, _) => {
                if let Some((before, behind)) = open.last_mut() {
                    behind.add(&reached);
                    reached = before.clone();
                }
            }
            (Part::Close, _) => reached.add(&open.pop().map_or_else(|| reached.none(), |(_, behind)| behind)),
            (_, b'*') => reached.any(),
            (_, b'?') => reached.one(),
            (_, b'[') => {
                reached.one();
                at += set(pattern.get(at..), parts.get(at..));
            }
            (_, byte) => reached.plain(*byte),
        }
    }
    reached.is_at_end()
}

/// How long the rest of a set is; none where it does not end among plain bytes.
fn set(pattern: Option<&[u8]>, parts: Option<&[Part]>) -> usize {
    let mut rest = pattern.unwrap_or_default().iter().zip(parts.unwrap_or_default());
    let end = rest.position(|(byte, part)| *byte == b']' || *part != Part::Plain);
    let ends = |end: &usize| pattern.and_then(|rest| rest.get(*end)) == Some(&b']');
    end.filter(ends).map_or(0, |end| end + 1)
}

/// Which bytes are those of choices: braces that have a partner, and the commas between them.
fn parts(pattern: &[u8]) -> Vec<Part> {
    let mut parts = vec![Part::Plain; pattern.len()];
    let mut open: Vec<Vec<usize>> = Vec::new();
    for (at, byte) in pattern.iter().enumerate() {
        match byte {
            b'{' => open.push(vec![at]),
            b',' => open.iter_mut().next_back().into_iter().for_each(|choices| choices.push(at)),
            b'}' => {
                for (nth, of) in open.pop().into_iter().flatten().enumerate() {
                    let part = if nth == 0 { Part::Open } else { Part::Or };
                    parts.get_mut(of).into_iter().for_each(|place| *place = part);
                    parts.get_mut(at).into_iter().for_each(|place| *place = Part::Close);
                }
            }
            _ => {}
        }
    }
    parts
}

/// How much of a name a pattern may have matched: the places that it may go on from.
#[derive(Clone)]
struct Reached<'n> {
    name: &'n [u8],
    /// One for every byte, and the end.
    places: Vec<bool>,
}

impl<'n> Reached<'n> {
    fn start(name: &'n [u8]) -> Self {
        let places = (0..=name.len()).map(|place| place == 0).collect();
        Self { name, places }
    }

    fn none(&self) -> Self {
        Self { name: self.name, places: vec![false; self.places.len()] }
    }

    fn add(&mut self, other: &Self) {
        for (place, other) in self.places.iter_mut().zip(&other.places) {
            *place |= other;
        }
    }

    /// A dot that a name begins with is matched by a dot alone.
    fn spare_dot(&mut self) {
        if self.name.first() == Some(&b'.') {
            self.places.first_mut().into_iter().for_each(|first| *first = false);
        }
    }

    fn any(&mut self) {
        self.spare_dot();
        let mut reached = false;
        for place in &mut self.places {
            reached |= *place;
            *place = reached;
        }
    }

    fn one(&mut self) {
        self.spare_dot();
        self.places.pop();
        self.places.insert(0, false);
    }

    fn plain(&mut self, byte: u8) {
        for (place, of) in self.places.iter_mut().zip(self.name) {
            *place &= *of == byte;
        }
        self.places.pop();
        self.places.insert(0, false);
    }

    fn is_at_end(&self) -> bool {
        self.places.last() == Some(&true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether any of what its braces stand for fits, written out.
    fn written_out(pattern: &str, name: &str) -> bool {
        let braces = pattern.split_once('{').and_then(|(head, rest)| Some((head, rest.split_once('}')?)));
        match braces {
            Some((head, (choices, tail))) => {
                choices.split(',').any(|choice| written_out(&format!("{head}{choice}{tail}"), name))
            }
            None => fits(pattern, name),
        }
    }

    #[test]
    fn braces_fit_what_they_stand_for() {
        let names = ["", "a", "b", ".a", ".b", "ab", "ba", "a.b", "aab", "bab", "{a}", "a}", "c"];
        let pieces = ["{a,b}", "{,a}", "{*,b}", "{.,}", "*", "?", "[xy]", "a", ".", "}", "{c}"];
        let two = |one| pieces.iter().map(move |two| format!("{one}{two}"));
        let patterns =
            pieces.iter().flat_map(two).flat_map(|two| pieces.map(|three| format!("{two}{three}")));
        for pattern in patterns {
            for name in names {
                assert_eq!(fits(&pattern, name), written_out(&pattern, name), "{pattern} {name}");
            }
        }
    }

    #[test]
    fn braces_in_braces_are_choices_of_choices() {
        for name in ["a", "bx", "cx"] {
            assert!(fits("{a,{b,c}x}", name), "{name}");
        }
        for name in ["", "ax", "b", "{b", "bxx"] {
            assert!(!fits("{a,{b,c}x}", name), "{name}");
        }
    }

    #[test]
    fn many_braces_take_no_longer_than_few() {
        // Written out these were a million times a million names.
        let pattern = "{a,b}".repeat(40);
        assert!(fits(&pattern, &"ab".repeat(20)));
        assert!(!fits(&pattern, &"ab".repeat(21)));
        assert!(!fits(&pattern, "xyz"));
        assert!(!fits(&"{".repeat(4000), "x"));
        assert!(fits(&("{".repeat(2000) + "x" + &"}".repeat(2000)), "x"));
        assert!(!fits(&"*".repeat(5000), "x"), "no name is so long");
    }
}
