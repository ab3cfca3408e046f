//! Payloads of `member.put`, `[node, key, address]`, and of `member.delete`, `[node]`.

use super::MessageType;
use crate::peers::Member;
use crate::service::MemberChange;
use ct_core::cbor::{Reader, Writer, check_deterministic};
use ct_core::limits::MAX_NAME_BYTES;
use ct_core::{Code, Error, PublicKey};

impl MemberChange {
    /// The bytes of a request's payload.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut w = Writer::new();
        match self {
            Self::Put(Member { node, key, address }) => w.array(3).uint(*node).bytes(key).text(address),
            Self::Delete(node) => w.array(1).uint(*node),
        };
        w.finish()
    }

    /// The request that asks for it.
    #[must_use]
    pub const fn message_type(&self) -> MessageType {
        match self {
            Self::Put(_) => MessageType::PutMember,
            Self::Delete(_) => MessageType::DeleteMember,
        }
    }
}

pub(super) fn read_put(payload: &[u8]) -> Result<MemberChange, Error> {
    check_deterministic(payload)?;
    let mut r = Reader::new(payload);
    r.array_exact("member", 3)?;
    let node = number(&mut r)?;
    let key = *r.bytes_exact("member.key")?;
    PublicKey::from_bytes(&key)?;
    let address = r.text("member.address", MAX_NAME_BYTES)?;
    r.end()?;
    if !address.is_empty() && !is_address(address) {
        return Err(Error::new(Code::MalformedEnvelope, "member.address"));
    }
    Ok(MemberChange::Put(Member { node, key, address: address.to_owned() }))
}

pub(super) fn read_delete(payload: &[u8]) -> Result<MemberChange, Error> {
    check_deterministic(payload)?;
    let mut r = Reader::new(payload);
    r.array_exact("member", 1)?;
    let node = number(&mut r)?;
    r.end()?;
    Ok(MemberChange::Delete(node))
}

/// Nodes are numbered from 1.
fn number(r: &mut Reader<'_>) -> Result<u64, Error> {
    let node = r.uint("member.node")?;
    if node == 0 { Err(Error::new(Code::MalformedEnvelope, "member.node")) } else { Ok(node) }
}

/// `HOST:PORT`, as a socket wants it: an IPv6 address stands in brackets.
fn is_address(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let port_is_one = !port.starts_with('+') && port.parse::<u16>().is_ok_and(|port| port > 0);
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    let in_brackets = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let host_is_one = match in_brackets {
        Some(host) => host.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.chars().all(plain),
    };
    port_is_one && host_is_one
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(node: u64, address: &str) -> Member {
        Member {
            node,
            key: *ed25519_dalek::SigningKey::from_bytes(&[7; 32]).verifying_key().as_bytes(),
            address: address.to_owned(),
        }
    }

    fn code(member: Member) -> Result<(), Code> {
        read_put(&MemberChange::Put(member).encode()).map(drop).map_err(|error| error.code())
    }

    // R7.1
    #[test]
    fn a_change_is_read_as_it_was_written() {
        for address in ["", "10.0.0.4:7400", "node-4.log.example:1", "[2001:db8::4]:65535"] {
            let change = MemberChange::Put(member(4, address));
            let bytes = change.encode();
            assert_eq!(read_put(&bytes), Ok(change));
            assert!((0..bytes.len()).all(|length| read_put(&bytes[..length]).is_err()));
            assert!(read_delete(&bytes).is_err());
        }
        let bytes = MemberChange::Delete(2).encode();
        assert_eq!(read_delete(&bytes), Ok(MemberChange::Delete(2)));
        assert!(read_put(&bytes).is_err());
    }

    // R1.3: each mistake by its code; an address of the longest length, and one more.
    #[test]
    fn what_is_no_member_is_refused() {
        assert_eq!(code(member(0, "a:1")), Err(Code::MalformedEnvelope));
        let delete = MemberChange::Delete(0).encode();
        assert_eq!(read_delete(&delete).map_err(|error| error.code()), Err(Code::MalformedEnvelope));
        for address in
            ["a", ":1", "a:", "a:0", "a:+1", "a:65536", "a b:1", "a/b:1", "::1:80", "[::1:80", "[x]:80", "http://a:1"]
        {
            assert_eq!(code(member(4, address)), Err(Code::MalformedEnvelope), "{address}");
        }
        let long = |length: usize| format!("{}:80", "a".repeat(length - 3));
        assert_eq!(code(member(4, &long(MAX_NAME_BYTES))), Ok(()));
        assert_eq!(code(member(4, &long(MAX_NAME_BYTES + 1))), Err(Code::LimitLength));
        let weak = Member { key: [0; 32], ..member(4, "a:1") };
        assert_eq!(code(weak), Err(PublicKey::from_bytes(&[0; 32]).unwrap_err().code()));
    }
}
