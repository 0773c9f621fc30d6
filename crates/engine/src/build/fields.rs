//! Lists with commas, as buildx writes them: `type=oci,dest=image.tar`.

/// A list of fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields(Vec<(String, Option<String>)>);

impl Fields {
    /// Reads a list. Source: buildx reads it as one record of CSV, RFC 4180.
    pub(crate) fn parse(text: &str) -> Self {
        let pair = |field: String| match field.split_once('=') {
            Some((name, value)) => (name.trim().to_ascii_lowercase(), Some(value.to_owned())),
            None => (field, None),
        };
        Self(split(text).into_iter().map(pair).collect())
    }

    /// The value of a field.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(field, _)| field == name).and_then(|(_, value)| value.as_deref())
    }

    /// Whether a field is set, and to something that means yes.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| matches!(value, "1" | "t" | "T" | "true" | "TRUE" | "True"))
    }

    /// The fields without those of these names, written again.
    pub(crate) fn without(&self, names: &[&str]) -> Vec<String> {
        let kept = self.0.iter().filter(|(name, _)| !names.contains(&name.as_str()));
        kept.map(|(name, value)| quoted(name, value.as_deref())).collect()
    }
}

fn quoted(name: &str, value: Option<&str>) -> String {
    let field = value.map_or_else(|| name.to_owned(), |value| format!("{name}={value}"));
    if field.contains([',', '"', '\n']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
}

fn split(text: &str) -> Vec<String> {
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => field.extend(letters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            other => field.push(other),
        }
    }
    fields.push(field);
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_and_written_as_csv() {
        let fields = Fields::parse("type=oci,\"dest=a,\"\"b\",Push=true");
        assert_eq!((fields.get("dest"), fields.is_on("push")), (Some("a,\"b"), true));
        assert_eq!(fields.without(&["type", "push"]), ["\"dest=a,\"\"b\""]);
    }
}
