//! Who may decode an image, which takes a processor for seconds: as many at a time as there are processors, and of one visitor half of
//! them, so that the images of one do not hold up those of another.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::storage::PartialOwner;

tokio::task_local! {
    /// The visitor whose event runs in this task.
    static VISITOR: PartialOwner;
}

/// Does the work of a visitor's event, whose images wait for others of the same visitor.
pub async fn decode_for<T>(visitor: PartialOwner, work: impl Future<Output = T>) -> T {
    VISITOR.scope(visitor, work).await
}

/// The places for decoders of images.
#[derive(Clone, Debug)]
pub(crate) struct Decoders(Arc<Mutex<Places>>);

#[derive(Debug)]
struct Places {
    free: usize,
    most_of_one: usize,
    /// How many each visitor has; what no visitor's event does is of one, who has no name.
    taken: HashMap<Option<PartialOwner>, usize>,
    /// Those who wait, in their order.
    waiting: VecDeque<(Option<PartialOwner>, oneshot::Sender<DecoderPlace>)>,
}

/// A place for a decoder, free again when this is dropped.
#[derive(Debug)]
pub(crate) struct DecoderPlace {
    /// Nothing if it was never handed over.
    decoders: Option<Decoders>,
    visitor: Option<PartialOwner>,
}

impl Default for Decoders {
    fn default() -> Self {
        Self::new(std::thread::available_parallelism().map_or(1, usize::from))
    }
}

impl Decoders {
    fn new(count: usize) -> Self {
        let most_of_one = (count / 2).max(1);
        let places = Places { free: count, most_of_one, taken: HashMap::new(), waiting: VecDeque::new() };
        Self(Arc::new(Mutex::new(places)))
    }

    /// Waits for a place, behind others of the same visitor. None if the runtime ends.
    pub(crate) async fn place(&self) -> Option<DecoderPlace> {
        self.wait().await.ok()
    }

    /// Waits in the queue.
    fn wait(&self) -> oneshot::Receiver<DecoderPlace> {
        let (told, place) = oneshot::channel();
        let visitor = VISITOR.try_with(|visitor| *visitor).ok();
        let mut places = self.places();
        places.waiting.push_back((visitor, told));
        places.hand_out(self);
        place
    }

    /// Nothing that holds the lock can panic half-way, so a poisoned one is as good as any.
    fn places(&self) -> MutexGuard<'_, Places> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Places {
    /// Hands out what is free, to the first whose visitor has not as many as one may have. What else that visitor waits for goes behind
    /// all others.
    fn hand_out(&mut self, decoders: &Decoders) {
        self.waiting.retain(|(_, told)| !told.is_closed());
        while self.free > 0 {
            let has_room =
                |visitor: &Option<PartialOwner>| self.taken.get(visitor).is_none_or(|has| *has < self.most_of_one);
            let Some(next) = self.waiting.iter().position(|(visitor, _)| has_room(visitor)) else { return };
            let Some((visitor, told)) = self.waiting.remove(next) else { return };
            // A stable order: no request overtakes another of the same visitor.
            self.waiting.make_contiguous().sort_by_key(|(other, _)| *other == visitor);
            let place = DecoderPlace { decoders: Some(decoders.clone()), visitor };
            match told.send(place) {
                Ok(()) => {
                    self.free -= 1;
                    *self.taken.entry(visitor).or_default() += 1;
                }
                // Who waited has gone. This one must not be given back.
                Err(mut place) => place.decoders = None,
            }
        }
    }

    fn give_back(&mut self, visitor: Option<PartialOwner>) {
        self.free += 1;
        if let Some(count) = self.taken.get_mut(&visitor) {
            *count -= 1;
            if *count == 0 {
                self.taken.remove(&visitor);
            }
        }
    }
}

impl Drop for DecoderPlace {
    fn drop(&mut self) {
        let Some(decoders) = self.decoders.take() else { return };
        let mut places = decoders.places();
        places.give_back(self.visitor);
        places.hand_out(&decoders);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    const ONE: PartialOwner = PartialOwner::new([1; 16]);
    const OTHER: PartialOwner = PartialOwner::new([2; 16]);

    #[tokio::test]
    async fn a_visitor_has_half_of_the_places_and_the_others_wait_in_their_order() {
        let decoders = Decoders::new(4);
        let of = |visitor| Box::pin(decode_for(visitor, decoders.place()));
        let held = [of(ONE).await, of(ONE).await];
        let mut third = of(ONE);
        assert!(third.as_mut().now_or_never().is_none(), "it has half of them");
        let others = [of(OTHER).await, of(OTHER).await];
        let (gone, mut fifth) = (of(OTHER), of(OTHER));
        drop(gone);
        assert!(fifth.as_mut().now_or_never().is_none(), "all are taken");
        drop(held);
        assert!(third.as_mut().now_or_never().flatten().is_some());
        assert!(fifth.as_mut().now_or_never().is_none(), "the visitor has half of them");
        drop(others);
        assert!(fifth.await.is_some());
        let places = decoders.places();
        assert_eq!((places.free, places.taken.len()), (4, 0));
    }

    #[tokio::test]
    async fn visitors_take_turns_where_there_is_one_place() {
        let decoders = Decoders::new(1);
        let of = |visitor| Box::pin(decode_for(visitor, decoders.place()));
        let held = of(ONE).await;
        let (mut second, mut third, mut other) = (of(ONE), of(ONE), of(OTHER));
        for waiting in [&mut second, &mut third, &mut other] {
            assert!(waiting.as_mut().now_or_never().is_none());
        }
        drop(held);
        let held = second.await;
        assert!(other.as_mut().now_or_never().is_none());
        drop(held);
        assert!(third.as_mut().now_or_never().is_none(), "the other visitor is next");
        assert!(other.await.is_some());
        assert!(third.await.is_some());
    }
}
