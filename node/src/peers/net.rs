//! The network below the connections: the system's, or with the feature `turmoil` one that is simulated.

#[cfg(feature = "turmoil")]
pub(super) use simulated::{Bound, TcpStream, bind, listen};
#[cfg(not(feature = "turmoil"))]
pub(super) use system::{Bound, TcpStream, bind, listen};

#[cfg(not(feature = "turmoil"))]
mod system {
    pub(in crate::peers) use crate::listen::bind;
    pub(in crate::peers) use std::net::TcpListener as Bound;
    pub(in crate::peers) use tokio::net::{TcpListener, TcpStream};

    /// Accepts connections where something was bound.
    pub(in crate::peers) async fn listen(bound: Bound) -> std::io::Result<TcpListener> {
        TcpListener::from_std(bound)
    }
}

#[cfg(feature = "turmoil")]
mod simulated {
    use crate::error::Result;
    use std::net::SocketAddr;
    pub(in crate::peers) use turmoil::net::{TcpListener, TcpStream};

    /// A host of the simulation listens from inside a task only, so that nothing is bound before.
    pub(in crate::peers) type Bound = SocketAddr;

    pub(in crate::peers) fn bind(address: SocketAddr) -> Result<(Bound, SocketAddr)> {
        Ok((address, address))
    }

    /// Accepts connections there.
    pub(in crate::peers) async fn listen(bound: Bound) -> std::io::Result<TcpListener> {
        TcpListener::bind(bound).await
    }
}
