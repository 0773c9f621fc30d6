//! Names and values between tags: `<password>x</password>`, `<property name="password">x</property>`.

use crate::read::Part;

/// `<password>x</password>`, `<AdministratorPassword><Value>x</Value>`, `<pass encoding="plain">x</pass>`.
pub(super) fn between<'b>(name: Part<'b>, rest: Part<'b>) -> Option<Part<'b>> {
    let attributes = rest.while_(|b| !matches!(b, b'>' | b'<' | b'\n'));
    if let Some(value) = written(rest) {
        return Some(value);
    }
    let inside = rest.after(&attributes).strip(">")?;
    if attributes.bytes().starts_with(b" ") && attributes.bytes().ends_with(b"/") {
        return in_attribute(attributes);
    }
    if !(attributes.is_empty() || attributes.bytes().starts_with(b" ")) || attributes.bytes().ends_with(b"/")
    {
        return None;
    }
    let inside = without_comment(inside);
    if let Some(value) = wrapped(inside) {
        return Some(value);
    }
    let value = inside.while_(|b| b != b'<');
    let end = inside.after(&value).strip("</")?;
    // `</wsse:Password>`
    let end = end.while_(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b':'));
    let local = end.bytes().rsplit(|b| *b == b':').next().unwrap_or_default();
    (local == name.bytes()).then(|| value.trim())
}

/// `<secret value="x"/>`
fn in_attribute(attributes: Part<'_>) -> Option<Part<'_>> {
    let (_, value) = attributes.cut_at(b" value=\"")?;
    value.cut(|b| b == b'"').map(|(value, _)| value.trim())
}

/// An element that is written in another one: `&lt;password&gt;x&lt;/password&gt;`.
fn written(rest: Part<'_>) -> Option<Part<'_>> {
    let attributes = rest.first(120).while_(|b| b != b'&' && b != b'<' && b != b'\n');
    let inside = rest.after(&attributes).strip("&gt;")?;
    let (value, _) = inside.first(256).cut_at(b"&lt;/")?;
    Some(value).filter(|value| !value.bytes().contains(&b'\n'))
}

/// What an element has in one more: `<value>x</value>`, `<![CDATA[x]]>`, or both.
fn wrapped(inside: Part<'_>) -> Option<Part<'_>> {
    let inner = inside.trim().strip("<value>");
    let plain = inner.unwrap_or(inside).trim().strip("<![cdata[");
    match plain {
        Some(plain) => plain.cut_at(b"]]>").map(|(value, _)| value.trim()),
        None => inner.map(|inner| inner.while_(|b| b != b'<').trim()),
    }
}

/// Without a comment that stands first in an element.
fn without_comment(inside: Part<'_>) -> Part<'_> {
    let comment = inside.trim().strip("<!--").and_then(|comment| comment.cut_at(b"-->"));
    comment.map_or(inside, |(_, rest)| Part::between(inside.whole(), rest.span().start..inside.span().end))
}

/// `<param-name>password</param-name><param-value>x</param-value>`, `<key>Password</key><string>x</string>`, and the next
/// cell of a row: `<td><b>Password</b></td><td><code>x</code></td>`.
pub(super) fn next(rest: Part<'_>) -> Option<Part<'_>> {
    let closed = |rest: Part<'_>| -> Option<usize> {
        let (_, after) = rest.strip("</")?.first(80).cut(|b| b == b'>')?;
        Some(after.span().start)
    };
    // PHP writes a blank behind each name: `<td class="e">DB_PASSWORD </td>`.
    let blank = rest.while_(|b| b == b' ');
    let rest = Some(rest.after(&blank)).filter(|rest| rest.bytes().starts_with(b"</")).unwrap_or(rest);
    let mut after = rest.strip(":").unwrap_or(rest);
    for _ in 0..3 {
        let Some(start) = closed(after) else { break };
        after = Part::between(rest.whole(), start..rest.span().end).trim();
        after = after.strip(":").map_or(after, |after| after.trim());
    }
    if after.span().start == rest.span().start {
        return None;
    }
    let (tag, inside) = after.strip("<")?.cut(|b| b == b'>')?;
    // What has a name of its own is no value of another: `<string name="hint">`.
    if memchr::memmem::find(tag.bytes(), b" name=").is_some() {
        return None;
    }
    // `<Value ProtectInMemory="True">`
    let named = tag.while_(|b| !b.is_ascii_whitespace());
    let holds = ["param-value", "string", "value", "env-entry-value", "init-value", "data", "td", "dd"];
    let inside = if named.len() == 2 { without_emphasis(inside) } else { inside };
    let value = inside.while_(|b| b != b'<');
    let end = inside.after(&value).strip("</");
    let closed = end.is_some_and(|end| named.len() == 2 || end.first(named.len()).bytes() == named.bytes());
    (closed && holds.iter().any(|t| named.is(t))).then(|| value.trim())
}

/// Without the tags that make the text of a cell stand out: `<code>x</code>`, `<pre>"<span class=sf-dump-str>x</span>"</pre>`.
fn without_emphasis(inside: Part<'_>) -> Part<'_> {
    let tags = ["code", "b", "strong", "p", "tt", "kbd", "em", "span", "pre"];
    let mut rest = inside.trim();
    while let Some((tag, next)) = rest.strip("<").and_then(|tag| tag.first(200).cut(|b| b == b'>'))
        && tags.iter().any(|known| tag.while_(|b| !b.is_ascii_whitespace()).is(known))
    {
        let next = Part::between(inside.whole(), next.span().start..inside.span().end).trim();
        let quote = ["\"", "&quot;"].iter().find_map(|quote| next.strip(quote));
        rest = quote.filter(|next| next.bytes().starts_with(b"<")).unwrap_or(next);
    }
    rest
}

/// `<property name="password">x</property>`, behind the name and its quote.
pub(super) fn named<'b>(after: Part<'b>) -> Option<Part<'b>> {
    if let Some(value) = wrapped(after) {
        return Some(value);
    }
    let value = after.while_(|b| !matches!(b, b'<' | b'\n'));
    let closed = after.after(&value).strip("</").is_some();
    closed.then(|| value.trim())
}

/// `<setting name="SmtpPassword" serializeAs="String"><value>x</value>` of .NET.
pub(super) fn setting(rest: Part<'_>) -> Option<Part<'_>> {
    let attributes = rest.strip("\" ")?.while_(|b| !matches!(b, b'>' | b'<' | b'\n'));
    let inside = rest.skip(2).after(&attributes).strip("><value>")?;
    Some(inside.while_(|b| b != b'<').trim())
}
