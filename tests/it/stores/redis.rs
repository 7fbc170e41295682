//! States and notices in Redis.

use filekit_tests::RedisProgram;

const PROGRAM: RedisProgram = RedisProgram::Redis;

super::redis_contract!();
