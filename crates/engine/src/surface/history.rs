//! `history[]`: the instruction with its build arguments, the comment, the author.
//!
//! BuildKit writes `RUN |1 TOKEN=value /bin/sh -c …`, the classic builder `|1 TOKEN=value /bin/sh -c …`, both
//! unquoted. `crane flatten` puts a whole older history into one comment; such embedded JSON comes here again.
//!
//! Source: OCI image-spec `config.md`, `history`.

use tightlip_detect::Hint;
use tightlip_dockerfile::{Span, parse_created_by};
use tightlip_report::Surface;

use super::{DocumentSurface, Give, Leaf, Paper, Piece, as_text};

pub(super) static SURFACE: DocumentSurface = DocumentSurface { surface: Surface::History, claims, read };

fn claims(leaf: &Leaf<'_>) -> bool {
    // An older history that is embedded somewhere is an array of entries.
    let entry = leaf.path.len() > 1 && matches!(leaf.key(), "created_by" | "comment" | "author");
    leaf.paper == Paper::Config && (leaf.step(0) == "history" || entry)
}

fn read(leaf: &Leaf<'_>, give: &mut Give<'_>) {
    if leaf.key() == "created_by" { instruction(leaf, give) } else { as_text(leaf, give) }
}

/// An instruction: its build arguments and variables by name, and its whole text.
pub(super) fn instruction(leaf: &Leaf<'_>, give: &mut Give<'_>) {
    let step = parse_created_by(leaf.text);
    for variable in step.build_args.iter().chain(&step.pairs) {
        let Some(value) = variable.value else { continue };
        let text = |span: Span| leaf.text.get(span.start..span.end);
        if let (Some(name), Some(text)) = (text(variable.name), text(value)) {
            give(Piece { hint: Hint::Named(name), text, offset: value.start });
        }
    }
    as_text(leaf, give);
}
