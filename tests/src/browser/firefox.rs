//! What Firefox can do only by other means than Chromium. The rest of a browser stands in `mod.rs`.

use std::path::Path;

use fantoccini::{Locator, error::CmdError};
use serde_json::{Value, json};

use super::{Browser, Command, running::Running};

impl Browser {
    /// Drops files by events that a script makes: nothing drags into Firefox or WebKit from outside. The files are real ones; the script
    /// gets them from an input that the page doesn't hear of.
    pub(super) async fn drop_by_script(&self, selector: &str, files: &[&Path]) {
        self.find(Locator::Css(selector)).await;
        let input = "const input = document.createElement('input');
            Object.assign(input, { type: 'file', multiple: true, id: 'filekit-dragged' });
            document.documentElement.append(input);
            for (const type of ['input', 'change'])
                window.addEventListener(type, event => event.target == input && event.stopImmediatePropagation(), true);";
        self.run(input, &[]).await;
        self.choose("filekit-dragged", files).await;
        let drop = "const input = document.getElementById('filekit-dragged');
            const dataTransfer = new DataTransfer();
            for (const file of input.files) dataTransfer.items.add(file);
            input.remove();
            const zone = document.querySelector(arguments[0]);
            for (const type of ['dragenter', 'dragover', 'drop'])
                zone.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));";
        self.run(drop, &[json!(selector)]).await;
    }

    /// Firefox has no command that slows its network down, so it takes the [line](super::line::Line) for new connections.
    /// Without a limit nothing is between it and the servers at first, as for everybody else.
    pub(super) async fn send_over_line(&self, bytes_per_second: Option<u32>) {
        self.running().line.limit(bytes_per_second);
        // What lies in the buffer of its socket has been sent, for Firefox.
        let script = "Services.prefs.setIntPref('network.tcp.sendbuffer', 16384);
            Services.prefs.setIntPref('network.proxy.type', 1)";
        if bytes_per_second.is_some() {
            self.run_in_firefox(script, &[]).await;
        }
    }

    pub(super) async fn set_firefox_online(&self, is_online: bool) {
        self.run_in_firefox("Services.io.offline = !arguments[0]", &[json!(is_online)]).await;
    }

    /// What Firefox has to say of pages, and what scripts of pages have written to the console, which it prints.
    pub(super) async fn complaints_of_firefox(&self) -> Vec<String> {
        let script = "const messages = Services.console.getMessageArray().map(message => String(message.message));
            Services.console.reset();
            return messages.filter(message => /^\\[JavaScript (Warning|Error):[^]*\\{file: \"http:/.test(message))";
        let messages = self.run_in_firefox(script, &[]).await;
        let mut complaints: Vec<String> = serde_json::from_value(messages).expect("a list of texts");
        // The browser's own scripts write to the same place, but not texts in quotes.
        let of_page =
            |line: &String| ["console.warn: \"", "console.error: \""].iter().any(|mark| line.starts_with(mark));
        complaints.extend(self.running().driver.take_printed().into_iter().filter(of_page));
        complaints
    }

    pub(super) async fn pretend_in_firefox(&self, width: u32, height: u32, scheme: &str) {
        self.client.set_window_size(width, height).await.expect("a window");
        let script = "Services.prefs.setIntPref('layout.css.prefers-color-scheme.content-override', arguments[0])";
        self.run_in_firefox(script, &[json!(if scheme == "dark" { 0 } else { 1 })]).await;
    }

    /// After the last control of a page Tab leads to the toolbar. WebDriver's keys go to the page even then, but press nothing
    /// there; a person goes on to the page's first control.
    pub(super) async fn leave_toolbar(&self) {
        if self.run("return document.hasFocus()", &[]).await != json!(true) {
            self.run_in_firefox("gBrowser.selectedBrowser.focus()", &[]).await;
        }
    }

    /// Runs a script in the browser itself, with its rights.
    async fn run_in_firefox(&self, script: &str, arguments: &[Value]) -> Value {
        let result = self.running().run_in_firefox(script, arguments).await;
        result.unwrap_or_else(|error| panic!("{error} in {script}"))
    }
}

impl Running {
    /// What Firefox keeps beside its windows: what pages have stored, and what tests have set.
    pub(super) async fn clear_firefox(&self, size: (u64, u64)) -> Result<(), CmdError> {
        let script = "const done = arguments[0];
            for (const name of ['network.tcp.sendbuffer', 'network.proxy.type', 'layout.css.prefers-color-scheme.content-override'])
                Services.prefs.clearUserPref(name);
            Services.io.offline = false;
            Services.console.reset();
            Services.clearData.deleteData(Ci.nsIClearDataService.CLEAR_ALL, { onDataDeleted: () => done(null) });";
        self.issue(Command::context("chrome")).await?;
        let cleared = self.client.execute_async(script, Vec::new()).await;
        self.issue(Command::context("content")).await?;
        cleared?;
        let [width, height] = [size.0, size.1].map(|length| u32::try_from(length).expect("a screen is not that large"));
        self.client.set_window_size(width, height).await
    }

    /// Runs a script in the browser itself, with its rights.
    async fn run_in_firefox(&self, script: &str, arguments: &[Value]) -> Result<Value, CmdError> {
        self.issue(Command::context("chrome")).await?;
        let result = self.client.execute(script, arguments.to_vec()).await;
        self.issue(Command::context("content")).await?;
        result
    }
}
