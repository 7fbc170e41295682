//! Whether visitors come over https, which only a proxy in front knows. The cookie that depends on it is
//! `cookie.rs`.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::ConnectInfo;
use http::header::{FORWARDED, ORIGIN};
use http::{Extensions, HeaderMap, Request};

use crate::visitor::host_of;

/// The known facts about the connection to visitors.
#[derive(Debug, Default)]
pub(crate) struct Scheme {
    /// The program's setting, whatever a request says.
    https: Option<bool>,
    /// Whose headers are believed; those of any sender, if nothing was said. A sender that lies about it harms only its
    /// own cookie.
    proxies: Option<Vec<Network>>,
    warned: AtomicBool,
}

impl Scheme {
    pub(crate) fn new(https: Option<bool>, proxies: Option<Vec<Network>>) -> Self {
        Self { https, proxies, warned: AtomicBool::default() }
    }

    /// Whether a request came over https.
    pub(crate) fn is_https(&self, headers: &HeaderMap, extensions: &Extensions) -> bool {
        if let Some(https) = self.https {
            return https;
        }
        let is_believed = self.proxies.is_none() || peer(extensions).is_some_and(|peer| self.is_proxy(peer));
        is_believed && said_by_proxy(headers).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
    }

    /// Whether the program has said that a proxy has this address.
    pub(crate) fn is_proxy(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.proxies.iter().flatten().any(|proxy| proxy.has(address))
    }

    /// Warns, once, if a browser says another scheme than is believed: its cookies have the wrong name or are not kept.
    pub(crate) fn compare<B>(&self, request: &Request<B>) {
        let headers = request.headers();
        let origin =
            headers.get(ORIGIN).and_then(|origin| origin.to_str().ok()).and_then(|origin| origin.split_once("://"));
        let Some((scheme, authority)) = origin else { return };
        let host = host_of(headers, request.uri()).ok().flatten();
        let is_this_site = host.is_some_and(|host| host == authority);
        let is_https = scheme == "https";
        if !is_this_site
            || is_https == self.is_https(headers, request.extensions())
            || self.warned.swap(true, Ordering::Relaxed)
        {
            return;
        }
        if is_https {
            tracing::warn!(
                "browsers come over https, but no header that is believed says so, and cookies are not `Secure`: \
                 choose `https(true)`, or let the proxy send `X-Forwarded-Proto: https` and name it in `trusted_proxies`"
            );
        } else {
            tracing::warn!(
                "browsers come over http, but `https(true)` or a proxy says https: they do not keep a cookie that is `Secure`"
            );
        }
    }
}

impl Scheme {
    /// The network that a visitor is in, as bytes: an IPv4 address, or the first half of an IPv6 one, all of which one visitor may have. It
    /// is that of the connection, or what the nearest proxy says that is trusted. `None` where it is not known: behind a
    /// proxy that no one has named all visitors would have one address.
    pub(crate) fn client_network(&self, headers: &HeaderMap, extensions: &Extensions) -> Option<ClientNetwork> {
        let peer = peer(extensions)?;
        let forwarded = headers.contains_key("x-forwarded-for") || headers.contains_key(FORWARDED);
        let address = match &self.proxies {
            Some(proxies) => nearest_untrusted(peer, headers, proxies)?,
            // It may be a proxy's, or made up by a visitor.
            None if forwarded && !is_public(peer) => return None,
            None => peer,
        };
        Some(ClientNetwork::of(address))
    }
}

/// A network that one visitor may have all addresses of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientNetwork {
    V4([u8; 4]),
    V6([u8; 8]),
}

impl ClientNetwork {
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.octets()),
            IpAddr::V6(address) => {
                let [a, b, c, d, e, f, g, h, ..] = address.octets();
                Self::V6([a, b, c, d, e, f, g, h])
            }
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::V4(bytes) => bytes,
            Self::V6(bytes) => bytes,
        }
    }
}

/// Whether an address is reached over the internet, so that no proxy of this site has it.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !(address.is_loopback() || address.is_private() || address.is_link_local()),
        IpAddr::V6(address) => !(address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()),
    }
}

