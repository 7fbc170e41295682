//! What Redis does in one step. Each script has the same outcome if it runs twice, because its answer was lost.

use std::sync::LazyLock;

use redis::Script;

/// Key, expected version (or nothing), new version and content, milliseconds. 1 if it was stored.
pub(super) static SWAP: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local stored = redis.call('GETRANGE', KEYS[1], 0, 15)
if stored ~= ARGV[1] then
    if stored == string.sub(ARGV[2], 1, 16) then return 1 end
    return 0
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1",
    )
});

/// Key, token of the caller, milliseconds. 1 for the first.
pub(super) static INSERT_ONCE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
if redis.call('GET', KEYS[1]) == ARGV[1] then return 1 end
return 0",
    )
});

/// Key, and that of a state, if it is to be loaded as well, and of what is to happen once, if that is asked as well; token of the
/// caller, milliseconds; token and milliseconds of what is to happen once. -1 if it has the lease, and the state; else for how many
/// milliseconds another one has it, whose value gets a byte more that says that a server waits. At last 1 for the first.
pub(super) static ACQUIRE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local first = KEYS[3]
    and (redis.call('SET', KEYS[3], ARGV[3], 'NX', 'PX', ARGV[4]) or redis.call('GET', KEYS[3]) == ARGV[3])
    and 1 or 0
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])
    or redis.call('GETRANGE', KEYS[1], 0, 15) == ARGV[1]
then
    return {-1, KEYS[2] and redis.call('GET', KEYS[2]) or false, first}
end
if redis.call('STRLEN', KEYS[1]) == 16 then redis.call('APPEND', KEYS[1], 'w') end
return {math.max(redis.call('PTTL', KEYS[1]), 0), false, first}",
    )
});

/// Keys of a state, a record and a lease; expected version of the state (or nothing), its new version and content, milliseconds;
/// version and content of the record, milliseconds; token of the caller, channel and message of the lease; channel and message of a
/// notice, if there is one. 0 if the state has another version, 1 if all was done, 2 if another server waits for the lease.
///
/// When it runs again others may have changed the state since, because the lease is free: it knows by the version of its record that
/// it has run.
pub(super) static COMMIT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "if redis.call('GETRANGE', KEYS[2], 0, 15) == string.sub(ARGV[4], 1, 16) then return 1 end
if redis.call('GETRANGE', KEYS[1], 0, 15) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('SET', KEYS[2], ARGV[4], 'PX', ARGV[5])
if ARGV[9] then redis.call('PUBLISH', ARGV[9], ARGV[10]) end
local lease = redis.call('GET', KEYS[3])
if not lease or string.sub(lease, 1, 16) ~= ARGV[6] then return 1 end
redis.call('DEL', KEYS[3])
if #lease == 16 then return 1 end
redis.call('PUBLISH', ARGV[7], ARGV[8])
return 2",
    )
});

/// Key, token of the caller, milliseconds. 1 if it has the lease still, for so long from now on.
pub(super) static EXTEND: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "if redis.call('GETRANGE', KEYS[1], 0, 15) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])",
    )
});

/// Key, token of the caller, channel, message. 1 if another server waits for it.
pub(super) static RELEASE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "if redis.call('GETRANGE', KEYS[1], 0, 15) ~= ARGV[1] then return 0 end
local awaited = redis.call('STRLEN', KEYS[1]) > 16
redis.call('DEL', KEYS[1])
if not awaited then return 0 end
redis.call('PUBLISH', ARGV[2], ARGV[3])
return 1",
    )
});
