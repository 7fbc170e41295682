//! What one client can take from a server with as many visitors as it likes, since a session is free: another visitor always finds
//! a place, and what is refused says why.

mod connections;
mod downloads;
mod images;
mod live;
mod states;
mod waiting;
