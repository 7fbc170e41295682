//! Taking metadata out of pictures that are uploaded: CPU time of `strip_metadata`, beside a handler that does it by `img-parts`, and beside
//! keeping them as they were sent. All of it runs in this process, without a network.
//!
//! ```text
//! cargo bench -p benches --bench strip -- [--small] [--rounds N]
//! ```

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints figures")]

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use benches::process::median;
use bytes::Bytes;
use filekit_files::upload::{Upload, UploadFile};
use filekit_files::{Error, Result, Store, StoreOptions};
use img_parts::{DynImage, ImageEXIF as _};
use rustix::time::{ClockId, clock_gettime};

const MIB: usize = 1 << 20;

/// What filekit is to do in a second of one core at least, and in which part of the time of the peer.
const LEAST_SPEED: f64 = 200.0;
const MOST_TIME: f64 = 1.0;

/// How a handler keeps a picture.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    AsSent,
    ByImgParts,
    Stripped,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let size = if arguments.iter().any(|argument| argument == "--small") { 8 * MIB } else { 64 * MIB };
    let rounds = arguments.iter().skip_while(|argument| *argument != "--rounds").nth(1);
    let rounds = rounds.map_or(9, |rounds| rounds.parse().expect("a number of rounds"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    println!("one picture of {} MiB with EXIF, CPU time; median of {rounds} rounds", size / MIB);
    println!("  {:<8}{:>10}{:>12}{:>18}{:>14}{:>8}", "", "as sent", "img-parts", "strip_metadata", "MB/s", "ratio");
    for (name, picture) in [("a.jpg", jpeg(size)), ("a.png", png(size)), ("a.webp", webp(size))] {
        runtime.block_on(measure(name, &body(name, &picture), picture.len(), rounds));
    }
}

async fn measure(name: &str, body: &Bytes, size: usize, rounds: usize) {
    let mut times = [How::AsSent, How::ByImgParts, How::Stripped].map(|how| (how, Vec::new()));
    for _ in 0..rounds {
        for (how, times) in &mut times {
            times.push(receive(body.clone(), *how).await.expect("a picture").as_secs_f64());
        }
    }
    let [as_sent, by_img_parts, stripped] = times.map(|(_, times)| median(times));
    let (own, theirs) = (stripped - as_sent, by_img_parts - as_sent);
    let (speed, ratio) = (size as f64 / 1e6 / own, own / theirs);
    let missed = if speed < LEAST_SPEED || ratio > MOST_TIME { "  MISSED" } else { "" };
    println!(
        "  {name:<8}{:>7.1} ms{:>9.1} ms{:>15.1} ms{speed:>14.0}{ratio:>8.2}{missed}",
        as_sent * 1e3,
        by_img_parts * 1e3,
        stripped * 1e3,
    );
}

/// Receives a form with a picture, keeps it, and returns the CPU time of that.
async fn receive(body: Bytes, how: How) -> Result<Duration> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let store = Store::open(folder.path(), StoreOptions::new())?;
    let upload = Upload::new("photos").strip_metadata(how == How::Stripped);
    let request = Request::post("/").header("content-type", "multipart/form-data; boundary=x");
    let request = request.body(Body::from(body)).expect("a request");
    let start = cpu_time();
    let mut form = store.receive(request, std::slice::from_ref(&upload)).await?;
    for photo in form.files(upload) {
        match how {
            How::ByImgParts => keep_by_img_parts(&photo, folder.path()).await?,
            How::AsSent | How::Stripped => _ = photo.save().await?,
        }
    }
    form.commit().await?;
    Ok(cpu_time() - start)
}

/// What is written by hand, which leaves XMP, texts and what stands behind the picture where they are.
async fn keep_by_img_parts(photo: &UploadFile, folder: &std::path::Path) -> Result<()> {
    let bytes = photo.bytes().await?;
    let path = folder.join("stripped");
    let written = tokio::task::spawn_blocking(move || {
        let mut picture = DynImage::from_bytes(bytes)?.expect("a picture of a known format");
        picture.set_exif(None);
        picture.encoder().write_to(std::fs::File::create(path)?)?;
        Ok::<_, Error>(())
    });
    written.await?
}

/// The CPU time of this process so far.
fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        time.tv_sec.try_into().expect("a positive time"),
        time.tv_nsec.try_into().expect("less than a second"),
    )
}

fn body(name: &str, picture: &[u8]) -> Bytes {
    let head = format!("--x\r\nContent-Disposition: form-data; name=\"photos\"; filename=\"{name}\"\r\n\r\n");
    [head.as_bytes(), picture, b"\r\n--x--\r\n"].concat().into()
}

/// EXIF of the size that it has with a thumbnail. It says an orientation.
fn exif() -> Vec<u8> {
    let mut exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
    exif.resize(60_000, 1);
    exif
}

/// Bytes as compression makes them, of a generator (xorshift64) that begins with the same number each time.
fn noise(length: usize) -> Vec<u8> {
    let mut number = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        number ^= number << 13;
        number ^= number >> 7;
        number ^= number << 17;
        number
    };
    (0..length.div_ceil(8)).flat_map(|_| next().to_le_bytes()).take(length).collect()
}

fn jpeg(size: usize) -> Vec<u8> {
    let exif = exif();
    let length = u16::try_from(exif.len() + 8).expect("a segment");
    let head = [b"\xff\xd8\xff\xe1", &length.to_be_bytes()[..], b"Exif\0\0", &exif, b"\xff\xda\0\x02"].concat();
    // Of a marker in the scan a byte of zeros follows.
    let scan = noise(size).into_iter().flat_map(|byte| [Some(byte), (byte == 0xff).then_some(0)]).flatten();
    head.into_iter().chain(scan).chain(*b"\xff\xd9").collect()
}

fn png(size: usize) -> Vec<u8> {
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let named = [kind, data].concat();
        [&(data.len() as u32).to_be_bytes()[..], &named, &crc32fast::hash(&named).to_be_bytes()].concat()
    };
    let image: Vec<u8> = noise(size).chunks(8192).flat_map(|piece| chunk(b"IDAT", piece)).collect();
    let parts = [chunk(b"IHDR", &[8; 13]), chunk(b"eXIf", &exif()), image, chunk(b"IEND", b"")];
    [&b"\x89PNG\r\n\x1a\n"[..], &parts.concat()].concat()
}

fn webp(size: usize) -> Vec<u8> {
    let chunk = |kind: &[u8; 4], content: &[u8]| [kind, &(content.len() as u32).to_le_bytes()[..], content].concat();
    let head = chunk(b"VP8X", &[0x08, 0, 0, 0, 7, 0, 0, 7, 0, 0]);
    let chunks = [b"WEBP".to_vec(), head, chunk(b"VP8 ", &noise(size)), chunk(b"EXIF", &exif())].concat();
    chunk(b"RIFF", &chunks)
}
