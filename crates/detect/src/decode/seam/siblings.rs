//! What the members of one container say for each other, for as long as it is open: a sheet of a workbook needs the texts that it
//! names by their numbers, and they stand in another member.

use std::any::Any;
use std::cell::RefCell;

/// Begins empty with every container. Each decoder keeps what it likes, under the type that it keeps.
#[derive(Default)]
pub struct Siblings(RefCell<Vec<Box<dyn Any>>>);

impl Siblings {
    /// What was said so far, to be read and added to.
    pub(crate) fn with<S: Default + 'static, T>(&self, look: impl FnOnce(&mut S) -> T) -> T {
        let mut said = self.0.take();
        let own = said.iter().position(|one| one.is::<S>()).map(|at| said.swap_remove(at));
        let mut own = own.and_then(|one| one.downcast::<S>().ok()).unwrap_or_default();
        let answer = look(&mut own);
        said.push(own);
        self.0.replace(said);
        answer
    }
}

impl std::fmt::Debug for Siblings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Siblings")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_thing_is_kept_by_itself() {
        let siblings = Siblings::default();
        siblings.with(|texts: &mut Vec<u8>| texts.push(1));
        siblings.with(|count: &mut usize| *count += 2);
        siblings.with(|texts: &mut Vec<u8>| texts.push(3));
        assert_eq!(siblings.with(|texts: &mut Vec<u8>| texts.clone()), [1, 3]);
        assert_eq!(siblings.with(|count: &mut usize| *count), 2);
    }
}
