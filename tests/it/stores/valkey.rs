//! States and notices in Valkey.

use filekit_tests::RedisProgram;

const PROGRAM: RedisProgram = RedisProgram::Valkey;

super::redis_contract!();
