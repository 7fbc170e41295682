//! Files that real programs wrote: each is accepted as what it is called, refused as anything else, and served as what it
//! is. `tests/corpus/make.sh` makes them.

use std::collections::BTreeMap;
use std::path::Path;

use axum::http::StatusCode;
use filekit::prelude::*;
use filekit_tests::{Reply, TestApp, Visitor};
use serde::Deserialize;

/// Types of bytes, and the extensions that their files have in the corpus.
const BYTES: &[(&str, &str)] = &[
    ("image/jpeg", "jpg jpe"),
    ("image/png", "png"),
    ("image/apng", "apng"),
    ("image/gif", "gif"),
    ("image/webp", "webp"),
    ("image/avif", "avif"),
    ("image/heic", "heic"),
    ("image/bmp", "bmp"),
    ("image/tiff", "tif"),
    ("image/vnd.microsoft.icon", "ico"),
    ("image/x-win-bitmap", "cur"),
    ("image/jxl", "jxl"),
    ("image/jp2", "jp2 j2k"),
    ("image/vnd.adobe.photoshop", "psd"),
    ("image/emf", "emf"),
    ("image/wmf", "wmf"),
    ("image/x-exr", "exr"),
    ("image/vnd.radiance", "hdr"),
    ("image/fits", "fits"),
    ("image/x-dds", "dds"),
    ("image/qoi", "qoi"),
    ("image/x-pcx", "pcx"),
    ("image/x-tga", "tga"),
    ("image/x-portable-bitmap", "pbm"),
    ("image/x-portable-graymap", "pgm"),
    ("image/x-portable-anymap", "pnm"),
    ("image/svg+xml", "svgz"),
    ("audio/mpeg", "mp3 mp2"),
    ("audio/wav", "wav"),
    ("audio/flac", "flac"),
    ("audio/mp4", "m4a"),
    ("audio/aac", "aac"),
    ("audio/ogg", "ogg oga opus spx"),
    ("audio/webm", "weba"),
    ("audio/x-matroska", "mka"),
    ("audio/midi", "mid"),
    ("audio/aiff", "aiff"),
    ("audio/x-ms-wma", "wma"),
    ("audio/basic", "au"),
    ("audio/x-caf", "caf"),
    ("audio/x-wavpack", "wv"),
    ("audio/x-tta", "tta"),
    ("audio/ac3", "ac3"),
    ("video/mp4", "mp4 m4v"),
    ("video/quicktime", "mov"),
    ("video/webm", "webm"),
    ("video/x-matroska", "mkv"),
    ("video/x-msvideo", "avi"),
    ("video/mpeg", "mpg vob"),
    ("video/mp2t", "ts m2ts"),
    ("video/ogg", "ogv"),
    ("video/3gpp", "3gp"),
    ("video/x-ms-wmv", "wmv"),
    ("video/x-flv", "flv"),
    ("application/pdf", "pdf"),
    ("application/postscript", "ps eps"),
    ("application/rtf", "rtf"),
    ("application/epub+zip", "epub"),
    ("application/msword", "doc"),
    ("application/vnd.ms-excel", "xls"),
    ("application/vnd.ms-powerpoint", "ppt"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.template", "dotx"),
    ("application/vnd.ms-word.document.macroenabled.12", "docm"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.template", "xltx"),
    ("application/vnd.ms-excel.sheet.macroenabled.12", "xlsm"),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"),
    ("application/vnd.openxmlformats-officedocument.presentationml.slideshow", "ppsx"),
    ("application/vnd.openxmlformats-officedocument.presentationml.template", "potx"),
    ("application/vnd.oasis.opendocument.text", "odt"),
    ("application/vnd.oasis.opendocument.text-template", "ott"),
    ("application/vnd.oasis.opendocument.spreadsheet", "ods"),
    ("application/vnd.oasis.opendocument.spreadsheet-template", "ots"),
    ("application/vnd.oasis.opendocument.presentation", "odp"),
    ("application/vnd.oasis.opendocument.presentation-template", "otp"),
    ("application/vnd.oasis.opendocument.graphics", "odg"),
    ("application/zip", "zip"),
    ("application/gzip", "gz tgz"),
    ("application/x-tar", "tar"),
    ("application/x-7z-compressed", "7z"),
    ("application/x-bzip2", "bz2"),
    ("application/x-xz", "xz"),
    ("application/zstd", "zst"),
    ("application/x-lz4", "lz4"),
    ("application/x-lzip", "lz"),
    ("application/x-lzma", "lzma"),
    ("application/x-lzop", "lzo"),
    ("application/x-compress", "z"),
    ("application/x-lzh-compressed", "lzh"),
    ("application/x-arj", "arj"),
    ("application/x-cpio", "cpio"),
    ("application/x-squashfs", "squashfs"),
    ("application/x-iso9660-image", "iso"),
    ("application/x-qemu-disk", "qcow2"),
    ("application/x-executable", "elf"),
    ("application/java-vm", "class"),
    ("application/java-archive", "jar"),
    ("application/wasm", "wasm"),
    ("application/vnd.debian.binary-package", "deb"),
    ("application/x-rpm", "rpm"),
    ("font/ttf", "ttf"),
    ("font/otf", "otf"),
    ("font/collection", "ttc"),
    ("font/woff", "woff"),
    ("font/woff2", "woff2"),
    ("application/vnd.sqlite3", "sqlite"),
    ("application/vnd.apache.parquet", "parquet"),
    ("application/vnd.apache.arrow.file", "feather"),
    ("application/avro", "avro"),
    ("application/x-hdf5", "h5"),
    ("application/x-numpy-data", "npy"),
    ("application/x-numpy-archive", "npz"),
    ("application/x-x509-ca-cert", "cer der"),
    ("application/pkcs8", "p8"),
    ("application/pkcs7-mime", "p7m"),
    ("application/pkcs7-signature", "p7s"),
    ("application/x-pkcs12", "p12 pfx"),
    ("application/x-java-keystore", "jks"),
    ("application/pgp-encrypted", "gpg"),
];

/// Types of text.
const TEXT: &[(&str, &str)] = &[
    ("image/svg+xml", "svg"),
    ("image/x-xbitmap", "xbm"),
    ("image/x-xpixmap", "xpm"),
    ("image/x-portable-pixmap", "ppm"),
    ("audio/mpegurl", "m3u"),
    ("application/vnd.apple.mpegurl", "m3u8"),
    ("application/x-subrip", "srt"),
    ("text/vtt", "vtt"),
    ("application/vnd.oasis.opendocument.text-flat-xml", "fodt"),
    ("application/vnd.oasis.opendocument.spreadsheet-flat-xml", "fods"),
    ("application/x-unix-archive", "a"),
    ("application/x-bat", "bat"),
    ("application/x-sh", "sh"),
    ("application/x-plist", "plist"),
    ("application/x-x509-ca-cert", "crt"),
    ("application/x-pem-file", "pem"),
    ("application/pkcs8", "key"),
    ("application/pkcs10", "csr"),
    ("application/x-pkcs7-certificates", "p7b"),
    ("application/pkix-crl", "crl"),
    ("application/pgp-keys", "asc"),
    ("application/pgp-signature", "sig"),
    ("text/markdown", "md"),
    ("text/csv", "csv"),
    ("application/json", "json"),
    ("text/x-python", "py"),
    ("text/plain", "log txt ini"),
    ("message/rfc822", "eml"),
    ("text/x-tex", "tex"),
    ("text/tab-separated-values", "tsv"),
    ("text/html", "html"),
    ("text/xml", "xml"),
    ("application/yaml", "yaml"),
    ("application/toml", "toml"),
    ("application/x-ndjson", "ndjson"),
    ("text/calendar", "ics"),
    ("text/vcard", "vcf"),
    ("application/gpx+xml", "gpx"),
    ("application/vnd.google-earth.kml+xml", "kml"),
    ("model/stl", "stl"),
    ("model/obj", "obj"),
    ("text/x-diff", "patch"),
    ("application/x-fix", "fix"),
];

/// Files whose name alone does not tell what they are.
const OTHERS: &[(&str, &str)] = &[("film.ogg", "video/ogg")];

#[state]
#[derive(Default)]
struct Desk {
    judged: String,
}

#[state]
impl Desk {
    #[event]
    async fn keep(&mut self, file: UploadFile) -> Result<()> {
        self.judged = file.mime().to_owned();
        file.save().await?;
        Ok(())
    }
}

#[derive(Deserialize)]
struct Wanted {
    accept: String,
}

async fn page(desk: Current<Desk>, Query(Wanted { accept }): Query<Wanted>) -> View {
    view![
        p(&desk.judged),
        upload(id = "file", accept = &accept, "File"),
        button(on_click = Desk::keep(upload_files("file")), "Keep"),
    ]
}

/// A file of the corpus.
struct Sample {
    name: String,
    content: Vec<u8>,
    extension: String,
    mime: &'static str,
    is_text: bool,
}

fn samples() -> Vec<Sample> {
    let known = |list: &[(&'static str, &'static str)], is_text: bool| -> Vec<(&'static str, (&'static str, bool))> {
        list.iter().flat_map(|(mime, all)| all.split(' ').map(|one| (one, (*mime, is_text)))).collect()
    };
    let known: BTreeMap<_, _> = known(BYTES, false).into_iter().chain(known(TEXT, true)).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/files");
    let paths = std::fs::read_dir(folder).expect("the corpus").map(|entry| entry.expect("an entry").path());
    let sample = |path: std::path::PathBuf| {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let extension = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        let (mime, is_text) = *known.get(extension.as_str()).unwrap_or_else(|| panic!("what is {name}?"));
        let mime = OTHERS.iter().find(|(of, _)| *of == name).map_or(mime, |(_, mime)| mime);
        Sample { content: std::fs::read(path).expect("a file"), name, extension, mime, is_text }
    };
    paths.map(sample).collect()
}

fn app() -> TestApp {
    let pages = Router::new().route("/", get(page));
    TestApp::with(pages, |kit| kit.public_uploads(true))
}

/// Sends a file to a page that accepts these types.
async fn send(visitor: &mut Visitor, accept: &str, name: &str, content: &[u8]) -> Reply {
    visitor.open(&format!("/?accept={}", accept.replace('+', "%2B"))).await;
    visitor.upload("file", [(name, content)]).await
}

#[test]
fn the_corpus_is_of_many_formats() {
    let samples = samples();
    let mut mimes: Vec<_> = samples.iter().map(|sample| sample.mime).collect();
    mimes.sort_unstable();
    mimes.dedup();
    let bytes: usize = samples.iter().map(|sample| sample.content.len()).sum();
    assert!(samples.len() >= 240 && mimes.len() >= 160, "{} files of {} types", samples.len(), mimes.len());
    assert!(bytes <= 600 * 1024, "{bytes} bytes");
}

#[tokio::test]
async fn a_file_is_accepted_by_its_extension_its_type_and_its_group_and_is_one_thing_everywhere() {
    let app = app();
    let mut visitor = app.stranger();
    let mut wrong = Vec::new();
    for Sample { name, content, extension, mime, .. } in samples() {
        let group = mime.split('/').next().expect("a group");
        // Settings are text, but not what people mean by plain text.
        let by_type = if extension == "ini" { "text/*" } else { mime };
        for accept in [&format!(".{extension}"), by_type, &format!("{group}/*"), ""] {
            let reply = send(&mut visitor, accept, &name, &content).await;
            if reply.status() != StatusCode::OK {
                wrong.push(format!("{name} is refused by {accept:?}: {}", reply.message()));
                continue;
            }
            let stored = app.stored_names();
            if stored != [name.as_str()] {
                wrong.push(format!("{name} is kept as {stored:?}"));
            }
            let judged = visitor.page().named("p")[0].text();
            let key = app.files().stored_keys().concat();
            let served = visitor.get(&format!("/_upload/{key}")).await.header("content-type").to_owned();
            let served = served.split(';').next().unwrap_or_default();
            // Nothing that a page could run is served as such.
            let expected = if mime == "application/wasm" { "application/octet-stream" } else { mime };
            if (judged.as_str(), served) != (mime, expected) {
                wrong.push(format!("{name} is {judged}, and served as {served}"));
            }
            for key in app.files().stored_keys() {
                std::fs::remove_file(app.files().path().join(key)).expect("it was stored");
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_file_is_refused_under_the_extension_of_something_else() {
    let app = app();
    let mut visitor = app.stranger();
    let mut wrong = Vec::new();
    for Sample { name, content, extension, is_text, .. } in samples() {
        let foreign = ["png", "exe", "mp4", "txt"].into_iter().filter(|foreign| !is_text || *foreign != "txt");
        let family = ["png apng", "exe", "mp4 m4v mov m4a 3gp", "txt"];
        let foreign = foreign.filter(|foreign| {
            !family.iter().any(|family| family.starts_with(foreign) && family.split(' ').any(|one| one == extension))
        });
        for foreign in foreign {
            let renamed = format!("{name}.{foreign}");
            let reply = send(&mut visitor, &format!(".{foreign}"), &renamed, &content).await;
            if reply.status() != StatusCode::UNSUPPORTED_MEDIA_TYPE {
                wrong.push(format!("{renamed} is accepted: {}", reply.text()));
                _ = std::fs::remove_file(app.files().path().join(&renamed));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(app.stored_names(), [""; 0]);
}
