//! What a sweep knows, in SQLite.

use rusqlite::types::Value;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::de::DeserializeOwned;
use tightlip_engine::apart::{Known, Part, Role, Root};
use tightlip_image::Digest;
use tightlip_report::{Finding, Report};

use super::Sqlite;
use super::queue::number;
use crate::answer::{ALLOWED, unpack};
use crate::error::StateError;
use crate::judge::Judgement;
use crate::results::{Cell, Image, Results, Seen, Settlement, Trouble};

/// The columns of an image that [`image`] reads.
const IMAGE: &str =
    "SELECT id, repository, digest, reference, address, attached, problems, manifests FROM image";

impl Results for Sqlite {
    fn begin(&self, host: &str, now: i64) -> Result<i64, StateError> {
        self.at_once(|t| {
            let run: i64 = t.query_row("SELECT COALESCE(MAX(id), 0) + 1 FROM run", [], |row| row.get(0))?;
            t.execute(
                "INSERT INTO run (id, host, setting, began) VALUES ($1, $2, $3, $4)",
                params![run, host, self.setting, now],
            )?;
            // They are noted anew, by images that still are there.
            t.execute("DELETE FROM task WHERE state = 'noted'", [])?;
            // Other rules see other things: everything is to be read again, and what is known stays until then.
            t.execute(
                "DELETE FROM wants WHERE image IN (SELECT id FROM image WHERE setting <> $1)",
                [&self.setting],
            )?;
            t.execute(
                "UPDATE image SET state = 'waiting', lacks = 0, setting = $1 WHERE setting <> $1",
                [&self.setting],
            )?;
            try_again(t, &self.setting)?;
            Ok(run)
        })
    }

    fn end(&self, run: i64, now: i64) -> Result<(), StateError> {
        self.connection().execute("UPDATE run SET ended = $1 WHERE id = $2", params![now, run])?;
        Ok(())
    }

    fn image(&self, repository: &str, digest: &Digest) -> Result<Option<Image>, StateError> {
        let connection = self.connection();
        let mut question =
            connection.prepare_cached(&format!("{IMAGE} WHERE repository = $1 AND digest = $2"))?;
        let mut rows = question.query(params![repository, digest.to_string()])?;
        rows.next()?.map(image).transpose()
    }

    fn image_numbered(&self, id: i64) -> Result<Image, StateError> {
        let connection = self.connection();
        let mut question = connection.prepare_cached(&format!("{IMAGE} WHERE id = $1"))?;
        let mut rows = question.query([id])?;
        let row = rows.next()?.ok_or_else(|| StateError::Damaged(format!("there is no image {id}")))?;
        image(row)
    }

