//! Stages, scopes and references, by example.

use std::collections::BTreeMap;

use tightlip_dockerfile::{Base, Document, Origin, Scope, Scopes, Value, references};

fn scope(source: &str, instruction: usize) -> Scope {
    Scopes::of(&Document::parse(source), BTreeMap::new()).at(instruction)
}

fn text(scope: &Scope, name: &str) -> Option<String> {
    scope.value(name)?.text
}

#[test]
fn global_arguments_count_only_where_declared_again() {
    let source = "ARG V=1\nFROM a:$V\nRUN x\nARG V\nRUN y\n";
    assert!(scope(source, 2).get("V").is_none());
    assert_eq!(text(&scope(source, 4), "V").as_deref(), Some("1"));
    assert_eq!(text(&scope(source, 1), "V").as_deref(), Some("1"));
}

#[test]
fn values_carry_the_arguments_they_are_made_of() {
    let source = "FROM scratch\nARG TOKEN\nARG D=d\nENV A=x-$TOKEN B=$A C=$D\nENV E=$A\nRUN x\n";
    let scope = scope(source, 5);
    for name in ["A", "E", "TOKEN"] {
        let value = scope.value(name).unwrap();
        assert!(value.text.is_none() && value.taint.contains("TOKEN"), "{name}");
    }
    assert_eq!(scope.value("C").unwrap(), Value::known("d").tainted("D"));
    // Of one ENV all values are expanded before any is set.
    assert_eq!(text(&scope, "B").as_deref(), Some(""));
    assert_eq!(scope.get("A").unwrap().origin, Origin::Env);
}

#[test]
fn stages_inherit_what_they_are_from() {
    let source = "FROM a AS one\nARG T=t\nENV E=e\nFROM one AS two\nRUN x\nFROM b\nRUN y\n";
    assert_eq!(text(&scope(source, 4), "T").as_deref(), Some("t"));
    assert_eq!(text(&scope(source, 4), "E").as_deref(), Some("e"));
    assert!(scope(source, 6).get("E").is_none());
    // The base image may set what the file does not.
    assert_eq!(scope(source, 6).value("PATH"), Some(Value::outside()));
}

#[test]
fn arguments_from_outside_take_the_place_of_defaults() {
    let document = Document::parse("FROM scratch\nARG V=1\nRUN x\n");
    let passed = BTreeMap::from([("V".to_owned(), "2".to_owned())]);
    assert_eq!(text(&Scopes::of(&document, passed).at(2), "V").as_deref(), Some("2"));
}

#[test]
fn a_target_needs_its_base_and_what_it_reads() {
    let source = "ARG B=base\nFROM x AS Base\nFROM y AS unused\nFROM z AS tools\nFROM $B AS last\nCOPY --from=tools a b\n\
        RUN --mount=type=bind,from=9 --mount=type=cache,from=2,target=/c x\nCOPY --from=nginx c d\n";
    let document = Document::parse(source);
    let scopes = Scopes::of(&document, BTreeMap::new());
    let stages = scopes.stages();
    let last = stages.target(None).unwrap();
    assert_eq!((last.base.clone(), last.name.as_deref()), (Base::Stage(0), Some("last")));
    assert_eq!(stages.needed(3).into_iter().collect::<Vec<_>>(), [0, 2, 3]);
    assert_eq!(stages.lineage(3), [0, 3]);
    assert_eq!(stages.target(Some("TOOLS")).unwrap().index, 2);
    assert_eq!(stages.holding(5).unwrap().index, 3);
    assert!(stages.holding(0).is_none());
}

#[test]
fn references_are_those_that_the_builder_expands() {
    let source = "FROM $A\nCOPY $B <<E <<'F' /x\n'$C'\nE\n$D\nF\nRUN --mount=type=cache,id=$G echo $H\nENV I='$J' K=\\\n  ${L:-$M}\nCMD $N\n";
    let document = Document::parse(source);
    let found: Vec<String> = document
        .instructions()
        .iter()
        .flat_map(|one| references(one, document.escape()))
        .map(|one| {
            assert!(document.text(one.span).starts_with('$'), "{one:?}");
            one.name
        })
        .collect();
    assert_eq!(found, ["A", "B", "C", "G", "L", "M"]);
}

#[test]
fn doubling_values_end_as_unknown() {
    let source = format!("FROM scratch\nENV A=abcdefgh\n{}RUN x\n", "ENV A=$A$A\n".repeat(60));
    assert!(scope(&source, 62).value("A").unwrap().text.is_none());
}

#[test]
fn the_platform_in_an_image_name_comes_from_outside() {
    let document = Document::parse("FROM a-$TARGETARCH\nFROM b$NOTHING\n");
    let scopes = Scopes::of(&document, BTreeMap::new());
    let bases: Vec<Base> = scopes.stages().all().iter().map(|stage| stage.base.clone()).collect();
    assert_eq!(bases, [Base::Outside, Base::Image("b".to_owned())]);
}
