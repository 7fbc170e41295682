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

    /// Whether the program has named its proxies, if there are any.
    pub(super) fn has_proxies(&self) -> bool {
        self.proxies.is_some()
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

/// Who sent the request, where the server says.
pub(super) fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip().to_canonical())
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