    fn see(&self, seen: &Seen, run: i64, now: i64) -> Result<i64, StateError> {
        let Root { name, reference, digest, attached, problems, address } = &seen.root;
        let (attached, problems) = (json(attached)?, json(problems)?);
        let manifests = json(&seen.manifests)?;
        self.at_once(|t| {
            t.prepare_cached(
                "INSERT INTO image (id, repository, digest, reference, address, attached, problems, manifests,
                    first_seen, last_run, setting, state, lacks)
                VALUES ((SELECT COALESCE(MAX(id), 0) + 1 FROM image), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
                    'waiting', 0)
                ON CONFLICT (repository, digest) DO UPDATE SET
                    state = CASE WHEN image.attached = excluded.attached
                        AND image.problems = excluded.problems AND image.gone IS NULL
                        THEN image.state ELSE 'waiting' END,
                    attached = excluded.attached, problems = excluded.problems,
                    manifests = excluded.manifests, address = excluded.address,
                    last_run = excluded.last_run, gone = NULL",
            )?
            .execute(params![
                name,
                digest.to_string(),
                reference,
                address,
                attached,
                problems,
                manifests,
                now,
                run,
                self.setting
            ])?;
            let id = t
                .prepare_cached("SELECT id FROM image WHERE repository = $1 AND digest = $2")?
                .query_row(params![name, digest.to_string()], |row| row.get(0))?;
            Ok(id)
        })
    }

    fn tag(&self, (repository, name): (&str, &str), image: i64, when: (i64, i64)) -> Result<(), StateError> {
        let (run, now) = when;
        self.connection()
            .prepare_cached(
                "INSERT INTO tag (repository, name, image, first_seen, moved, last_run)
                VALUES ($1, $2, $3, $4, $4, $5)
                ON CONFLICT (repository, name) DO UPDATE SET
                    moved = CASE WHEN tag.image = excluded.image THEN tag.moved ELSE excluded.moved END,
                    image = excluded.image, last_run = excluded.last_run",
            )?
            .execute(params![repository, name, image, now, run])?;
        Ok(())
    }

    fn unseen(&self, repository: &str, run: i64) -> Result<Vec<Image>, StateError> {
        let connection = self.connection();
        let mut question = connection
            .prepare_cached(&format!("{IMAGE} WHERE repository = $1 AND last_run < $2 AND gone IS NULL"))?;
        let mut rows = question.query(params![repository, run])?;
        let mut images = Vec::new();
        while let Some(row) = rows.next()? {
            images.push(image(row)?);
        }
        Ok(images)
    }

    fn gone(&self, image: i64, now: i64) -> Result<(), StateError> {
        self.connection().execute("UPDATE image SET gone = $1 WHERE id = $2", [now, image])?;
        Ok(())
    }

    fn trouble(&self, run: i64, trouble: &Trouble) -> Result<(), StateError> {
        self.connection().execute(
            "INSERT INTO trouble (run, place, reason) VALUES ($1, $2, $3)",
            params![run, trouble.place, trouble.reason],
        )?;
        Ok(())
    }

    fn known(&self, digest: &Digest, role: Role) -> Result<Option<Known>, StateError> {
        let connection = self.connection();
        let (digest, role) = (digest.to_string(), role.name());
        let key = params![digest, self.setting, role];
        let part = connection
            .prepare_cached(
                "SELECT outline, body FROM part WHERE digest = $1 AND setting = $2 AND role = $3",
            )?
            .query_row(key, |row| Ok(Part { outline: row.get(0)?, body: row.get(1)? }))
            .optional()?;
        if let Some(part) = part {
            return Ok(Some(Known::Part(part)));
        }
        let task: Option<(String, Option<String>)> = connection
            .prepare_cached(
                "SELECT state, reason FROM task WHERE digest = $1 AND setting = $2 AND role = $3",
            )?
            .query_row(key, |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(task.and_then(|(state, reason)| match state.as_str() {
            "absent" => Some(Known::Absent),
            "aside" => Some(Known::Failed(reason.unwrap_or_default())),
            _ => None,
        }))
    }

    fn keep(&self, digest: &Digest, role: Role, part: &Part) -> Result<(), StateError> {
        self.at_once(|t| self.keep_part(t, (&digest.to_string(), role.name()), part))
    }

    fn settle(&self, image: i64, settlement: &Settlement, when: (i64, i64)) -> Result<(), StateError> {
        let (run, now) = when;
        let report = json(&settlement.report)?;
        let report = zstd::encode_all(report.as_bytes(), 3)
            .map_err(|error| StateError::Damaged(format!("a report cannot be packed: {error}")))?;
        self.at_once(|t| {
            t.prepare_cached(
                "UPDATE image SET state = 'done', reason = NULL, report = $1, settled = $2, settled_run = $3,
                    worker = NULL, lease_until = NULL WHERE id = $4",
            )?
            .execute(params![report, now, run, image])?;
            hold(t, image, &settlement.holds, now)?;
            judged(t, image, &settlement.judgement)
        })
    }

    fn unjudged(&self, mark: &str, most: usize) -> Result<Vec<(i64, Report)>, StateError> {
        let question =
            "SELECT id, report FROM image WHERE (judged < $1 OR judged > $1) AND report IS NOT NULL
            LIMIT $2";
        let rows = self.rows(question, &[mark.into(), number(most as u64).into()])?;
        let read = |row: &Vec<Cell>| match row.as_slice() {
            [id, report] => Ok((id.number(), unpack(report)?)),
            _ => Err(StateError::Damaged("an image without columns".to_owned())),
        };
        rows.iter().map(read).collect()
    }

    fn judge(&self, all: &[(i64, Judgement)]) -> Result<(), StateError> {
        self.at_once(|t| all.iter().try_for_each(|(image, judgement)| judged(t, *image, judgement)))
    }

    fn fail(&self, image: i64, reason: &str) -> Result<(), StateError> {
        self.connection().execute(
            "UPDATE image SET state = 'failed', verdict = NULL, reason = $1, worker = NULL, lease_until = NULL
            WHERE id = $2",
            params![reason, image],
        )?;
        Ok(())
    }

    fn rows(&self, question: &str, values: &[Cell]) -> Result<Vec<Vec<Cell>>, StateError> {
        let connection = self.connection();
        let mut prepared = connection.prepare_cached(question)?;
        let columns = prepared.column_count();
        let values = values.iter().map(|value| match value {
            Cell::None => Value::Null,
            Cell::Number(number) => Value::Integer(*number),
            Cell::Text(text) => Value::Text(text.clone()),
            Cell::Bytes(bytes) => Value::Blob(bytes.clone()),
        });
        let mut rows = prepared.query(rusqlite::params_from_iter(values))?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let cells = (0..columns).map(|at| Ok(cell(row.get(at)?)));
            all.push(cells.collect::<Result<_, rusqlite::Error>>()?);
        }
        Ok(all)
    }
}

