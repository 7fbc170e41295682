//! States and notices in Redis or Valkey. What is written there, with `filekit:` for the prefix:
//!
//! | key or channel | holds |
//! | --- | --- |
//! | `filekit:state:KEY` | 16 bytes of a version, then the content |
//! | `filekit:lease:KEY` | 16 bytes of its holder, and a byte more when another server waits |
//! | `filekit:once:KEY` | 16 bytes of the first that asked |
//! | channel `filekit:freed` | keys whose lease was given back while another server waited |
//! | channel `filekit:notices` | 16 bytes of the server that publishes, then its tags |

mod commit;
mod error;
mod lease;
mod link;
mod notices;
mod renewal;
mod scripts;
mod states;
mod subscription;

pub use notices::RedisNotices;
pub use states::RedisStates;
