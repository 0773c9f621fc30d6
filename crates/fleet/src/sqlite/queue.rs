//! The queue in SQLite.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use tightlip_engine::apart::{Need, Part, Role};

use super::Sqlite;
use crate::error::StateError;
use crate::queue::{
    DEATHS, Lease, Left, Outcome, Queue, Settled, TRIES, Task, Which, need_key, rank_number, rank_of,
};

/// Counts what an image still lacks.
const COUNT: &str = "UPDATE image SET lacks = (
    SELECT COUNT(*) FROM wants JOIN task ON task.digest = wants.digest AND task.role = wants.role
    WHERE wants.image = image.id AND task.setting = $1 AND task.state IN ('new', 'leased')
) WHERE id = $2";

/// Writes a task down.
const INSERT: &str = "INSERT INTO task
    (digest, setting, role, repository, media_type, size, rank, state, tries, deaths)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0)
    ON CONFLICT (digest, setting, role)";

impl Queue for Sqlite {
    fn note(&self, tasks: &[Task]) -> Result<(), StateError> {
        self.at_once(|t| {
            let sql = format!("{INSERT} DO NOTHING");
            tasks.iter().try_for_each(|task| self.write_task(t, &sql, (task, "noted")))
        })
    }

    fn add(&self, image: i64, tasks: &[Task]) -> Result<(), StateError> {
        self.at_once(|t| {
            let sql = format!(
                "{INSERT} DO UPDATE SET state = excluded.state, media_type = excluded.media_type,
                size = excluded.size, rank = excluded.rank WHERE task.state = 'noted'"
            );
            for task in tasks {
                self.write_task(t, &sql, (task, "new"))?;
                let (digest, role) = (task.need.digest.to_string(), task.need.role.name());
                t.prepare_cached(
                    "INSERT INTO wants (image, digest, role) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                )?
                .execute(params![image, digest, role])?;
            }
            t.prepare_cached(COUNT)?.execute(params![self.setting, image])?;
            t.prepare_cached("UPDATE image SET worker = NULL, lease_until = NULL WHERE id = $1")?
                .execute([image])?;
            Ok(())
        })
    }

    fn claim(&self, lease: &Lease, which: Which, most: usize) -> Result<Vec<Task>, StateError> {
        // Each has an index of its own: nobody wants to look at all layers to see that no document is left.
        let question = match which {
            Which::Papers => {
                "SELECT digest, role, repository, media_type, size, rank FROM task
                WHERE setting = $1 AND state = 'new' AND rank = 0 ORDER BY deaths, size LIMIT $2"
            }
            Which::Any => {
                "SELECT digest, role, repository, media_type, size, rank FROM task
                WHERE setting = $1 AND state = 'new' ORDER BY deaths, rank, size LIMIT $2"
            }
        };
        self.at_once(|t| {
            let mut next = t.prepare_cached(question)?;
            let mut rows = next.query(params![self.setting, number(most as u64)])?;
            let mut tasks = Vec::new();
            while let Some(row) = rows.next()? {
                tasks.push(task(row)?);
            }
            for alone in tasks.clone() {
                for other in self.others(t, &alone)? {
                    if !tasks.contains(&other) {
                        tasks.push(other);
                    }
                }
            }
            for Task { need, .. } in &tasks {
                t.prepare_cached(
                    "UPDATE task SET state = 'leased', worker = $1, lease_until = $2
                    WHERE digest = $3 AND setting = $4 AND role = $5",
                )?
                .execute(params![
                    lease.worker,
                    lease.until,
                    need.digest.to_string(),
                    self.setting,
                    need.role.name()
                ])?;
            }
            Ok(tasks)
        })
    }

    fn claim_image(&self, lease: &Lease) -> Result<Option<i64>, StateError> {
        self.at_once(|t| {
            let mut next = t.prepare_cached(
                "SELECT id FROM image WHERE state = 'waiting' AND lacks = 0 AND gone IS NULL
                AND (lease_until IS NULL OR lease_until < $1) LIMIT 1",
            )?;
            let id: Option<i64> = next.query_row([lease.now], |row| row.get(0)).optional()?;
            if let Some(id) = id {
                t.prepare_cached("UPDATE image SET worker = $1, lease_until = $2 WHERE id = $3")?
                    .execute(params![lease.worker, lease.until, id])?;
            }
            Ok(id)
        })
    }

    fn beat(&self, lease: &Lease) -> Result<(), StateError> {
        self.at_once(|t| {
            let values = params![lease.until, lease.worker];
            t.execute("UPDATE task SET lease_until = $1 WHERE state = 'leased' AND worker = $2", values)?;
            t.execute("UPDATE image SET lease_until = $1 WHERE state = 'waiting' AND worker = $2", values)?;
            Ok(())
        })
    }

    fn give_back(&self, worker: &str) -> Result<(), StateError> {
        self.at_once(|t| {
            t.execute(
                "UPDATE task SET state = 'new', worker = NULL, lease_until = NULL
                WHERE state = 'leased' AND worker = $1",
                [worker],
            )?;
            t.execute("UPDATE image SET worker = NULL, lease_until = NULL WHERE worker = $1", [worker])?;
            Ok(())
        })
    }

    fn finish(&self, task: &Task, outcome: &Outcome) -> Result<Settled, StateError> {
        let (digest, role) = (task.need.digest.to_string(), task.need.role.name());
        let key = (digest.as_str(), role);
        self.at_once(|t| {
            let known: Option<(String, i64)> = t
                .prepare_cached(
                    "SELECT state, tries FROM task WHERE digest = $1 AND setting = $2 AND role = $3",
                )?
                .query_row(params![digest, self.setting, role], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let Some((state, tries)) = known else { return Ok(Settled::Done) };
            // Somebody else was quicker, with the same result.
            if matches!(state.as_str(), "done" | "absent") {
                return Ok(Settled::Done);
            }
            let tries = tries + 1;
            let (settled, word, reason) = match outcome {
                Outcome::Read(_) => (Settled::Done, "done", None),
                Outcome::Absent => (Settled::Done, "absent", None),
                Outcome::Failed(why, _) if tries >= TRIES => (Settled::Aside, "aside", Some(why)),
                Outcome::Failed(why, _) => (Settled::Again, "new", Some(why)),
            };
            let part = match outcome {
                Outcome::Read(part) => Some(part),
                Outcome::Failed(_, part) if settled == Settled::Aside => part.as_ref(),
                _ => None,
            };
            if let Some(part) = part {
                self.keep_part(t, key, part)?;
            }
            t.prepare_cached(
                "UPDATE task SET state = $1, tries = $2, reason = $3, worker = NULL, lease_until = NULL
                WHERE digest = $4 AND setting = $5 AND role = $6",
            )?
            .execute(params![word, tries, reason, digest, self.setting, role])?;
            if settled != Settled::Again {
                tell_images(t, key)?;
            }
            Ok(settled)
        })
    }

    fn recover(&self, now: i64) -> Result<u64, StateError> {
        self.at_once(|t| {
            t.execute("UPDATE image SET worker = NULL, lease_until = NULL WHERE lease_until < $1", [now])?;
            let given = t.execute(
                "UPDATE task SET state = 'new', deaths = deaths + 1, worker = NULL, lease_until = NULL
                WHERE state = 'leased' AND lease_until < $1",
                [now],
            )?;
            let mut dead = t.prepare(
                "SELECT digest, role FROM task WHERE setting = $1 AND state = 'new' AND deaths >= $2",
            )?;
            let dead: Vec<(String, String)> = dead
                .query_map(params![self.setting, DEATHS], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            for (digest, role) in &dead {
                let reason = format!("{DEATHS} runs ended while it was being read");
                t.execute(
                    "UPDATE task SET state = 'aside', reason = $1 WHERE digest = $2 AND setting = $3 AND role = $4",
                    params![reason, digest, self.setting, role],
                )?;
                tell_images(t, (digest, role))?;
            }
            Ok(given as u64)
        })
    }

    fn left(&self) -> Result<Left, StateError> {
        let connection = self.connection();
        let (blobs, bytes, due): (i64, i64, i64) = connection
            .prepare_cached(
                "SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT),
                    COALESCE(SUM(CASE WHEN state = 'noted' THEN 0 ELSE 1 END), 0) FROM task
                WHERE setting = $1 AND state IN ('new', 'leased', 'noted')",
            )?
            .query_row([&self.setting], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let images: i64 = connection
            .prepare_cached("SELECT COUNT(*) FROM image WHERE state = 'waiting' AND gone IS NULL")?
            .query_row([], |row| row.get(0))?;
        let count = |number: i64| u64::try_from(number).unwrap_or_default();
        Ok(Left { blobs: count(blobs), bytes: count(bytes), images: count(images), due: count(due) })
    }
}

impl Sqlite {
    fn write_task(
        &self,
        t: &Transaction<'_>,
        sql: &str,
        (Task { need, repository }, state): (&Task, &str),
    ) -> Result<(), StateError> {
        t.prepare_cached(sql)?.execute(params![
            need.digest.to_string(),
            self.setting,
            need.role.name(),
            repository,
            need.media_type,
            number(need.size),
            rank_number(need.rank),
            state
        ])?;
        Ok(())
    }

    /// What else a blob is to be read as. Manifests are had another way than blobs.
    fn others(&self, t: &Transaction<'_>, task_of: &Task) -> Result<Vec<Task>, StateError> {
        let need = &task_of.need;
        if need.role == Role::Manifest {
            return Ok(Vec::new());
        }
        let mut others = t.prepare_cached(
            "SELECT digest, role, repository, media_type, size, rank FROM task
            WHERE digest = $1 AND setting = $2 AND role NOT IN ($3, 'manifest') AND state IN ('new', 'noted')
            ORDER BY role",
        )?;
        let mut rows = others.query(params![need.digest.to_string(), self.setting, need.role.name()])?;
        let mut tasks = Vec::new();
        while let Some(row) = rows.next()? {
            tasks.push(task(row)?);
        }
        Ok(tasks)
    }

    pub(super) fn keep_part(
        &self,
        t: &Transaction<'_>,
        (digest, role): (&str, &str),
        part: &Part,
    ) -> Result<(), StateError> {
        t.prepare_cached(
            "INSERT INTO part (digest, setting, role, outline, body) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (digest, setting, role) DO UPDATE SET outline = excluded.outline, body = excluded.body",
        )?
        .execute(params![digest, self.setting, role, part.outline, part.body])?;
        Ok(())
    }
}

/// One thing less that these images lack.
fn tell_images(t: &Transaction<'_>, (digest, role): (&str, &str)) -> Result<(), StateError> {
    t.prepare_cached(
        "UPDATE image SET lacks = lacks - 1
        WHERE lacks > 0 AND id IN (SELECT image FROM wants WHERE digest = $1 AND role = $2)",
    )?
    .execute(params![digest, role])?;
    Ok(())
}

fn task(row: &Row<'_>) -> Result<Task, StateError> {
    let (digest, role): (String, String) = (row.get(0)?, row.get(1)?);
    let (digest, role) = need_key(&digest, &role)?;
    let size = u64::try_from(row.get::<_, i64>(4)?).unwrap_or_default();
    let need = Need { digest, role, media_type: row.get(3)?, size, rank: rank_of(row.get(5)?) };
    Ok(Task { need, repository: row.get(2)? })
}

/// A count as the database has it.
pub(super) fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
