//! A connection to Redis that comes back by itself, and answers within a time or not at all.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::io::tcp::TcpSettings;
use redis::{
    Client, Cmd, ErrorKind, FromRedisValue, IntoConnectionInfo as _, RedisError, RedisResult, ScriptInvocation,
    ServerErrorKind,
};

use crate::stores::redis::error::{failed, is_lost_connection, unanswered};
use crate::stores::{Result, StoreError};

/// So long an answer is waited for, with new connections if need be.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// Between two tries to connect, at first; twice as long each time.
const PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(300);

/// A connection that all tasks share. What is asked by it may be carried out twice, if the connection is lost with the answer: so
/// it must not matter.
#[derive(Clone)]
pub(super) struct Link {
    manager: ConnectionManager,
    at: Arc<str>,
    account: Option<Account>,
}

/// At which Redis a program is which user. Links with the same one may do the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    at: Arc<str>,
    user: Option<Arc<str>>,
}

impl Link {
    /// # Errors
    ///
    /// If Redis cannot be reached, or does not let this program in.
    pub(super) async fn open(client: &Client) -> Result<Self> {
        let at = address(client);
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_number_of_retries(0);
        let connecting = async {
            let mut manager = ConnectionManager::new_with_config(client.clone(), config).await?;
            // A server that wants a password lets others connect, and refuses what they ask.
            match redis::cmd("PING").exec_async(&mut manager).await {
                Err(error) if error.kind() != ErrorKind::Server(ServerErrorKind::NoPerm) => Err(error),
                _ => Ok(manager),
            }
        };
        match tokio::time::timeout(PATIENCE, connecting).await {
            Ok(Ok(manager)) => {
                let user = client.get_connection_info().redis_settings().username().map(Arc::from);
                let account = Some(Account { at: Arc::clone(&at), user });
                Ok(Self { manager, at, account })
            }
            Ok(Err(error)) => Err(failed(&at, error)),
            Err(_) => Err(unanswered(&at)),
        }
    }

    /// The same by a connection of the program's.
    pub(super) fn of(manager: ConnectionManager) -> Self {
        Self { manager, at: Arc::from("Redis"), account: None }
    }

    /// None if the connection is one of the program's.
    pub(super) fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    /// One round trip.
    ///
    /// # Errors
    ///
    /// If Redis cannot be reached in time, or refuses.
    pub(super) async fn ask<T: FromRedisValue + Send>(&self, command: &Cmd) -> Result<T> {
        self.patiently(|mut manager| async move { command.query_async(&mut manager).await }).await
    }

    /// One round trip, and two more where this script has not run since Redis was started.
    ///
    /// # Errors
    ///
    /// If Redis cannot be reached in time, or refuses.
    pub(super) async fn run<T: FromRedisValue + Send>(&self, script: &ScriptInvocation<'_>) -> Result<T> {
        self.patiently(|mut manager| async move { script.invoke_async(&mut manager).await }).await
    }

    async fn patiently<T, F: Future<Output = RedisResult<T>> + Send>(
        &self,
        ask: impl Fn(ConnectionManager) -> F + Send,
    ) -> Result<T> {
        let mut last = None;
        let asked = async {
            let mut pause = PAUSE;
            loop {
                match ask(self.manager.clone()).await {
                    Err(error) if is_lost_connection(&error) => last = Some(error),
                    answer => return answer,
                }
                tokio::time::sleep(pause).await;
                pause = (2 * pause).min(LONGEST_PAUSE);
            }
        };
        let answer = tokio::time::timeout(PATIENCE, asked).await;
        match (answer, last) {
            (Ok(Ok(answer)), _) => Ok(answer),
            (Ok(Err(error)), _) | (Err(_), Some(error)) => Err(failed(&self.at, error)),
            (Err(_), None) => Err(unanswered(&self.at)),
        }
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.at)
    }
}

/// What connects to a URL.
///
/// # Errors
///
/// If it is no URL of Redis. The URL may have a password, and is not repeated.
pub(super) fn client(url: &str) -> Result<Client> {
    let info = url.into_connection_info().map_err(|error| malformed(url, error))?;
    // Small questions go off at once. A server that vanished without a word is given up.
    let tcp = TcpSettings::default().set_nodelay(true);
    #[cfg(target_os = "linux")]
    let tcp = tcp.set_user_timeout(2 * PATIENCE);
    Client::open(info.set_tcp_settings(tcp)).map_err(|error| failed("Redis", error))
}

fn malformed(url: &str, error: RedisError) -> StoreError {
    let takes_tls = ["rediss:", "valkeys:"].iter().any(|scheme| url.starts_with(scheme));
    // The crate refuses it where it was built without TLS.
    let words = if takes_tls && error.to_string().contains("feature") {
        "TLS to Redis (`rediss://`) needs `redis = { version = \"1.8\", features = [\"tokio-rustls-comp\"] }` among the \
         program's dependencies"
    } else {
        "the URL of Redis is none: write it as `redis://HOST:6379`, `redis://USER:PASSWORD@HOST:6379/0`, `rediss://..` for \
         TLS, or `unix:///PATH`"
    };
    StoreError::new(words).with_source(error)
}

/// `Redis at HOST:PORT`, without user and password.
pub(super) fn address(client: &Client) -> Arc<str> {
    Arc::from(format!("Redis at {}", client.get_connection_info().addr()))
}
