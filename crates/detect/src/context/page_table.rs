//! Tables of pages that are not Markdown, whose head names a column of secrets: AsciiDoc, reStructuredText, MediaWiki,
//! Textile, Confluence and HTML.
//!
//! bad: `|User |Password` above `|bob |hunter22x`
//! good: a row that says in which vault the password is

use super::judge::ground::is_page;
use super::judge::once::next;
use super::judge::reading::line_around;
use super::table::{ROWS, RULE, found_by_people, secret_columns};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "page-table",
    rules: &[&RULE],
    wants: |hint| language(hint).is_some(),
    keywords: super::judge::name::KEYWORDS,
    find,
    hits: &[
        Example {
            path: "logins.adoc",
            text: "[options=\"header\"]\n|===\n|User |Password\n\n|bob\n|Xk9v{lower:5}97\n|===\n",
            rule: "secret-in-table",
        },
        Example {
            path: "logins.rst",
            text: "=====  ==========\nUser   Password\n=====  ==========\nbob    Xk9v{lower:5}97\n=====  ==========\n",
            rule: "secret-in-table",
        },
        Example {
            path: "logins.rst",
            text: ".. list-table::\n\n   * - User\n     - Password\n   * - bob\n     - Xk9v{lower:5}97\n",
            rule: "secret-in-table",
        },
        Example {
            path: "logins.html",
            text: "<table><tr><th>User</th><th>Password</th></tr>\n<tr><td>bob</td><td><code>Xk9v{lower:5}97</code></td></tr></table>",
            rule: "secret-in-table",
        },
        Example {
            path: "logins.wiki",
            text: "{| class=\"wikitable\"\n! User !! Password\n|-\n| bob || Xk9v{lower:5}97\n|}\n",
            rule: "secret-in-table",
        },
        Example {
            path: "logins.textile",
            text: "||User||Password||\n|bob|Xk9v{lower:5}97|\n",
            rule: "secret-in-table",
        },
    ],
    misses: &[
        Example {
            path: "options.adoc",
            text: "|===\n|Option |Password\n|`a` |the one of the vault\n|b |{vault}\n|===\n",
            rule: "",
        },
        Example {
            path: "a.rst",
            text: "=====  ==========\nUser   Password\n=====  ==========\nbob    of the vault\n=====  ==========\n\nbob    Xk9v{lower:5}97\n",
            rule: "",
        },
        Example {
            path: "a.html",
            text: "<table><tr><th>User</th><th>Password</th></tr><tr><td>bob</td><td>of the vault</td></tr></table><td>a</td><td>Xk9v{lower:5}97</td>",
            rule: "",
        },
        Example { path: "a.rst", text: "* - User\n  - Password\n\n* bob\n* Xk9v{lower:5}97\n", rule: "" },
    ],
};

/// What a page is written in.
#[derive(Clone, Copy)]
enum Language {
    AsciiDoc,
    Restructured,
    Wiki,
    Html,
}

fn language(hint: &Hint<'_>) -> Option<Language> {
    let name = hint.file_name().to_ascii_lowercase();
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end.as_bytes()));
    if ends(&[".adoc", ".asciidoc"]) {
        Some(Language::AsciiDoc)
    } else if ends(&[".rst"]) {
        Some(Language::Restructured)
    } else if is_page(hint) {
        Some(Language::Html)
    } else {
        ends(&[".wiki", ".mediawiki", ".textile", ".confluence"]).then_some(Language::Wiki)
    }
}

