//! What is wrong with Redis, and what to do about it.

use redis::{ErrorKind, RedisError, ServerErrorKind};

use crate::stores::StoreError;
use crate::stores::redis::link::PATIENCE;

/// There was no answer. `at` is `Redis at HOST:PORT`.
pub(super) fn unanswered(at: &str) -> StoreError {
    StoreError::unavailable(format!(
        "{at} has not answered within {PATIENCE:?}: is it running, reachable, and not paused or overloaded?"
    ))
}

/// There is an error in place of an answer.
pub(super) fn failed(at: &str, error: RedisError) -> StoreError {
    if error.is_timeout() {
        return unanswered(at);
    }
    let words = format!("{at} {}", complaint(&error));
    let made = if is_passing(&error) { StoreError::unavailable(words) } else { StoreError::new(words) };
    made.with_source(error)
}

/// Whether a later try may succeed without a change to the set-up.
fn is_passing(error: &RedisError) -> bool {
    use ServerErrorKind::{BusyLoading, ClusterDown, MasterDown, TryAgain};
    match error.kind() {
        ErrorKind::Io => true,
        ErrorKind::Server(kind) => matches!(kind, BusyLoading | ClusterDown | MasterDown | TryAgain),
        _ => error.code() == Some("OOM"),
    }
}

/// Whether the connection was lost, or not made, so that another one may do.
pub(super) fn is_lost_connection(error: &RedisError) -> bool {
    error.is_connection_dropped() || error.is_connection_refusal()
}

fn complaint(error: &RedisError) -> &'static str {
    match error.kind() {
        ErrorKind::Io if error.is_connection_refusal() => {
            "refuses connections: is it running, and is that its address?"
        }
        ErrorKind::Io => "is out of reach, or has closed the connection: is it running, and is that its address?",
        ErrorKind::AuthenticationFailed => WRONG_PASSWORD,
        ErrorKind::Server(kind) => complaint_of_server(kind),
        _ => match error.code() {
            Some("NOAUTH" | "WRONGPASS") => WRONG_PASSWORD,
            Some("OOM") => "has no memory left for more: give it more, or raise its `maxmemory`",
            Some("MISCONF") => "cannot write to its disk, and so takes nothing: see its log",
            Some("WRONGTYPE") => "has values of another program under these keys: choose another prefix",
            _ => "answers in an unexpected way: is it Redis 7 or Valkey, or newer?",
        },
    }
}

const WRONG_PASSWORD: &str =
    "does not let this program in: user and password belong into the URL, as `redis://USER:PASSWORD@HOST`";

fn complaint_of_server(kind: ServerErrorKind) -> &'static str {
    match kind {
        ServerErrorKind::BusyLoading => "is still reading its data: it answers when that is done",
        ServerErrorKind::ReadOnly => "is a replica, which takes no changes: name its primary",
        ServerErrorKind::Moved | ServerErrorKind::Ask | ServerErrorKind::CrossSlot => {
            "is one of a cluster, to which filekit does not speak: name a server of its own"
        }
        ServerErrorKind::NoPerm => {
            "does not permit this: its user needs the commands GET, SET, GETRANGE, STRLEN, APPEND, DEL, PEXPIRE, PTTL, EVALSHA, \
             SCRIPT, PUBLISH and SUBSCRIBE, and the keys and channels with the prefix"
        }
        _ => "answers in an unexpected way: is it Redis 7 or Valkey, or newer?",
    }
}
