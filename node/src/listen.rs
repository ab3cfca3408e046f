//! Taking a port: the same for whatever listens.

use crate::error::{Error, Result};
use ct_core::Code;
use std::io;
use std::net::{SocketAddr, TcpListener};

/// Listens at this address, without blocking; port 0 is one that the system chooses. The address has that port in it.
///
/// # Errors
/// `io.port_in_use` if another program listens there, `io.permission`, `io.network` if the address is not ours.
pub(crate) fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr)> {
    let listen = || {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    listen().map_err(|source: io::Error| {
        let (code, what, next) = match source.kind() {
            io::ErrorKind::AddrInUse => (
                Code::IoPortInUse,
                format!("port {} is used by another program", address.port()),
                "stop that program, or listen at another port",
            ),
            io::ErrorKind::PermissionDenied => (
                Code::IoPermission,
                format!("port {} may not be used: {source}", address.port()),
                "choose a port above 1023, or give the program the right to this one",
            ),
            _ => (
                Code::IoNetwork,
                format!("cannot listen here: {source}"),
                "listen at an address of this machine, such as 127.0.0.1",
            ),
        };
        Error::new(code, address, what, next)
    })
}
