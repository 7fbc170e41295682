//! What exiftool writes into pictures, it does not find again.

use std::fs;
use std::path::Path;
use std::process::Command;

use filekit::image::metadata::Orientation;
use filekit_tests::Samples;
use serde_json::{Map, Value};

use super::{PICTURES, SECRET, find, path_of, shown, stripped};

/// Groups of tags that say what the picture itself is.
const OF_THE_PICTURE: [&str; 9] =
    ["ExifTool", "System", "File", "Composite", "JFIF", "Adobe", "PNG", "PNG-pHYs", "RIFF"];

fn exiftool(arguments: &[&str], folder: &Path) -> String {
    let output = Command::new("exiftool").args(arguments).arg(folder).output().expect("exiftool");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Writes metadata of each kind that a format can have.
fn spoil(folder: &Path) {
    let texts = ["Make", "XMP:City", "XMP:Creator", "IPTC:City", "IPTC:Keywords", "Comment", "Artist", "Copyright"];
    let texts: Vec<String> = texts.iter().map(|tag| format!("-{tag}={SECRET}")).collect();
    let mut arguments: Vec<&str> = texts.iter().map(String::as_str).collect();
    let place = ["-GPSLatitude=48.8577", "-GPSLatitudeRef=N", "-GPSLongitude=2.295", "-GPSLongitudeRef=E"];
    let thumbnail = format!("-ThumbnailImage<={}", path_of("grey.jpg").display());
    arguments.extend(place);
    arguments.extend(["-DateTimeOriginal=2024:05:06 07:08:09", "-Orientation#=6", "-overwrite_original", &thumbnail]);
    exiftool(&arguments, folder);
}

/// The tags of each picture by their groups, such as `GPS:GPSLatitude`.
fn tags(folder: &Path) -> Vec<Map<String, Value>> {
    serde_json::from_str(&exiftool(&["-json", "-a", "-G1", "-u"], folder)).expect("JSON")
}

fn is_of_the_picture(tag: &str) -> bool {
    let (group, name) = tag.split_once(':').unwrap_or(("ExifTool", tag));
    OF_THE_PICTURE.contains(&group) || group.starts_with("ICC") || (group, name) == ("IFD0", "Orientation")
}

#[tokio::test]
async fn exiftool_finds_the_orientation_and_nothing_else() {
    let (before, after) = (Samples::new(), Samples::new());
    for name in PICTURES {
        fs::copy(path_of(name), before.path().join(name)).unwrap();
    }
    spoil(before.path());
    for name in PICTURES {
        let file = fs::read(before.path().join(name)).unwrap();
        let left = stripped(name, &file).await;
        assert_eq!(shown(&left), shown(&file), "{name}");
        assert_eq!(shown(&left).orientation, Orientation::Rotate90, "{name}");
        assert_eq!(find(&left, SECRET.as_bytes()), None, "{name}");
        after.file(name, left);
    }
    for tags in tags(before.path()) {
        assert!(tags.contains_key("GPS:GPSLatitude") && tags.contains_key("XMP-photoshop:City"), "{tags:?}");
    }
    for tags in tags(after.path()) {
        let others: Vec<_> = tags.iter().filter(|(tag, _)| !is_of_the_picture(tag)).collect();
        assert!(others.is_empty(), "{}: {others:?}", tags["SourceFile"]);
        assert!(tags.contains_key("IFD0:Orientation"), "{tags:?}");
        assert!(!tags.contains_key("ExifTool:Warning") && !tags.contains_key("ExifTool:Error"), "{tags:?}");
    }
}
