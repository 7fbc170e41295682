//! The guide, chapter by chapter; not the documentation of single items, which stands with them.
//!
//! - [Your first page](first_page): from an empty folder to a server, step by step
//! - [Coming from Reflex](coming_from_reflex): its names, and those of filekit
//! - [Views](views): the language of `view!`
//! - [State and events](state_and_events): what a visitor has, and what a page can do with it
//! - [States that last](states_that_last): stores, older versions of a state
//! - [Several servers](several_servers): any of them answers; the proxy in front, what is kept where, health, a deploy
//! - [Operations](operations): events, figures, spans, health; what to raise an alarm for
//! - [Capacity](capacity): what one core carries, what further servers add, and where the first ceiling is
//! - [Files](files): uploaded, saved, linked
//! - [Stored files](storage): on the disk or in a bucket, listed, renamed, removed
//! - [Quotas and expiry](quotas): how much is kept, for whom, and for how long
//! - [Uploads that survive](resuming): broken connections, restarts, pauses, reloads
//! - [Other programs can send](endpoints): tus, the IETF draft and forms, by one URL
//! - [Serving](serving): how files get back to visitors, and files of your own
//! - [Downloads](downloads): files that are made for a visitor, of anything
//! - [Reference](mod@reference): every element, attribute, parameter and action
//! - [Security](security): what is promised, against whom, and what a program must do; with a sign-in of your own
//! - [Testing](testing): pages without a browser, in the words that a visitor reads
//! - [Translation](translation): every fixed text, and how to say it in another language
//! - [Error codes](errors): every refusal

// The chapters link to each other as files. Here a link's first definition counts, which leads to the module.

pub mod first_page {
    #![doc = "[testing]: super::testing\n[using-it]: super::super#using-it\n[quotas]: super::quotas\n"]
    #![doc = "[states-that-last]: super::states_that_last\n"]
    #![doc = "[where-files-are-kept]: super::storage#where-files-are-kept\n"]
    #![doc = "[several-servers]: super::several_servers\n[views]: super::views\n[files]: super::files\n"]
    #![doc = "[state-and-events]: super::state_and_events\n[security]: super::security\n"]
    #![doc = include_str!("../docs/first-page.md")]
}

pub mod coming_from_reflex {
    #![doc = "[whose-a-state-is]: super::state_and_events#whose-a-state-is\n[resuming]: super::resuming\n"]
    #![doc = include_str!("../docs/coming-from-reflex.md")]
}

pub mod views {
    #![doc = "[reference]: super::reference\n[state-and-events]: super::state_and_events\n[files]: super::files\n"]
    #![doc = "[serving]: super::serving\n"]
    #![doc = include_str!("../docs/views.md")]
}

pub mod state_and_events {
    #![doc = "[reference]: super::reference\n[errors]: super::errors\n[files]: super::files\n[security]: super::security\n"]
    #![doc = "[states-that-last]: super::states_that_last\n"]
    #![doc = "[testing]: super::testing#pages-that-follow-their-state\n"]
    #![doc = include_str!("../docs/state-and-events.md")]
}

pub mod states_that_last {
    #![doc = "[several-servers]: super::several_servers\n"]
    #![doc = include_str!("../docs/states-that-last.md")]
}

pub mod several_servers {
    #![doc = "[states-that-last]: super::states_that_last\n[capacity]: super::capacity\n"]
    #![doc = "[older-versions]: super::states_that_last#older-versions-of-a-state\n"]
    #![doc = include_str!("../docs/several-servers.md")]
}

pub mod operations {
    #![doc = "[health]: super::several_servers#health\n"]
    #![doc = "[deploy]: super::several_servers#a-deploy\n[errors]: super::errors\n"]
    #![doc = include_str!("../docs/operations.md")]
}

pub mod capacity {
    #![doc = include_str!("../docs/capacity.md")]
}

pub mod files {
    #![doc = "[reference]: super::reference\n[state-and-events]: super::state_and_events\n[errors]: super::errors\n"]
    #![doc = "[serving]: super::serving\n[survive]: super::resuming\n[states-that-last]: super::states_that_last\n"]
    #![doc = "[several-servers]: super::several_servers\n[storage]: super::storage\n"]
    #![doc = include_str!("../docs/files.md")]
}

pub mod storage {
    #![doc = include_str!("../docs/storage.md")]
}

pub mod quotas {
    #![doc = include_str!("../docs/quotas.md")]
}

pub mod resuming {
    #![doc = "[translation]: super::translation\n[stream]: super::files#a-file-that-is-arriving\n"]
    #![doc = "[programs]: super::endpoints\n[several-servers]: super::several_servers\n"]
    #![doc = include_str!("../docs/resuming.md")]
}

pub mod endpoints {
    #![doc = "[files]: super::files\n[stream]: super::files#a-file-that-is-arriving\n"]
    #![doc = "[survive]: super::resuming\n[limits]: super::resuming#on-the-server\n"]
    #![doc = include_str!("../docs/endpoints.md")]
}

pub mod serving {
    #![doc = "[files]: super::files\n[errors]: super::errors\n"]
    #![doc = "[stored files]: super::storage#the-store-sends-the-files\n"]
    #![doc = include_str!("../docs/serving.md")]
}

pub mod downloads {
    #![doc = "[files]: super::files\n[serving]: super::serving\n[reference]: super::reference\n"]
    #![doc = "[states-that-last]: super::states_that_last\n"]
    #![doc = include_str!("../docs/downloads.md")]
}

pub mod reference {
    #![doc = "[downloads]: super::downloads\n[survive]: super::resuming\n[programs]: super::endpoints\n"]
    #![doc = "[views]: super::views\n[state-and-events]: super::state_and_events\n[files]: super::files\n"]
    #![doc = include_str!("../docs/reference.md")]
}

pub mod errors {
    #![doc = "[accept]: super::files#what-accept-lets-in\n[address]: super::state_and_events#path-and-query\n"]
    #![doc = "[programs]: super::endpoints\n"]
    #![doc = include_str!("../docs/errors.md")]
}

pub mod security {
    #![doc = "[programs]: super::endpoints\n[files]: super::files\n[serving]: super::serving\n"]
    #![doc = "[events]: super::operations#events\n"]
    #![doc = include_str!("../docs/security.md")]
}

pub mod testing {
    #![doc = "[changes]: super::state_and_events#changes-from-elsewhere\n"]
    #![doc = include_str!("../docs/testing.md")]
}

pub mod translation {
    #![doc = "[errors]: super::errors\n"]
    #![doc = include_str!("../docs/translation.md")]
}
