//! A cable between browsers and a server, which tests cut, pull out and hold still. It passes bytes on and knows nothing of HTTP.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
};

/// Connections that bring more than this bring an upload.
const LARGE: u64 = 200_000;

/// A cable. All clones are one.
#[derive(Clone, Debug)]
pub struct Cable {
    address: SocketAddr,
    inner: Arc<Mutex<Inner>>,
    state: watch::Sender<State>,
}

#[derive(Debug, Default)]
struct Inner {
    /// After how many bytes the next large connections are cut, and all others.
    cuts: VecDeque<u64>,
    every: Option<u64>,
    /// How many bytes went to the server.
    passed: u64,
    /// How many connections were cut.
    broken: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct State {
    is_out: bool,
    /// How often the large connections that there are were told to hold still.
    holds: u32,
}

impl Cable {
    /// A cable to a server; it is there until the test ends.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let cable = Self { address, inner: Arc::default(), state: watch::Sender::default() };
        let accepting = cable.clone();
        tokio::spawn(async move {
            while let Ok((browser, _)) = listener.accept().await {
                // Either side may hang up at any time, as without a cable.
                tokio::spawn(accepting.clone().connect(browser, server));
            }
        });
        cable
    }

    /// The URL of a path of the server.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Where browsers find the server.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts the next large requests after these many bytes, each one once.
    pub fn cut_after(&self, bytes: impl IntoIterator<Item = u64>) {
        self.held().cuts.extend(bytes);
    }

    /// Cuts every connection after so many bytes.
    pub fn cut_each_after(&self, bytes: u64) {
        self.held().every = Some(bytes);
    }

    /// Breaks every connection, and lets none through until the cable is [plugged in](Self::plug_in).
    pub fn pull_out(&self) {
        self.state.send_modify(|state| state.is_out = true);
    }

    /// Lets connections through again.
    pub fn plug_in(&self) {
        self.state.send_modify(|state| state.is_out = false);
    }

    /// Holds those that bring uploads now still, for good; new ones pass.
    pub fn hold_still(&self) {
        self.state.send_modify(|state| state.holds += 1);
    }

    /// How many bytes of requests have passed.
    pub fn passed(&self) -> u64 {
        self.held().passed
    }

    /// How many connections were cut.
    pub fn broken(&self) -> u32 {
        self.held().broken
    }

    async fn connect(self, browser: TcpStream, server: SocketAddr) -> io::Result<()> {
        let mut state = self.state.subscribe();
        if state.borrow().is_out {
            return Ok(());
        }
        let (mut from_server, to_server) = TcpStream::connect(server).await?.into_split();
        let (from_browser, mut to_browser) = browser.into_split();
        let both = async {
            tokio::try_join!(self.pass(from_browser, to_server), async {
                copy(&mut from_server, &mut to_browser).await?;
                to_browser.shutdown().await
            })
        };
        tokio::select! {
            ended = both => ended.map(|_| ()),
            _ = state.wait_for(|state| state.is_out) => Ok(()),
        }
    }

    /// Passes on what the browser sends, as far as it may.
    async fn pass(&self, mut browser: OwnedReadHalf, mut server: OwnedWriteHalf) -> io::Result<()> {
        // Since it is large: one that was small when others were told to hold still may bring the next upload.
        let mut holds = None;
        let mut buffer = vec![0; 16 * 1024];
        let mut passed = 0;
        let mut cut = None;
        loop {
            let limit = cut.or(self.held().every);
            let room = limit.map_or(u64::MAX, |limit: u64| limit.saturating_sub(passed).max(1));
            let most = buffer.len().min(usize::try_from(room).unwrap_or(usize::MAX));
            let length = browser.read(&mut buffer[..most]).await?;
            if length == 0 {
                return server.shutdown().await;
            }
            if passed > LARGE {
                let now = self.state.borrow().holds;
                if now > *holds.get_or_insert(now) {
                    std::future::pending::<()>().await;
                }
            }
            server.write_all(&buffer[..length]).await?;
            passed += length as u64;
            let mut inner = self.held();
            inner.passed += length as u64;
            if cut.is_none() && passed > LARGE {
                cut = inner.cuts.pop_front().map(|cut| cut.max(passed));
            }
            if limit.is_some_and(|limit| limit <= passed) {
                inner.broken += 1;
                return Err(io::ErrorKind::ConnectionReset.into());
            }
        }
    }

    fn held(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