/// The address of the peer, or, if that is a trusted proxy, the last one of `X-Forwarded-For` (or of `Forwarded`) that is none: each proxy adds the
/// one that it was asked by at the end, and what stands before the first trusted one may be made up. `None` if that is no address.
fn nearest_untrusted(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> Option<IpAddr> {
    let is_trusted = |address: IpAddr| proxies.iter().any(|proxy| proxy.has(address));
    if !is_trusted(peer) {
        return Some(peer);
    }
    let values = |name: &str| {
        let values: Vec<_> = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
        values.join(",")
    };
    let (forwarded, of_standard) = (values("x-forwarded-for"), values(FORWARDED.as_str()));
    let said: Vec<_> = match forwarded.is_empty() {
        false => forwarded.split(',').map(parse_address).collect(),
        true => of_standard.split(',').map(|element| parse_address(forwarded_for(element)?)).collect(),
    };
    let mut nearest = peer;
    for address in said.into_iter().rev() {
        nearest = address?;
        if !is_trusted(nearest) {
            return Some(nearest);
        }
    }
    Some(nearest)
}

/// The node that an element of `Forwarded` is for (RFC 7239, section 5.2).
fn forwarded_for(element: &str) -> Option<&str> {
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for")).map(|(_, node)| node.trim().trim_matches('"'))
}

/// Reads an address, perhaps with a port.
fn parse_address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.split_once(']')).map(|(address, _)| address);
    let address = bare.and_then(|address| address.parse().ok()).or_else(|| text.parse().ok());
    address
        .or_else(|| text.parse().ok().map(|address: SocketAddr| address.ip()))
        .map(|address: IpAddr| address.to_canonical())
}

/// Who sent the request, where the server says.
fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip())
}

/// The scheme that a browser used, as the first proxy on the way says: each adds what it knows at the end.
fn said_by_proxy(headers: &HeaderMap) -> Option<&str> {
    let first = |name: &str| headers.get(name)?.to_str().ok()?.split(',').next();
    // RFC 7239, section 5.4.
    let proto =
        |pair: &'_ str| pair.split_once('=').filter(|(name, _)| name.trim().eq_ignore_ascii_case("proto")).is_some();
    let of_standard = first(FORWARDED.as_str()).and_then(|element| element.split(';').find(|pair| proto(pair)));
    let of_standard =
        of_standard.and_then(|pair| pair.split_once('=')).map(|(_, scheme)| scheme.trim().trim_matches('"'));
    of_standard.or_else(|| first("x-forwarded-proto").map(str::trim))
}

