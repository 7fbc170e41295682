//! Files that are put together from several uploads, which came beside each other (tus 1.0.0, "Concatenation").

use std::collections::BTreeMap;

use super::record::Record;
use super::refusal::EndpointRefusal;
use super::request::{Creation, EndpointAnswer, Finished};
use super::sender::{Found, KeptUpload, Sender};
use crate::call::UnseenCall;
use crate::kit::RunKey;
use crate::storage::Sha256;
use crate::upload::{PartialUpload, UploadPlan};

/// Puts a file together, and runs the event. Asked for again, it is the same file.
///
/// Requests for one file take hold of its pieces first and of the file last, whatever is there already: none has what another waits
/// for while it waits itself.
///
/// # Errors
///
/// If one of the uploads is not there, or is no piece that is complete, or the file is refused.
pub(super) async fn create(
    sender: &Sender<'_>,
    creation: &Creation,
    ids: &[String],
) -> Result<EndpointAnswer, EndpointRefusal> {
    let call = sender.admit_new().await?;
    let keys: Vec<RunKey> = ids.iter().map(|id| sender.named(id)).collect::<Result<_, _>>()?;
    let key = key_of(sender, &keys);
    // A request before this one stops, and lets go of the pieces.
    if let Some(Found::Finished(finished)) = find(sender, key).await? {
        return Ok(answer(*finished));
    }
    let pieces = open_pieces(sender, &keys).await;
    let known = match find(sender, key).await? {
        // A request that held the pieces has put them together.
        Some(Found::Finished(finished)) => return Ok(answer(*finished)),
        // So has one whose event did not come to its end. The pieces are gone.
        Some(Found::Open(upload)) if upload.has_all_bytes() => {
            return join(sender, *upload, (BTreeMap::new(), &[]), call).await.map(answer);
        }
        Some(Found::Open(upload)) => Some(*upload),
        None => None,
    };
    let pieces = pieces?;
    let length = in_order(&pieces, &keys).iter().map(|piece| piece.offset()).sum();
    if creation.length.is_some_and(|told| told != length) {
        return Err(EndpointRefusal::InconsistentLength);
    }
    let creation = Creation { length: Some(length), ..creation.clone() };
    let upload = match known {
        Some(upload) => begin_anew(upload).await?,
        None => begin(sender, key, (&creation, sender.plan(&creation, &call)?), &keys).await?,
    };
    join(sender, upload, (pieces, &keys), call).await.map(answer)
}

/// Finds the file, as far as it is there.
async fn find(sender: &Sender<'_>, key: RunKey) -> Result<Option<Found>, EndpointRefusal> {
    match sender.find(key).await {
        Err(EndpointRefusal::Gone) => Ok(None),
        found => found.map(Some),
    }
}

/// The name of the file that these pieces make, in this order.
fn key_of(sender: &Sender<'_>, keys: &[RunKey]) -> RunKey {
    let ids: Vec<u8> = keys.iter().flat_map(|key| key.id.to_bytes()).collect();
    let digest = Sha256::of(&ids);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_ref()[..16]);
    sender.key(bytes)
}

/// Takes hold of the pieces, in an order that all requests have: none waits for another that waits for it.
async fn open_pieces(sender: &Sender<'_>, keys: &[RunKey]) -> Result<BTreeMap<[u8; 16], KeptUpload>, EndpointRefusal> {
    let sorted: BTreeMap<[u8; 16], RunKey> = keys.iter().map(|key| (key.id.to_bytes(), *key)).collect();
    let mut pieces = BTreeMap::new();
    for (id, key) in sorted {
        match sender.find(key).await? {
            Found::Open(piece) if piece.record.is_piece && piece.has_all_bytes() => _ = pieces.insert(id, *piece),
            _ => return Err(EndpointRefusal::Malformed("one of the uploads is no piece that is complete")),
        }
    }
    Ok(pieces)
}

/// Begins a file again that a request before this one, or a server, did not come to the end of.
async fn begin_anew(mut upload: KeptUpload) -> Result<KeptUpload, EndpointRefusal> {
    upload.upload.begin_anew().await?;
    Ok(upload)
}

async fn begin(
    sender: &Sender<'_>,
    key: RunKey,
    (creation, plan): (&Creation, UploadPlan),
    pieces: &[RunKey],
) -> Result<KeptUpload, EndpointRefusal> {
    let (partials, spool) = (&sender.pages.kit.shared().partials, &sender.pages.kit.local().spool);
    let upload = PartialUpload::create_as(
        partials,
        spool,
        (key.owner, key.id),
        plan,
        pieces.iter().map(|piece| piece.id).collect(),
    )
    .await?;
    Ok(KeptUpload { key, upload, record: Record::of(creation) })
}

/// The pieces as they are in the file: one may be there several times.
fn in_order<'a>(pieces: &'a BTreeMap<[u8; 16], KeptUpload>, keys: &[RunKey]) -> Vec<&'a PartialUpload> {
    keys.iter().filter_map(|key| pieces.get(&key.id.to_bytes())).map(|piece| &piece.upload).collect()
}

/// Puts the pieces together, which are given back then, and runs the event.
async fn join(
    sender: &Sender<'_>,
    mut upload: KeptUpload,
    (pieces, keys): (BTreeMap<[u8; 16], KeptUpload>, &[RunKey]),
    call: UnseenCall,
) -> Result<Finished, EndpointRefusal> {
    upload.check_untouched()?;
    // Where it is not put together, its sender has no room for both.
    let unsettled = upload.upload.partial().end_unless_within();
    let rules = call.rules(sender.max_size().0);
    let appended = upload.upload.append_uploads(&in_order(&pieces, keys), rules).await;
    let is_over = appended.as_ref().is_err_and(PartialUpload::is_over);
    if appended.is_ok() || is_over {
        pieces.into_values().for_each(|piece| piece.upload.discard());
    }
    drop(unsettled);
    match appended {
        Ok(_) => sender.finish(upload, call).await,
        Err(error) if is_over => Err(sender.end(upload, error)),
        Err(error) => Err(error.into()),
    }
}

fn answer(finished: Finished) -> EndpointAnswer {
    EndpointAnswer::Finished(Finished { is_creation: true, ..finished })
}
