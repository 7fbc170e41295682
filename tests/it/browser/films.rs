//! Films that visitors have uploaded, opened by themselves in a real browser: it plays them under the policy that they get.

use std::fs;

use filekit::download::DataUri;
use filekit::prelude::*;
use filekit_tests::{Browser, TestApp, until};
use serde_json::json;

/// Records a picture that changes for half a second, as a film of the given type.
const RECORD: &str = "const [type, done] = arguments;
    if (!MediaRecorder.isTypeSupported(type)) { done('this browser records no ' + type); return; }
    const canvas = document.createElement('canvas');
    canvas.width = 64; canvas.height = 48;
    const context = canvas.getContext('2d');
    let frame = 0;
    const painter = setInterval(() => {
        context.fillStyle = frame++ % 2 ? 'teal' : 'orange';
        context.fillRect(0, 0, 64, 48);
    }, 20);
    const recorder = new MediaRecorder(canvas.captureStream(), { mimeType: type });
    recorder.ondataavailable = event => {
        clearInterval(painter);
        const reader = new FileReader();
        reader.onload = () => done('data:video/any;base64,' + reader.result.split(',').pop());
        reader.readAsDataURL(event.data);
    };
    recorder.start();
    setTimeout(() => recorder.stop(), 500);";

/// The size of the film that is shown, and whether some of it has been played. A film opened by itself may begin by itself.
const PLAY: &str = "const film = document.querySelector('video');
    if (!film) return 'no player';
    film.muted = true;
    if (film.currentTime == 0) film.play().catch(() => {});
    return [film.videoWidth, film.videoHeight, film.currentTime > 0, film.error?.message ?? null];";

async fn page() -> View {
    view![heading("A page")]
}

#[tokio::test]
async fn a_film_plays_when_it_is_opened_by_itself() {
    let app = TestApp::with(Router::new().route("/", get(page)), |kit| kit.public_uploads(true));
    let url = format!("http://{}", app.listen().await);
    let browser = Browser::start().await;
    for (name, mime) in [("a.webm", "video/webm;codecs=vp8"), ("a.mp4", "video/mp4;codecs=vp9")] {
        browser.open(&url).await;
        let film = browser.run_async(RECORD, &[json!(mime)]).await;
        let film: DataUri = film.as_str().unwrap_or_default().parse().unwrap_or_else(|_| panic!("{film}"));
        fs::write(app.files().path().join(name), film.bytes()).expect("a writable folder");

        browser.open(&format!("{url}/_upload/{name}")).await;
        let what = format!("{name} plays");
        let playing = json!([64, 48, true, null]);
        until(&what, async || (browser.run(PLAY, &[]).await == playing).then_some(())).await;
    }
    assert_eq!(browser.downloads(), [""; 0], "nothing is saved in place of shown");
}
