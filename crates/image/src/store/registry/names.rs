//! The names in the lists that registries give out. A list that is none is no empty list: behind it may be anything.

use serde_json::Value;

/// The names in a list of names; none if it is something else. Some registries write `null` for a list without any.
pub(super) fn names(list: Option<&Value>) -> Option<Vec<String>> {
    each(list, |entry| entry.as_str())
}

/// The same in a list of objects that have a name under this key.
pub(super) fn named(list: Option<&Value>, key: &str) -> Option<Vec<String>> {
    each(list, |entry| entry.get(key)?.as_str())
}

fn each<'v>(list: Option<&'v Value>, name: impl Fn(&'v Value) -> Option<&'v str>) -> Option<Vec<String>> {
    match list? {
        Value::Null => Some(Vec::new()),
        list => list.as_array()?.iter().map(|entry| name(entry).map(str::to_owned)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_no_list_of_names_is_told_from_an_empty_one() {
        let read = |value: Value| names(value.get("tags"));
        assert_eq!(read(json!({ "tags": ["a", "b"] })), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(read(json!({ "tags": null })), Some(Vec::new()));
        for wrong in
            [json!({}), json!({"tags": "a"}), json!({"tags": ["a", 5]}), json!({"errors": []}), json!([])]
        {
            assert_eq!(read(wrong.clone()), None, "{wrong}");
        }
        assert_eq!(named(Some(&json!([{ "name": "a" }])), "name"), Some(vec!["a".to_owned()]));
        assert_eq!(named(Some(&json!([{ "title": "a" }])), "name"), None);
    }
}
