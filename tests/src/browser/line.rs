//! A line between a browser and its servers that can be slow: a SOCKS 5 proxy (RFC 1928) for browsers that cannot slow down
//! by themselves. It passes bytes on and knows nothing of HTTP.

use std::{io, net::Ipv4Addr, time::Duration};

use socket2::SockRef;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy},
    net::{
        TcpListener, TcpSocket, TcpStream,
        tcp::{OwnedWriteHalf, ReadHalf},
    },
    sync::watch,
};

use super::kind::Kind;

/// Little, because what lies in buffers has been sent for the browser.
const BUFFER: u32 = 16 * 1024;

/// The segments of a network, for WebKit: on loopback they are of 64 KB, and what has been sent for it grows with them to megabytes.
const SEGMENT: u32 = 1400;

/// How long it takes until the next bytes go over a slow line.
const STEP: Duration = Duration::from_millis(20);

/// Takes connections until the test ends.
#[derive(Debug)]
pub(super) struct Line {
    port: u16,
    rate: watch::Sender<Option<u32>>,
}

impl Line {
    /// A line without a limit.
    pub(super) fn new(kind: Kind) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(BUFFER)?;
        if kind == Kind::WebKit {
            SockRef::from(&socket).set_tcp_mss(SEGMENT)?;
        }
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let listener = socket.listen(64)?;
        let port = listener.local_addr()?.port();
        let (rate, rates) = watch::channel(None);
        tokio::spawn(accept(listener, rates));
        Ok(Self { port, rate })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Lets requests go at so many bytes a second from now on, or without a limit.
    pub(super) fn limit(&self, rate: Option<u32>) {
        self.rate.send_replace(rate);
    }
}

async fn accept(listener: TcpListener, rates: watch::Receiver<Option<u32>>) {
    while let Ok((browser, _)) = listener.accept().await {
        // Either side may hang up at any time, as without a line.
        tokio::spawn(connect(browser, rates.clone()));
    }
}

async fn connect(mut browser: TcpStream, rates: watch::Receiver<Option<u32>>) -> io::Result<()> {
    let server = negotiate(&mut browser).await?;
    let (mut from_server, to_server) = server.into_split();
    let (from_browser, mut to_browser) = browser.split();
    let both = async {
        tokio::try_join!(send(from_browser, to_server, rates), async {
            copy(&mut from_server, &mut to_browser).await?;
            to_browser.shutdown().await
        })
    };
    if both.await.is_err() {
        // As a reset: WebKit does not see an end while it sends.
        browser.set_zero_linger()?;
    }
    Ok(())
}

/// Hears where the browser wants to go, and goes there.
async fn negotiate(browser: &mut TcpStream) -> io::Result<TcpStream> {
    let [_version, methods] = read(browser).await?;
    browser.read_exact(&mut vec![0; methods.into()]).await?;
    browser.write_all(&[5, 0]).await?;
    let [_version, command, _reserved, kind] = read(browser).await?;
    if (command, kind) != (1, 1) {
        return Err(io::Error::other("only connections to addresses of IPv4"));
    }
    let address = Ipv4Addr::from(read::<4>(browser).await?);
    let port = browser.read_u16().await?;
    let server = TcpStream::connect((address, port)).await?;
    browser.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    Ok(server)
}

async fn read<const N: usize>(browser: &mut TcpStream) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    browser.read_exact(&mut bytes).await?;
    Ok(bytes)
}

/// Passes on what the browser sends, as fast as it may at that moment.
async fn send(
    mut browser: ReadHalf<'_>,
    mut server: OwnedWriteHalf,
    rates: watch::Receiver<Option<u32>>,
) -> io::Result<()> {
    let mut buffer = [0; BUFFER as usize];
    loop {
        let rate = *rates.borrow();
        let portion = rate.map_or(buffer.len(), |rate| (rate as usize / 50).clamp(1, buffer.len()));
        let length = browser.read(&mut buffer[..portion]).await?;
        if length == 0 {
            return server.shutdown().await;
        }
        server.write_all(&buffer[..length]).await?;
        if rate.is_some() {
            tokio::time::sleep(STEP).await;
        }
    }
}
