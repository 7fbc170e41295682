//! The claims in the database.

use std::path::Path;

use filekit::prelude::*;
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};

pub(crate) struct Claim {
    pub(crate) number: i64,
    pub(crate) title: String,
    pub(crate) amount: i64,
    pub(crate) receipt: Option<StoredFile>,
}

/// A row: number, title, amount, and the stored file as JSON.
type Row = (i64, String, i64, Option<String>);

#[derive(Clone)]
pub(crate) struct Claims(SqlitePool);

impl Claims {
    /// Opens the database, which is made if it is not there.
    pub(crate) async fn open(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        let pool = SqlitePool::connect_with(options).await?;
        sqlx::query(
            "CREATE TABLE IF NOT EXISTS claims (
                number INTEGER PRIMARY KEY AUTOINCREMENT,
                title TEXT NOT NULL,
                amount INTEGER NOT NULL,
                receipt TEXT
            ) STRICT",
        )
        .execute(&pool)
        .await?;
        Ok(Self(pool))
    }

    pub(crate) async fn all(&self) -> Result<Vec<Claim>> {
        let rows: Vec<Row> =
            sqlx::query_as("SELECT number, title, amount, receipt FROM claims ORDER BY number")
                .fetch_all(&self.0)
                .await?;
        let claim = |(number, title, amount, receipt): Row| {
            let receipt = receipt
                .map(|json| serde_json::from_str(&json))
                .transpose()?;
            Ok(Claim {
                number,
                title,
                amount,
                receipt,
            })
        };
        rows.into_iter().map(claim).collect()
    }

    pub(crate) async fn add(
        &self,
        title: &str,
        amount: u32,
        receipt: Option<&StoredFile>,
    ) -> Result<()> {
        let receipt = receipt.map(serde_json::to_string).transpose()?;
        sqlx::query("INSERT INTO claims (title, amount, receipt) VALUES (?, ?, ?)")
            .bind(title)
            .bind(amount)
            .bind(receipt)
            .execute(&self.0)
            .await?;
        Ok(())
    }

    /// Removes a claim; returns its receipt.
    pub(crate) async fn remove(&self, number: i64) -> Result<Option<StoredFile>> {
        let receipt: Option<Option<String>> =
            sqlx::query_scalar("DELETE FROM claims WHERE number = ? RETURNING receipt")
                .bind(number)
                .fetch_optional(&self.0)
                .await?;
        let receipt = receipt
            .flatten()
            .map(|json| serde_json::from_str(&json))
            .transpose()?;
        Ok(receipt)
    }
}
