//! Values whose name stands beside them: `SET value = '…' WHERE name = 'api_secret'`, the arguments of a JMeter plan.
//!
//! bad: `UPDATE settings SET value = '7feb3f41…' WHERE name = 'api_secret'`
//! good: the setting filled in when the program is installed

use super::directive::RULE;
use super::judge::length_of;
use super::judge::name::{Says, is_password, says};
use super::judge::value::{is_chosen, is_picked, is_secret};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "value-beside",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::Named(_)),
    keywords: &[
        "set value",
        "set val ",
        "set option_value",
        "set setting_value",
        "set config_value",
        "\"argument.value\">",
        "properties[password]\"",
        "dts:name=\"password\"",
        "dts:sensitive=\"1\"",
    ],
    find,
    hits: &[
        Example {
            path: "Load.dtsConfig",
            text: "<Configuration Path=\"\\Package.Connections[DWH].Properties[Password]\" ValueType=\"String\">\n  <ConfiguredValue>Fasans_{lower:5}3</ConfiguredValue>\n",
            rule: "password-directive",
        },
        Example {
            path: "Load.dtsx",
            text: "<DTS:Property DTS:Name=\"Password\">p{lower:6}97</DTS:Property>\n",
            rule: "password-directive",
        },
        Example {
            path: "seed.sql",
            text: "UPDATE app_config SET value='a1B{base62:29}' WHERE key='smtp_password';\n",
            rule: "password-directive",
        },
        Example {
            path: "plan.jmx",
            text: "<stringProp name=\"Argument.name\">passwd</stringProp>\n<stringProp name=\"Argument.value\">p{lower:6}97</stringProp>\n",
            rule: "password-directive",
        },
        Example {
            path: "plan.jmx",
            text: "<elementProp name=\"passwd\" elementType=\"HTTPArgument\">\n<stringProp name=\"Argument.value\">p{lower:6}97</stringProp>\n",
            rule: "password-directive",
        },
    ],
    misses: &[
        Example {
            path: "Load.dtsConfig",
            text: "<Configuration Path=\"\\Package.Connections[DWH].Properties[UserName]\">\n<ConfiguredValue>p{lower:6}97</ConfiguredValue>\n</Configuration>\n<Configuration Path=\"\\Package.Connections[DWH].Properties[Password]\">\n<ConfiguredValue></ConfiguredValue>\n</Configuration>\n",
            rule: "",
        },
        Example {
            path: "seed.sql",
            text: "UPDATE t SET value='a1B{base62:29}' WHERE name='build_id';\nUPDATE t SET value='x' WHERE name='api_secret';\nUPDATE t SET value=? WHERE name='api_secret';\n",
            rule: "",
        },
        Example {
            path: "plan.jmx",
            text: "<elementProp name=\"city\">\n<stringProp name=\"Argument.value\">p{lower:6}97</stringProp>\n<elementProp name=\"passwd\">\n<stringProp name=\"Argument.value\">${{PW}}</stringProp>\n",
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    for &at in text.at {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 1024));
        if let Some(value) = of_package(rest) {
            out(Found::here(&RULE, value, length_of("password of a connection", value.len())));
            continue;
        }
        let pair = match rest.strip("\"argument.value\">") {
            Some(value) => Some((argument(text.bytes, at), value.while_(|b| b != b'<'))),
            None => setting(rest),
        };
        let Some((name, value)) = pair.filter(|(name, _)| says(name.bytes()) == Says::Secret) else {
            continue;
        };
        let password = is_password(name.bytes());
        if is_secret(value.bytes(), |weak| is_chosen(weak) || password && is_picked(weak)) {
            out(Found::here(&RULE, value, length_of("value of a setting", value.len())));
        }
    }
}

/// The password of a connection of Integration Services, in a package (`DTS:Name="Password">x`) or in its configuration, where the
/// value has an element of its own.
fn of_package(rest: Part<'_>) -> Option<Part<'_>> {
    let names = ["properties[password]\"", "dts:name=\"password\"", "dts:sensitive=\"1\""];
    let name = names.iter().find(|name| rest.strip(name).is_some())?;
    let after = rest.skip(name.len());
    let value = if name.starts_with("properties") {
        let element = after.first(400);
        let (before, value) = element.cut_at(b"<ConfiguredValue>")?;
        let own = memchr::memmem::find(before.bytes(), b"</Configuration>").is_none();
        own.then(|| value.while_(|b| b != b'<'))?
    } else {
        after.cut(|b| b == b'>').filter(|(tag, _)| !tag.bytes().contains(&b'<'))?.1.while_(|b| b != b'<')
    };
    is_secret(value.bytes(), |weak| weak.len() >= 6).then_some(value)
}

/// `set value = 'x' where name = 'n'`
fn setting(rest: Part<'_>) -> Option<(Part<'_>, Part<'_>)> {
    let statement = rest.while_(|b| b != b';' && b != b'\n');
    let (_, after) = statement.cut(|b| b == b'=')?;
    let (value, after) = string(after)?;
    let (column, name) = after.trim().strip("where ")?.cut(|b| b == b'=')?;
    let names =
        ["name", "key", "path", "k", "variable", "option_name", "setting_key", "setting_name", "config_key"];
    let column = column.trim().trim_of(|b| matches!(b, b'`' | b'"' | b'[' | b']'));
    let named = names.iter().any(|known| column.is(known));
    string(name).filter(|_| named).map(|(name, _)| (name, value))
}

fn string(text: Part<'_>) -> Option<(Part<'_>, Part<'_>)> {
    text.trim().strip("'")?.cut(|b| b == b'\'')
}

/// The name of the argument whose value stands at this place: in the element before, or in the one around both.
fn argument(text: &[u8], at: usize) -> Part<'_> {
    let before = Part::between(text, at.saturating_sub(400)..at);
    let behind = |mark: &[u8], end: u8| {
        let from = memchr::memmem::rfind(before.bytes(), mark)? + mark.len();
        let name = before.skip(from).while_(|b| b != end);
        Some((from, name))
    };
    let (sibling, parent) = (behind(b"\"Argument.name\">", b'<'), behind(b"<elementProp name=\"", b'"'));
    let nearest = sibling.into_iter().chain(parent).max_by_key(|(from, _)| *from);
    nearest.map_or_else(|| before.first(0), |(_, name)| name)
}
