//! Pages over HTTP, mostly in process: what the server answers, and what it leaves behind.
//! What a script does with the answers is for the browser tests.

mod assets;
mod blind;
mod capability;
mod content;
mod corpus;
mod download;
mod download_names;
mod download_sources;
mod download_streams;
mod download_zip;
mod download_zip_programs;
mod events;
mod full_disk;
mod guard;
mod heads;
mod hostile;
mod hostile_pages;
mod instances;
mod interrupted;
mod keys;
mod layers;
mod live;
mod misnamed;
mod nested;
mod parameters;
mod plain;
mod process;
mod queries;
mod rules;
mod secrets;
mod serving;
mod stream;
mod texts;
mod upload;
