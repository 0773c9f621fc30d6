//! What the streams of a document are packed with (ISO 32000-2, 7.4).

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::value::{Map, Value, hexadecimal, is_blank};
use crate::decode::seam::{Budget, Limit, Stop};

/// The content of a stream as far as it can be unpacked; none where something packed it that is not read here: pictures.
pub(super) fn plain(map: &Map<'_>, raw: &[u8], budget: &Budget) -> Result<Option<Vec<u8>>, Stop> {
    let filters = match map.get("Filter").or_else(|| map.get("F")) {
        None => Vec::new(),
        Some(Value::List(list)) => list.iter().filter_map(Value::name).collect(),
        Some(filter) => filter.name().into_iter().collect(),
    };
    let mut content = raw.to_vec();
    for filter in filters {
        content = match filter {
            b"FlateDecode" | b"Fl" => inflated(&content, budget)?,
            b"ASCIIHexDecode" | b"AHx" => {
                hexadecimal(content.split(|b| *b == b'>').next().unwrap_or_default())
            }
            b"ASCII85Decode" | b"A85" => ascii85(&content),
            _ => return Ok(None),
        };
    }
    Ok(Some(unpredicted(map, content)))
}

/// What is damaged ends there.
fn inflated(packed: &[u8], budget: &Budget) -> Result<Vec<u8>, Stop> {
    let most = budget.limits().held;
    let mut plain = Vec::new();
    let mut stream = ZlibDecoder::new(packed);
    let mut chunk = vec![0; 64 << 10];
    while let Ok(count @ 1..) = stream.read(&mut chunk) {
        plain.extend_from_slice(chunk.get(..count).unwrap_or_default());
        budget.take(count as u64)?;
        budget.ratio(packed.len() as u64, plain.len() as u64)?;
        if plain.len() as u64 > most {
            return Err(Limit::Held.into());
        }
    }
    Ok(plain)
}

fn ascii85(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut group = Vec::with_capacity(5);
    let text = text.strip_prefix(b"<~").unwrap_or(text);
    for byte in text.iter().filter(|b| !is_blank(**b)).take_while(|b| **b != b'~') {
        match byte {
            b'z' if group.is_empty() => plain.extend([0; 4]),
            b'!'..=b'u' => group.push(byte.saturating_sub(b'!')),
            _ => return plain,
        }
        if group.len() == 5 {
            ungroup(&mut group, &mut plain);
        }
    }
    if group.len() > 1 {
        ungroup(&mut group, &mut plain);
    }
    plain
}

fn ungroup(group: &mut Vec<u8>, plain: &mut Vec<u8>) {
    let count = group.len().saturating_sub(1);
    group.resize(5, 84);
    let word = group.iter().fold(0_u32, |word, digit| word.wrapping_mul(85).wrapping_add((*digit).into()));
    plain.extend(word.to_be_bytes().iter().take(count));
    group.clear();
}

/// Rows of a table may be written as differences (7.4.4.4): tables of objects are.
fn unpredicted(map: &Map<'_>, content: Vec<u8>) -> Vec<u8> {
    let parameters = match map.get("DecodeParms") {
        Some(Value::List(list)) => list.last().and_then(Value::map),
        Some(other) => other.map(),
        None => None,
    };
    let number = |name| parameters.and_then(|map| map.get(name)).and_then(Value::count);
    if number("Predictor").is_none_or(|predictor| predictor < 10) {
        return content;
    }
    let width = number("Columns").unwrap_or(1).clamp(1, 1 << 16);
    let mut plain = Vec::with_capacity(content.len());
    let mut above = vec![0_u8; width];
    for row in content.chunks(width.saturating_add(1)) {
        let Some((kind, row)) = row.split_first() else { break };
        let (mut left, mut corner) = (0_u8, 0_u8);
        for (byte, over) in row.iter().zip(&mut above) {
            let guess = match kind {
                1 => left,
                2 => *over,
                3 => u8::midpoint(left, *over),
                4 => paeth(left, *over, corner),
                _ => 0,
            };
            corner = *over;
            left = byte.wrapping_add(guess);
            *over = left;
            plain.push(left);
        }
    }
    plain
}

fn paeth(left: u8, over: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(over) - i16::from(corner);
    let far = |byte: u8| guess.abs_diff(byte.into());
    [left, over, corner].into_iter().min_by_key(|byte| far(*byte)).unwrap_or_default()
}