/// A head and the rows below it.
struct Table<'b> {
    head: Vec<Part<'b>>,
    rows: Vec<Vec<Part<'b>>>,
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let Some(language) = language(&text.hint).filter(|_| !text.binary) else { return };
    let mut done = 0;
    for &at in text.at {
        let head = match language {
            Language::Html => around_row(text.bytes, at),
            _ => Some(line_around(text.bytes, at)),
        };
        let Some(head) = head else { continue };
        // The other columns of a head were read with the first.
        if head.span().start < done {
            continue;
        }
        done = head.span().end;
        let table = match language {
            Language::AsciiDoc => fenced(head),
            Language::Restructured => ruled(head).or_else(|| listed(head)),
            Language::Wiki => marked(head),
            Language::Html => tagged(head),
        };
        let Some(Table { head, rows }) = table else { continue };
        let columns = secret_columns(&head);
        // A row is no head of those below it.
        let last = rows.iter().flatten().next_back().filter(|_| !columns.is_empty());
        done = last.map_or(done, |cell| cell.span().end.max(done));
        let values = rows.iter().flat_map(|row| columns.iter().filter_map(|column| row.get(*column)));
        values.filter_map(|value| found_by_people(*value)).for_each(&mut *out);
    }
}

/// The lines above one, the nearest first.
fn above<'b>(line: Part<'b>) -> impl Iterator<Item = Part<'b>> {
    let mut start = line.span().start;
    std::iter::from_fn(move || {
        let above = line_around(line.whole(), start.checked_sub(1)?);
        start = above.span().start;
        Some(above)
    })
}

/// The lines below one.
fn below<'b>(line: Part<'b>) -> impl Iterator<Item = Part<'b>> {
    Part::between(line.whole(), line.span().end..line.whole().len()).lines().skip(1).take(ROWS)
}

/// AsciiDoc: cells between two lines of `|===`, each behind a bar; the head is the first line.
fn fenced<'b>(head: Part<'b>) -> Option<Table<'b>> {
    let cells = |line: Part<'b>| behind(line, b"|");
    let is_fence = |line: &Part<'_>| line.bytes().starts_with(b"|===");
    above(head).find(|line| !line.trim().is_empty()).filter(is_fence)?;
    let head_cells = cells(head);
    let width = head_cells.len().max(1);
    let all: Vec<_> = below(head).take_while(|line| !is_fence(line)).flat_map(cells).collect();
    Some(Table { head: head_cells, rows: all.chunks(width).map(<[_]>::to_vec).collect() })
}

/// reStructuredText: columns below lines of `=`, which say where each begins.
fn ruled<'b>(head: Part<'b>) -> Option<Table<'b>> {
    let is_rule =
        |line: &Part<'_>| line.words().count() >= 2 && line.bytes().iter().all(|b| matches!(b, b'=' | b' '));
    let rule = above(head).next().filter(is_rule)?;
    let mut lines = below(head);
    lines.next().filter(is_rule)?;
    let base = rule.span().start;
    let starts: Vec<usize> = rule.words().map(|run| run.span().start - base).collect();
    let ends = starts.iter().skip(1).copied().chain([usize::MAX]);
    let spans: Vec<_> = starts.iter().copied().zip(ends).collect();
    let cells = |line: Part<'b>| -> Vec<_> {
        spans.iter().map(|(start, end)| plain(line.first(*end).skip(*start))).collect()
    };
    let rows = lines.take_while(|line| !is_rule(line)).map(cells).collect();
    Some(Table { head: cells(head), rows })
}

/// reStructuredText: a list of lists, `* - ` before the first cell of a row and `- ` before the others.
fn listed<'b>(cell: Part<'b>) -> Option<Table<'b>> {
    let first = |line: &Part<'_>| line.trim().strip("* - ").is_some();
    let item = |line: Part<'b>| {
        let line = line.trim();
        line.strip("* - ").or_else(|| line.strip("- ")).map(plain)
    };
    let mut lines: Vec<_> = [cell].into_iter().chain(above(cell)).take(16).collect();
    let start = lines.iter().position(first)?;
    lines.truncate(start + 1);
    let head: Option<Vec<_>> = lines.into_iter().rev().map(item).collect();
    let mut head = head?;
    let mut rows: Vec<Vec<_>> = Vec::new();
    for line in below(cell) {
        let Some(value) = item(line) else { break };
        match rows.last_mut() {
            _ if first(&line) => rows.push(vec![value]),
            Some(row) => row.push(value),
            None => head.push(value),
        }
    }
    Some(Table { head, rows })
}

