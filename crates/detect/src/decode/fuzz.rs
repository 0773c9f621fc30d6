//! Every decoder on any bytes, on a small budget.

use std::io::Read;
use std::ops::ControlFlow;

use super::text;
use super::{Budget, DECODERS, Limits, Members, Unread};
use crate::Hint;

/// Runs every decoder on these bytes, whether it claims them or not.
pub fn decode(bytes: &[u8]) {
    for decoder in DECODERS {
        let _ = (decoder.claims)(bytes, &Hint::Text);
        let limits = Limits {
            decoded: 1 << 20,
            members: 1 << 10,
            grace: 64 << 10,
            held: 1 << 20,
            ..Limits::default()
        };
        decoder.open(&mut &*bytes, &mut Reader(Budget::new(limits)));
    }
    text::undo(bytes, &mut |_, _, _| {});
}

/// Reads everything and keeps nothing.
struct Reader(Budget);

impl Members for Reader {
    fn member(&mut self, _: &str, body: &mut dyn Read) -> ControlFlow<()> {
        // The decoder tells of errors.
        let _ = std::io::copy(body, &mut std::io::sink());
        ControlFlow::Continue(())
    }

    fn unread(&mut self, _: &str, _: Unread, _: &str) {}

    fn budget(&self) -> Budget {
        self.0.clone()
    }
}
