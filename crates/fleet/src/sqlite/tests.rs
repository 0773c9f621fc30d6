//! Tests of the state in SQLite.