/// Addresses that have their first bits in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// Reads an address, or a network such as `10.0.0.0/8`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(most), |bits| bits.parse().ok().filter(|bits| *bits <= most))?;
        Some(Self { address, bits })
    }

    fn has(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                (network.to_bits() ^ address.to_bits()).checked_shr(32 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                (network.to_bits() ^ address.to_bits()).checked_shr(128 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_has_the_addresses_with_its_first_bits() {
        for (network, address, has) in [
            ("10.0.0.0/8", "10.200.3.4", true),
            ("10.0.0.0/8", "11.0.0.0", false),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.6", false),
            ("0.0.0.0/0", "203.0.113.1", true),
            ("0.0.0.0/0", "::1", false),
            ("fd00::/8", "fdff::1", true),
            ("::/0", "2001:db8::1", true),
        ] {
            assert_eq!(Network::parse(network).unwrap().has(address.parse().unwrap()), has, "{network} {address}");
        }
        for text in ["", "10.0.0.0/33", "10.0.0/8", "proxy", "::/129", "10.0.0.0/-1"] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_visitor_has_the_address_that_no_trusted_proxy_has() {
        let network = |proxies: Option<&str>, fields: &[(&'static str, &str)], peer: &str| {
            let proxies = proxies.map(|proxies| proxies.split(',').filter_map(Network::parse).collect());
            let (mut headers, mut extensions) = (HeaderMap::new(), Extensions::new());
            fields.iter().for_each(|(name, value)| _ = headers.append(*name, value.parse().unwrap()));
            extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4_000)));
            Scheme::new(None, proxies).client_network(&headers, &extensions)
        };
        let v4 = |a, b, c, d| Some(ClientNetwork::V4([a, b, c, d]));
        let said = "203.0.113.9, 198.51.100.7, 10.0.0.2";
        assert_eq!(network(None, &[], "192.0.2.1"), v4(192, 0, 2, 1));
        assert_eq!(network(None, &[("x-forwarded-for", said)], "192.0.2.1"), v4(192, 0, 2, 1), "made up");
        assert_eq!(network(None, &[("x-forwarded-for", said)], "127.0.0.1"), None, "a proxy that is not named");
        assert_eq!(network(Some("10.0.0.0/8"), &[("x-forwarded-for", said)], "10.0.0.1"), v4(198, 51, 100, 7));
        assert_eq!(network(Some("10.0.0.0/8"), &[("x-forwarded-for", said)], "192.0.2.1"), v4(192, 0, 2, 1));
        assert_eq!(network(Some("10.0.0.0/8"), &[("x-forwarded-for", "unknown")], "10.0.0.1"), None);
        assert_eq!(network(Some("10.0.0.0/8"), &[], "10.0.0.1"), v4(10, 0, 0, 1));
        let standard = [("forwarded", "for=192.0.2.60;proto=http, for=\"[2001:db8:1:2:3::4]:80\"")];
        let v6 = Some(ClientNetwork::V6([0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 2]));
        assert_eq!(network(Some("10.0.0.0/8"), &standard, "10.0.0.1"), v6);
        assert_eq!(network(None, &[], "::ffff:192.0.2.1"), v4(192, 0, 2, 1));
    }

    fn is_https(scheme: &Scheme, fields: &[(&'static str, &str)], peer: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, value.parse().unwrap());
        }
        let mut extensions = Extensions::new();
        if let Some(peer) = peer {
            extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4_000)));
        }
        scheme.is_https(&headers, &extensions)
    }

    #[test]
    fn a_proxy_says_https_in_either_header() {
        for (fields, expected) in [
            (&[] as &[_], false),
            (&[("x-forwarded-proto", "HTTPS, http")], true),
            (&[("x-forwarded-proto", "http, https")], false),
            (&[("forwarded", "for=192.0.2.60; Proto=\"https\";by=203.0.113.43, for=x;proto=http")], true),
            (&[("forwarded", "for=192.0.2.60;proto=http"), ("x-forwarded-proto", "https")], false),
            (&[("forwarded", "for=192.0.2.60"), ("x-forwarded-proto", "https")], true),
        ] {
            assert_eq!(is_https(&Scheme::default(), fields, None), expected, "{fields:?}");
        }
    }

    #[test]
    fn only_proxies_that_are_trusted_are_believed() {
        let scheme = Scheme::new(None, Some(vec![Network::parse("10.0.0.0/8").unwrap()]));
        let said = [("x-forwarded-proto", "https")];
        assert!(is_https(&scheme, &said, Some("10.1.2.3")));
        assert!(is_https(&scheme, &said, Some("::ffff:10.1.2.3")));
        assert!(!is_https(&scheme, &said, Some("192.0.2.1")));
        assert!(!is_https(&scheme, &said, None));
        assert!(is_https(&Scheme::new(Some(true), None), &[], None));
        assert!(!is_https(&Scheme::new(Some(false), None), &said, None));
    }

    #[test]
    fn a_scheme_that_a_browser_contradicts_is_noticed_over_any_version_of_http() {
        for (uri, host, expected) in
            [("/", Some("a.test"), true), ("http://a.test/", None, true), ("http://b.test/", None, false)]
        {
            let scheme = Scheme::default();
            let mut request = Request::post(uri).header(ORIGIN, "https://a.test");
            if let Some(host) = host {
                request = request.header("host", host);
            }
            scheme.compare(&request.body(()).unwrap());
            assert_eq!(scheme.warned.into_inner(), expected, "{uri}");
        }
    }
}
