//! The address of a client, which only a proxy knows where there is one. It is told to observers, and quotas count by it.

use std::net::{IpAddr, SocketAddr};

use http::header::FORWARDED;
use http::{Extensions, HeaderMap, HeaderName};

use crate::visitor::Scheme;
use crate::visitor::scheme::peer;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

impl Scheme {
    /// The address that a request comes from: the one that the proxies say that were named, or else the other end of the connection.
    ///
    /// Each proxy adds at the end whom it has the request from. What is before the last one that is no proxy is a stranger's word. If
    /// both headers say something, and not the same, a client has written one of them, and neither is believed.
    pub(crate) fn client_address(&self, headers: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
        let peer = peer(extensions)?;
        if !self.is_proxy(peer) {
            return Some(peer);
        }
        let forwarded = self.nearest_client(elements(headers, &FORWARDED).filter_map(said_for));
        let x_forwarded_for = self.nearest_client(elements(headers, &X_FORWARDED_FOR));
        match (forwarded, x_forwarded_for) {
            (Some(one), Some(other)) if one != other => Some(peer),
            (one, other) => one.or(other).or(Some(peer)),
        }
    }

    /// The network that a client is in, for a quota. `None` behind a proxy that was not named: all visitors would have one address.
    pub(crate) fn client_network(&self, headers: &HeaderMap, extensions: &Extensions) -> Option<ClientNetwork> {
        let is_forwarded = headers.contains_key(X_FORWARDED_FOR) || headers.contains_key(FORWARDED);
        // A proxy of this site, or a visitor on this network who makes it up.
        if !self.has_proxies() && is_forwarded && peer(extensions).is_some_and(is_local) {
            return None;
        }
        self.client_address(headers, extensions).map(ClientNetwork::of)
    }

    /// The last address that is not that of a proxy. One that cannot be read hides what is before it.
    fn nearest_client<'a>(&self, addresses: impl Iterator<Item = &'a str>) -> Option<IpAddr> {
        let addresses: Vec<_> = addresses.collect();
        addresses.into_iter().rev().map_while(parse).find(|address| !self.is_proxy(*address))
    }
}

/// A network all of whose addresses one client may have: an IPv4 address, or the first half of an IPv6 one.
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

/// Whether an address is not reached over the internet, so that a proxy of this site may have it.
fn is_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
    }
}

/// The elements of a header that is a list, in their order.
fn elements<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

/// Whom an element of `Forwarded` has the request from (RFC 7239, section 5.2). An element that says nothing of it is not one that can be
/// read.
fn said_for(element: &str) -> Option<&str> {
    let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("for")).unwrap_or_default();
    Some(value.trim().trim_matches('"'))
}

/// Reads an address, with or without a port: `203.0.113.7:4711`, `[2001:db8::7]:4711`, `[2001:db8::7]`.
fn parse(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::extract::ConnectInfo;

    use super::*;
    use crate::visitor::Network;

    /// The address of a client whose request comes from `10.0.0.1`, a proxy that is trusted.
    fn behind_proxy(fields: &[(&'static str, &str)]) -> String {
        let scheme = Scheme::new(None, Network::parse("10.0.0.0/8").map(|network| vec![network]));
        address(&scheme, "10.0.0.1", fields)
    }

    fn address(scheme: &Scheme, peer: &str, fields: &[(&'static str, &str)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, value.parse().unwrap());
        }
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4_000)));
        scheme.client_address(&headers, &extensions).unwrap().to_string()
    }

    #[test]
    fn a_proxy_says_whom_it_has_the_request_from() {
        for (fields, expected) in [
            (&[] as &[_], "10.0.0.1"),
            (&[("x-forwarded-for", "203.0.113.7")], "203.0.113.7"),
            (&[("x-forwarded-for", "198.51.100.1, 203.0.113.7, 10.0.0.9")], "203.0.113.7"),
            (&[("x-forwarded-for", "198.51.100.1"), ("x-forwarded-for", "203.0.113.7")], "203.0.113.7"),
            (&[("x-forwarded-for", "203.0.113.7, unknown")], "10.0.0.1"),
            (&[("forwarded", "for=198.51.100.1, For=\"[2001:db8::7]:4711\";proto=https")], "2001:db8::7"),
            (&[("forwarded", "for=203.0.113.7;by=10.0.0.9, for=10.0.0.9")], "203.0.113.7"),
            (&[("forwarded", "for=203.0.113.7, proto=https")], "10.0.0.1"),
            (&[("forwarded", "for=203.0.113.7"), ("x-forwarded-for", "203.0.113.7")], "203.0.113.7"),
        ] {
            assert_eq!(behind_proxy(fields), expected, "{fields:?}");
        }
    }

    #[test]
    fn a_header_that_the_proxy_passes_on_unseen_does_not_count() {
        let fields = [("forwarded", "for=192.0.2.1"), ("x-forwarded-for", "203.0.113.7")];
        assert_eq!(behind_proxy(&fields), "10.0.0.1");
    }

    #[test]
    fn a_stranger_is_not_believed() {
        let fields = [("x-forwarded-for", "192.0.2.1")];
        let scheme = Scheme::new(None, Network::parse("10.0.0.0/8").map(|network| vec![network]));
        assert_eq!(address(&scheme, "203.0.113.7", &fields), "203.0.113.7");
        assert_eq!(address(&Scheme::default(), "203.0.113.7", &fields), "203.0.113.7");
    }

    #[test]
    fn a_network_is_one_visitor_and_a_proxy_that_was_not_named_is_none() {
        let network = |proxy: Option<&str>, peer: &str, fields: &[(&'static str, &str)]| {
            let scheme = Scheme::new(None, proxy.map(|proxy| vec![Network::parse(proxy).unwrap()]));
            let (mut headers, mut extensions) = (HeaderMap::new(), Extensions::new());
            fields.iter().for_each(|(name, value)| _ = headers.append(*name, value.parse().unwrap()));
            extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4_000)));
            scheme.client_network(&headers, &extensions)
        };
        let said = [("x-forwarded-for", "203.0.113.7")];
        let v6 = Some(ClientNetwork::V6([0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 2]));
        assert_eq!(network(None, "192.0.2.1", &[]), Some(ClientNetwork::V4([192, 0, 2, 1])));
        assert_eq!(network(None, "192.0.2.1", &said), Some(ClientNetwork::V4([192, 0, 2, 1])), "made up");
        assert_eq!(network(None, "127.0.0.1", &said), None);
        assert_eq!(network(Some("10.0.0.0/8"), "10.0.0.1", &said), Some(ClientNetwork::V4([203, 0, 113, 7])));
        assert_eq!(network(None, "2001:db8:1:2:3::4", &[]), v6);
        assert_eq!(network(None, "::ffff:192.0.2.1", &[]), Some(ClientNetwork::V4([192, 0, 2, 1])));
    }
}
