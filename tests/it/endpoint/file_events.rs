//! What a program is told of files that other programs send.

use std::sync::{Arc, Mutex};

use super::{Fields, Sender, app_with, assert_status, endpoint};

const TUS: (&str, &str) = ("tus-resumable", "1.0.0");
const BYTES: (&str, &str) = ("content-type", "application/offset+octet-stream");

#[tokio::test]
async fn a_file_of_another_program_is_sent_and_stored_by_the_session_of_its_page() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let app = app_with(|kit| {
        let told = Arc::clone(&told);
        kit.on_event(move |event| told.lock().expect("no panic").push(event.clone()))
    });
    let lines = || {
        let events = std::mem::take(&mut *told.lock().expect("no panic"));
        assert!(events.iter().all(|event| event.who.session.is_some()), "{events:?}");
        let line = |event: &filekit::guard::FileEvent| format!("{} {:?} {:?}", event.kind, event.name, event.bytes);
        events.iter().map(line).collect::<Vec<_>>()
    };
    let (visitor, sender) = (app.visitor().await, Sender::new(&app));
    let url = endpoint(&visitor, "any");
    let fields: Fields<'_> = &[TUS, ("upload-length", "10"), ("upload-metadata", "filename YS5iaW4=")];
    let created = sender.send("POST", &url, fields, "").await;
    assert_status(&created, 201);
    let upload = created.header("location");
    let wrong: Fields<'_> = &[TUS, BYTES, ("upload-offset", "7")];
    assert_status(&sender.send("PATCH", upload, wrong, "789").await, 409);
    assert_eq!(lines(), ["refused (upload.wrong-offset) None None"]);
    for (offset, bytes) in [("0", "0123"), ("4", "456789")] {
        assert_eq!(lines(), [""; 0], "a part is no file");
        let fields: Fields<'_> = &[TUS, BYTES, ("upload-offset", offset)];
        assert_status(&sender.send("PATCH", upload, fields, bytes).await, 204);
    }
    assert_eq!(lines(), [r#"sent Some("a.bin") Some(10)"#, r#"stored Some("a.bin") Some(10)"#]);
}
