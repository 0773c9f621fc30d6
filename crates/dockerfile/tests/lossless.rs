//! Reading a Dockerfile loses nothing, whatever it is.

use proptest::prelude::*;
use tightlip_dockerfile::{Document, Instruction, Kind, Span, TileKind};

const SAMPLE: &str = "\u{feff}# syntax=docker/dockerfile:1\r\n# escape=`\r\n\r\nARG V=1\nFROM --platform=$P base:$V AS one\n\
    ENV A=\"b c\" D=e\nRUN --mount=type=secret,id=k `\n  # why\n\n  cat <<-EOF | sh && `\n  echo x\n\tbody $A\n\tEOF\n\
    COPY --chown=1:1 <<'a' <<b /x/\none\na\ntwo\nb\nONBUILD RUN <<E\nlater\nE\nCMD [\"a\", \"b\\n\"]\nBOGUS x\nLABEL k v w\n";

fn check(source: &str) {
    let document = Document::parse(source);
    assert_eq!(document.to_string(), source);
    let mut at = 0;
    for tile in document.tiles() {
        assert_eq!(tile.span.start, at);
        at = tile.span.end;
        if let TileKind::Instruction(index) = tile.kind {
            inside(&document.instructions()[index], tile.span, document.source().len());
        }
    }
    assert_eq!(at, source.len());
}

fn inside(instruction: &Instruction, span: Span, length: usize) {
    assert_eq!(instruction.span, span);
    assert!(span.end <= length);
    assert!(span.contains(instruction.name.span()));
    assert!(span.contains(instruction.arguments.span()));
    assert!(instruction.flags.iter().all(|flag| span.contains(flag.span)));
    assert!(instruction.heredocs.iter().all(|doc| span.contains(doc.body) && span.contains(doc.word.span())));
    if let Kind::Env(pairs) | Kind::Arg(pairs) | Kind::Label(pairs) = &instruction.kind {
        assert!(pairs.iter().all(|pair| span.contains(pair.span())));
    }
}

#[test]
fn a_rich_file_comes_back_unchanged() {
    check(SAMPLE);
    check(&SAMPLE.replace('\n', "\r\n"));
}

proptest! {
    #[test]
    fn any_text_comes_back_unchanged(source in "\\PC*") {
        check(&source);
    }

    #[test]
    fn dockerfile_like_text_comes_back_unchanged(
        source in "((FROM|RUN|run|COPY|ENV|ARG|ONBUILD|CMD|#|# escape=`|x) ?(a|\\$\\{A:-b\\}|<<-?E|<<'E'|--f=\"x|\\[\"a\"\\]|'|\\\\|`|é)*( |\t)?(\r?\n|\\\\\n|E\n)){0,12}"
    ) {
        check(&source);
    }

    #[test]
    fn a_mutated_file_comes_back_unchanged(cut in 0usize..600, length in 0usize..9, insert in "[\\\\`\\r\\n\"'<#$é ]{0,3}") {
        let characters: Vec<char> = SAMPLE.chars().collect();
        let cut = cut.min(characters.len());
        let after = (cut + length).min(characters.len());
        let mutated: String = characters[..cut].iter().copied().chain(insert.chars()).chain(characters[after..].iter().copied()).collect();
        check(&mutated);
    }

    #[test]
    fn any_bytes_come_back_unchanged(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let document = Document::parse_bytes(&bytes);
        prop_assert_eq!(document.bytes(), &bytes[..]);
        prop_assert_eq!(document.source().len(), bytes.len());
    }
}
