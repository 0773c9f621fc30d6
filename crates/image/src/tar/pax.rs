//! PAX records: `length key=value\n`, each.

/// Key and value of one PAX record, as bytes.
pub type Record = (Vec<u8>, Vec<u8>);

/// The records, and where the first one lies that cannot be read (nothing after it is).
pub(crate) fn records(bytes: &[u8]) -> (Vec<Record>, Option<usize>) {
    let mut records = Vec::new();
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| rest.iter().any(|byte| *byte != 0)) {
        let Some((length, record)) = record(rest) else { return (records, Some(at)) };
        records.push(record);
        at += length;
    }
    (records, None)
}

fn record(bytes: &[u8]) -> Option<(usize, Record)> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let length: usize = std::str::from_utf8(bytes.get(..digits)?).ok()?.parse().ok()?;
    let body = bytes.get(digits..length)?.strip_prefix(b" ")?.strip_suffix(b"\n")?;
    let equals = body.iter().position(|byte| *byte == b'=')?;
    Some((length, (body.get(..equals)?.to_vec(), body.get(equals + 1..)?.to_vec())))
}

/// The value of the last record with this key: later ones win.
pub(super) fn value<'r>(records: &'r [Record], key: &[u8]) -> Option<&'r [u8]> {
    records.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.as_slice())
}

/// A value that should be a decimal number; fractions are cut off.
pub(super) fn number(value: &[u8]) -> Option<i64> {
    let whole = value.split(|byte| *byte == b'.').next()?;
    std::str::from_utf8(whole).ok()?.parse().ok()
}