/// What was set aside is tried again by a new run, but not what ended runs.
fn try_again(t: &Transaction<'_>, setting: &str) -> Result<(), StateError> {
    t.execute(
        "UPDATE image SET state = 'waiting' WHERE id IN (
            SELECT wants.image FROM wants JOIN task ON task.digest = wants.digest AND task.role = wants.role
            WHERE task.setting = $1 AND task.state IN ('aside', 'absent') AND task.deaths = 0)",
        [setting],
    )?;
    t.execute(
        "DELETE FROM part WHERE setting = $1 AND EXISTS (
            SELECT 1 FROM task WHERE task.digest = part.digest AND task.setting = part.setting
            AND task.role = part.role AND task.state = 'aside' AND task.deaths = 0)",
        [setting],
    )?;
    t.execute(
        "UPDATE task SET state = 'new', tries = 0 WHERE setting = $1 AND state IN ('aside', 'absent') AND deaths = 0",
        [setting],
    )?;
    t.execute("UPDATE image SET state = 'waiting' WHERE state = 'failed'", [])?;
    t.execute(
        "UPDATE image SET lacks = (
            SELECT COUNT(*) FROM wants JOIN task ON task.digest = wants.digest AND task.role = wants.role
            WHERE wants.image = image.id AND task.setting = $1 AND task.state IN ('new', 'leased')
        ) WHERE state = 'waiting'",
        [setting],
    )?;
    Ok(())
}

fn hold(t: &Transaction<'_>, image: i64, holds: &[(Digest, String)], now: i64) -> Result<(), StateError> {
    t.prepare_cached("DELETE FROM holds WHERE image = $1")?.execute([image])?;
    for (digest, platform) in holds {
        let digest = digest.to_string();
        t.prepare_cached(
            "INSERT INTO blob (id, digest, first_seen) VALUES ((SELECT COALESCE(MAX(id), 0) + 1 FROM blob), $1, $2)
            ON CONFLICT (digest) DO NOTHING",
        )?
        .execute(params![digest, now])?;
        t.prepare_cached(
            "INSERT INTO holds (image, blob, platform) VALUES ($1, (SELECT id FROM blob WHERE digest = $2), $3)
            ON CONFLICT DO NOTHING",
        )?
        .execute(params![image, digest, platform])?;
    }
    Ok(())
}

/// Writes down what a policy makes of an image. A finding that it allows has a level below all levels.
fn judged(t: &Transaction<'_>, image: i64, judgement: &Judgement) -> Result<(), StateError> {
    let Judgement { mark, verdict, gaps, findings, allowed } = judgement;
    t.prepare_cached("UPDATE image SET judged = $1, verdict = $2, gaps = $3 WHERE id = $4")?
        .execute(params![mark, verdict.name(), number(*gaps as u64), image])?;
    t.prepare_cached("DELETE FROM finding WHERE image = $1")?.execute([image])?;
    for finding in findings {
        write_finding(t, image, (finding, finding.level as i64))?;
    }
    allowed.iter().try_for_each(|finding| write_finding(t, image, (finding, ALLOWED)))
}

fn write_finding(
    t: &Transaction<'_>,
    image: i64,
    (finding, level): (&Finding, i64),
) -> Result<(), StateError> {
    let place = &finding.place;
    let blob = place.layer.as_ref().and_then(|layer| layer.digest.as_ref()).or(place.document.as_ref());
    t.prepare_cached(
        "INSERT INTO finding (image, fingerprint, identity, rule, title, level, exposure, surface, blob, path,
            rotate, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )?
    .execute(params![
        image,
        finding.fingerprint,
        finding.identity,
        finding.rule,
        finding.title,
        level,
        place.exposure.name(),
        place.surface.name(),
        blob,
        place.path.as_ref().or(place.pointer.as_ref()),
        finding.remedy.rotate,
        json(finding)?
    ])?;
    Ok(())
}

fn image(row: &Row<'_>) -> Result<Image, StateError> {
    let digest: String = row.get(2)?;
    let digest = Digest::parse(&digest)
        .map_err(|error| StateError::Damaged(format!("the digest of an image: {error}")))?;
    let root = Root {
        name: row.get(1)?,
        reference: row.get(3)?,
        digest,
        attached: parse(row.get(5)?)?,
        problems: parse(row.get(6)?)?,
        address: row.get(4)?,
    };
    Ok(Image { id: row.get(0)?, seen: Seen { root, manifests: parse(row.get(7)?)? } })
}

fn cell(value: Value) -> Cell {
    match value {
        Value::Null => Cell::None,
        Value::Integer(number) => Cell::Number(number),
        // No question asks for fractions.
        #[expect(clippy::cast_possible_truncation, reason = "what is behind the point does not matter")]
        Value::Real(number) => Cell::Number(number as i64),
        Value::Text(text) => Cell::Text(text),
        Value::Blob(bytes) => Cell::Bytes(bytes),
    }
}

fn json(value: &impl serde::Serialize) -> Result<String, StateError> {
    serde_json::to_string(value).map_err(|error| StateError::Damaged(error.to_string()))
}

fn parse<T: DeserializeOwned>(text: String) -> Result<T, StateError> {
    serde_json::from_str(&text).map_err(|error| StateError::Damaged(error.to_string()))
}
