//! What all notices do. They come as those of two servers.

use std::pin::{Pin, pin};

use filekit::state_store::{Notice, Notices, Tag};
use filekit_tests::in_time;
use futures_util::{Stream, StreamExt as _};

async fn next(heard: &mut Pin<&mut impl Stream<Item = Notice>>) -> Notice {
    in_time("a notice", heard.next()).await.expect("a stream that goes on")
}

fn tag(nth: usize) -> Tag {
    Tag::of(nth.to_string())
}

pub(super) async fn others_hear_what_is_published(one: &impl Notices, other: &impl Notices) {
    let (first, second) = (other.subscribe(), other.subscribe());
    let (mut first, mut second) = (pin!(first), pin!(second));
    one.publish(&[tag(1), tag(2)]).await.expect("a notice is handed over");
    one.publish(&[]).await.expect("nothing is handed over");
    one.publish(&[tag(3)]).await.expect("a notice is handed over");
    for expected in [1, 2, 3] {
        assert_eq!(next(&mut first).await, Notice::Changed(tag(expected)));
        assert_eq!(next(&mut second).await, Notice::Changed(tag(expected)));
    }
}

pub(super) async fn what_a_server_publishes_does_not_come_back(one: &impl Notices, other: &impl Notices) {
    let heard = one.subscribe();
    let mut heard = pin!(heard);
    one.publish(&[tag(1)]).await.expect("a notice is handed over");
    other.publish(&[tag(2)]).await.expect("a notice is handed over");
    assert_eq!(next(&mut heard).await, Notice::Changed(tag(2)));
}

/// What there is no room for is not lost without a word, and holds nothing up.
pub(super) async fn who_reads_too_slowly_is_told(one: &impl Notices, other: &impl Notices) {
    const COUNT: usize = 6_000;
    let (slow, quick) = (other.subscribe(), other.subscribe());
    let (mut slow, mut quick) = (pin!(slow), pin!(quick));
    let last = Notice::Changed(tag(COUNT));
    for nth in 1..=COUNT {
        one.publish(&[tag(nth)]).await.expect("a notice is handed over");
        if nth % 1_000 == 0 {
            while next(&mut quick).await != Notice::Changed(tag(nth)) {}
        }
    }
    let mut heard = Vec::new();
    while heard.last() != Some(&last) {
        heard.push(next(&mut slow).await);
    }
    assert!(heard.len() < COUNT);
    assert!(heard.contains(&Notice::Missed));
}