/// Wikis: a head of `! a !! b` or `||a||b||`, rows of `| a || b` or `|a|b|`.
fn marked(head: Part<'_>) -> Option<Table<'_>> {
    let line = head.trim();
    if let Some(cells) = line.strip("!") {
        let rows = below(head).take_while(|line| !line.bytes().starts_with(b"|}"));
        let rows = rows.filter_map(|line| line.strip("|")).map(|row| split(row, b"||")).collect();
        return Some(Table { head: split(cells, b"!!"), rows });
    }
    let cells = line.strip("||")?;
    let rows = below(head).take_while(|line| line.trim().bytes().starts_with(b"|"));
    Some(Table { head: split(cells, b"||"), rows: rows.map(|row| behind(row, b"|")).collect() })
}

/// How far a row of HTML may reach, in bytes.
const ROW: usize = 2048;

/// HTML: the row in which a head stands.
fn around_row(text: &[u8], at: usize) -> Option<Part<'_>> {
    let before = text.get(at.saturating_sub(ROW)..at)?;
    let open = memchr::memmem::rfind(before, b"<tr")?;
    let start = at - (before.len() - open);
    let row = Part::between(text, start..text.len().min(at + ROW));
    let (row, _) = row.cut_at(b"</tr>")?;
    let head = row.span().end > at && memchr::memmem::find(row.bytes(), b"<th").is_some();
    head.then_some(row)
}

/// HTML: the rows up to the end of the table.
fn tagged(head: Part<'_>) -> Option<Table<'_>> {
    let rest = Part::between(head.whole(), head.span().end..head.whole().len());
    let body = rest.first(next(head.whole(), rest.span().start, b"</table>")? - rest.span().start);
    let mut rows = Vec::new();
    let mut rest = body;
    while let Some((row, after)) = rest.cut_at(b"</tr>").filter(|_| rows.len() < ROWS) {
        rows.push(cells_of(row));
        rest = after;
    }
    // The first is what is left of the head.
    Some(Table { head: cells_of(head), rows })
}

/// What stands in the cells of a row, without the tags around it.
fn cells_of(row: Part<'_>) -> Vec<Part<'_>> {
    let mut cells = Vec::new();
    let mut rest = row;
    while let Some((_, cell)) = rest.cut_at(b"<t") {
        rest = cell;
        let Some((_, inside)) =
            cell.cut(|b| b == b'>').filter(|_| matches!(cell.bytes().first(), Some(b'd' | b'h')))
        else {
            continue;
        };
        let mut text = inside.trim();
        while let Some((_, inner)) = text
            .strip("<")
            .filter(|tag| !tag.bytes().starts_with(b"/"))
            .and_then(|tag| tag.cut(|b| b == b'>'))
        {
            text = inner.trim();
        }
        cells.push(plain(text.while_(|b| b != b'<')));
    }
    cells
}

/// The cells of a line in which each stands behind a mark.
fn behind<'b>(line: Part<'b>, mark: &[u8]) -> Vec<Part<'b>> {
    line.cut_at(mark).map(|(_, rest)| split(rest, mark)).unwrap_or_default()
}

fn split<'b>(line: Part<'b>, mark: &[u8]) -> Vec<Part<'b>> {
    let mut cells = Vec::new();
    let mut rest = line;
    while let Some((cell, after)) = rest.cut_at(mark) {
        cells.push(plain(cell));
        rest = after;
    }
    cells.push(plain(rest));
    cells
}

/// A cell without blanks and the marks that make it stand out.
fn plain(cell: Part<'_>) -> Part<'_> {
    cell.trim().trim_of(|b| matches!(b, b'`' | b'*'))
}
