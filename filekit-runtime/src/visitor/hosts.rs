//! The names that the server answers under. Where a request comes from is `routes/guard.rs`.
//!
//! A page of a stranger's whose name leads to this server's address (DNS rebinding) is of the same origin as the server, for a
//! browser. Only its name differs.

use std::net::{IpAddr, SocketAddr};
use std::sync::OnceLock;

use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, Uri};

use crate::error::Rejection;

/// A name that the server answers under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostName {
    /// In lower case; an IPv6 address in its brackets.
    name: String,
    /// Whether it is a wildcard: all names below it, and not the name itself.
    is_domain: bool,
    /// `None` means any port.
    port: Option<u16>,
}

impl HostName {
    /// Reads `files.example.org`, `files.example.org:8443`, `*.example.org` or `[::1]`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (is_domain, host) = text.strip_prefix("*.").map_or((false, text), |domain| (true, domain));
        let authority: Authority = host.parse().ok().filter(|_| !host.contains('@') && !host.ends_with(':'))?;
        let name = normal(authority.host());
        (!name.is_empty() && !name.contains('*')).then(|| Self { name, is_domain, port: authority.port_u16() })
    }

    fn of_address(address: IpAddr) -> Self {
        let name = if address.is_ipv6() { format!("[{address}]") } else { address.to_string() };
        Self { name, is_domain: false, port: None }
    }

    /// The origin of pages under this name, where only those of this computer do without TLS.
    fn origin(&self) -> String {
        let ip = self.name.trim_matches(['[', ']']).parse::<IpAddr>();
        let is_local = self.name == "localhost" || ip.is_ok_and(|ip| ip.is_loopback());
        let scheme = if is_local { "http" } else { "https" };
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{scheme}://{}{port}", self.name)
    }

    fn fits(&self, host: &Authority) -> bool {
        let name = normal(host.host());
        let is_named = match self.is_domain {
            false => name == self.name,
            true => name.strip_suffix(self.name.as_str()).is_some_and(|rest| rest.ends_with('.')),
        };
        is_named && self.port.is_none_or(|port| host.port_u16() == Some(port))
    }
}

/// A name as it is compared: a dot at the end means the same, and so do capitals.
fn normal(host: &str) -> String {
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

/// The names that the server answers under.
#[derive(Debug, Default)]
pub(crate) struct Hosts {
    chosen: Option<Vec<HostName>>,
    /// Those of the address that filekit itself listens on. None where the router is served by another server, whose
    /// address is unknown here; empty where any name may lead to the address.
    own: OnceLock<Vec<HostName>>,
}

impl Hosts {
    pub(crate) fn new(chosen: Option<Vec<HostName>>) -> Self {
        Self { chosen, own: OnceLock::new() }
    }

    /// The origins of pages under the names that were chosen, as far as those are single ones.
    pub(crate) fn origins(&self) -> Vec<String> {
        let names = self.chosen.iter().flatten().filter(|name| !name.is_domain);
        names.map(HostName::origin).collect()
    }

    /// Notes where the server listens. On a loopback address only this machine can be meant, whatever a name server
    /// says.
    pub(crate) fn listen_on(&self, address: SocketAddr) {
        let own = match address.ip().to_canonical() {
            ip if ip.is_loopback() => ["localhost", "*.localhost"]
                .into_iter()
                .filter_map(HostName::parse)
                .chain([HostName::of_address(ip)])
                .collect(),
            _ => Vec::new(),
        };
        if own.is_empty() && self.chosen.is_none() {
            tracing::warn!(
                "requests are answered under any host name, and other machines can reach this one: a page whose name \
                 leads to this address could read and send here what its visitor can (DNS rebinding). Name the server's \
                 own, like `FILEKIT_HOSTS=files.example.org` or `hosts([\"files.example.org\"])`"
            );
        }
        let _ = self.own.set(own);
    }

    /// Checks that a request means this server.
    ///
    /// # Errors
    ///
    /// If it says no host, or several, or one that is not known.
    pub(crate) fn check(&self, headers: &HeaderMap, uri: &Uri) -> Result<(), Rejection> {
        let host = host_of(headers, uri)?;
        let own = self.own.get();
        if self.chosen.is_none() && own.is_none() {
            return Ok(());
        }
        // RFC 9112, section 3.2.
        let host = host.ok_or_else(|| Rejection::malformed("the request names no host"))?;
        let mut names = self.chosen.iter().flatten().chain(own.into_iter().flatten());
        let is_any = self.chosen.is_none() && own.is_some_and(Vec::is_empty);
        match is_any || names.any(|name| name.fits(&host)) {
            true => Ok(()),
            false => Err(Rejection::unknown_host(host.as_str())),
        }
    }
}

/// The host that a request names: in its one `Host` field, or in its URI as HTTP/2 does.
pub(crate) fn host_of(headers: &HeaderMap, uri: &Uri) -> Result<Option<Authority>, Rejection> {
    let mut fields = headers.get_all(HOST).iter();
    let (first, second) = (fields.next(), fields.next());
    if second.is_some() {
        return Err(Rejection::malformed("the request names several hosts"));
    }
    let parse = |text: &[u8]| Authority::try_from(text).ok().filter(|host| !host.as_str().contains('@'));
    let of_field = first.map(|field| parse(field.as_bytes()).ok_or_else(|| Rejection::malformed("`Host` is no host")));
    let of_field = of_field.transpose()?;
    match (of_field, uri.authority()) {
        (Some(field), Some(target)) if field != *target => {
            Err(Rejection::malformed("`Host` is not that of the target"))
        }
        (field, target) => Ok(field.or_else(|| target.cloned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_fits_itself_and_a_domain_what_is_below_it() {
        for (name, host, fits) in [
            ("files.example.org", "files.example.org", true),
            ("files.example.org", "FILES.example.org.:8080", true),
            ("files.example.org", "files.example.org.evil.example", false),
            ("files.example.org", "xfiles.example.org", false),
            ("files.example.org:8443", "files.example.org:8443", true),
            ("files.example.org:8443", "files.example.org", false),
            ("*.example.org", "a.b.example.org", true),
            ("*.example.org", "example.org", false),
            ("*.example.org", "evilexample.org", false),
            ("[::1]", "[::1]:3000", true),
            ("127.0.0.1", "127.0.0.2", false),
        ] {
            let parsed = HostName::parse(name).unwrap();
            assert_eq!(parsed.fits(&host.parse().unwrap()), fits, "{name} {host}");
        }
    }

    #[test]
    fn pages_under_a_name_have_an_origin() {
        for (name, origin) in [
            ("files.example.org", "https://files.example.org"),
            ("files.example.org:8443", "https://files.example.org:8443"),
            ("localhost:3000", "http://localhost:3000"),
            ("[::1]", "http://[::1]"),
        ] {
            assert_eq!(HostName::parse(name).unwrap().origin(), origin);
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["", "*", "*.", "https://a.test", "a.test/", "user@a.test", "a b", "a.*.test", "a.test:"] {
            assert_eq!(HostName::parse(text), None, "{text}");
        }
    }
}
