//! The tables of a state, and how older forms become the newest one.

use rusqlite::{Connection, TransactionBehavior};

use crate::error::StateError;

/// Each step makes the next form of the one before. What stands here never changes; a new form is a new step.
pub(super) const STEPS: &[&str] = &[FIRST, JUDGED];

/// The newest form.
pub(crate) const FORM: i64 = STEPS.len() as i64;

const FIRST: &str = "
CREATE TABLE run (
    id BIGINT PRIMARY KEY, host TEXT NOT NULL, setting TEXT NOT NULL, began BIGINT NOT NULL, ended BIGINT
);
CREATE TABLE trouble (run BIGINT NOT NULL, place TEXT NOT NULL, reason TEXT NOT NULL);
CREATE TABLE image (
    id BIGINT PRIMARY KEY, repository TEXT NOT NULL, digest TEXT NOT NULL, reference TEXT NOT NULL,
    address TEXT, attached TEXT NOT NULL, problems TEXT NOT NULL, manifests TEXT NOT NULL,
    first_seen BIGINT NOT NULL, last_run BIGINT NOT NULL, setting TEXT NOT NULL,
    state TEXT NOT NULL, lacks BIGINT NOT NULL, worker TEXT, lease_until BIGINT,
    verdict TEXT, reason TEXT, settled BIGINT, settled_run BIGINT, report BYTEA, gone BIGINT,
    UNIQUE (repository, digest)
);
CREATE INDEX image_ready ON image (state, lacks);
CREATE INDEX image_digest ON image (digest);
CREATE TABLE tag (
    repository TEXT NOT NULL, name TEXT NOT NULL, image BIGINT NOT NULL, first_seen BIGINT NOT NULL,
    moved BIGINT NOT NULL, last_run BIGINT NOT NULL, PRIMARY KEY (repository, name)
);
CREATE INDEX tag_image ON tag (image);
CREATE TABLE blob (
    id BIGINT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, first_seen BIGINT NOT NULL
);
CREATE TABLE holds (
    image BIGINT NOT NULL, blob BIGINT NOT NULL, platform TEXT NOT NULL, PRIMARY KEY (image, blob, platform)
);
CREATE INDEX holds_blob ON holds (blob);
CREATE TABLE part (
    digest TEXT NOT NULL, setting TEXT NOT NULL, role TEXT NOT NULL, outline BYTEA NOT NULL, body BYTEA NOT NULL,
    PRIMARY KEY (digest, setting, role)
);
CREATE TABLE task (
    digest TEXT NOT NULL, setting TEXT NOT NULL, role TEXT NOT NULL, repository TEXT NOT NULL,
    media_type TEXT NOT NULL, size BIGINT NOT NULL, rank BIGINT NOT NULL, state TEXT NOT NULL,
    tries BIGINT NOT NULL, deaths BIGINT NOT NULL, worker TEXT, lease_until BIGINT, reason TEXT,
    PRIMARY KEY (digest, setting, role)
);
CREATE INDEX task_next ON task (setting, state, deaths, rank, size);
CREATE TABLE wants (
    image BIGINT NOT NULL, digest TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (image, digest, role)
);
CREATE INDEX wants_task ON wants (digest, role);
CREATE TABLE finding (
    image BIGINT NOT NULL, fingerprint TEXT NOT NULL, identity TEXT NOT NULL, rule TEXT NOT NULL,
    title TEXT NOT NULL, level BIGINT NOT NULL, exposure TEXT NOT NULL, surface TEXT NOT NULL,
    blob TEXT, path TEXT, rotate TEXT, body TEXT NOT NULL
);
CREATE INDEX finding_image ON finding (image);
CREATE INDEX finding_identity ON finding (identity);
CREATE INDEX finding_blob ON finding (blob);
";

/// What a policy makes of an image stands beside its report.
const JUDGED: &str = "
ALTER TABLE image ADD COLUMN judged TEXT NOT NULL DEFAULT '';
ALTER TABLE image ADD COLUMN gaps BIGINT NOT NULL DEFAULT 0;
CREATE INDEX image_judged ON image (judged);
CREATE INDEX image_open ON image (state, gaps, gone);
CREATE INDEX task_papers ON task (setting, state, rank, deaths, size);
";

/// Brings a database to the newest form; one that is newer is refused by `newer`.
pub(crate) fn bring_up(
    connection: &mut Connection,
    newer: impl Fn(i64) -> StateError,
) -> Result<(), StateError> {
    let form =
        |connection: &Connection| connection.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0));
    let of = |form: i64| usize::try_from(form).ok().and_then(|done| STEPS.get(done..));
    while !of(form(connection)?).ok_or_else(|| newer(form(connection).unwrap_or_default()))?.is_empty() {
        // Whoever comes at the same time waits here, and finds the step taken.
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let now = form(&transaction)?;
        if let Some(step) = of(now).and_then(|steps| steps.first()) {
            transaction.execute_batch(step)?;
            transaction.pragma_update(None, "user_version", now + 1)?;
        }
        transaction.commit()?;
    }
    Ok(())
}
