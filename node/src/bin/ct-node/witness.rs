//! `ct-node witness`: cosigns for others until it is told to stop.

use crate::args::WitnessArgs;
use crate::clock::clock;
use crate::{events, output};
use ct_core::Code;
use ct_keys::{KeyFile, Role};
use ct_node::http::{Limits, Server, Telemetry};
use ct_node::witness_service::AddCheckpoint;
use ct_node::{Entropy, Error, Result, WitnessConfig, WitnessService, advertise};
use std::sync::Arc;
use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};

pub(crate) fn run(args: &WitnessArgs) -> Result<()> {
    if args.events {
        events::write();
    }
    let config = WitnessConfig::read(&args.config)?;
    let key = KeyFile::read(&config.key, Role::Witness)?;
    let name = key.id().to_string();
    let service = WitnessService::open(&config, key, Arc::new(clock))?;
    let limits = Limits { body_bytes: AddCheckpoint::MAX_BYTES, ..Limits::default() };
    let server = Server::bind(config.listen, limits)?;
    let telemetry = Arc::new(Telemetry::new(&name, &mut Entropy::from_os()?));
    let router = service.routes().merge(telemetry.routes());
    let broken = |source: std::io::Error| {
        Error::new(Code::Internal, "", format!("cannot run: {source}"), "report this as a defect")
    };
    let runtime = Builder::new_multi_thread().enable_all().build().map_err(broken)?;
    let drained = runtime.block_on(async {
        let mut interrupt = signal(SignalKind::interrupt()).map_err(broken)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(broken)?;
        let url = format!("http://{}", server.local_addr());
        let advertised = advertise::Advertised::write(&config.api, &url)?;
        output::remark(format_args!("ct-node: witness {name} listens at {url}; its key is {}", service.verifier()?));
        let drained = server.serve(router, telemetry, told(&mut interrupt, &mut terminate)).await;
        drop(advertised);
        drained
    })?;
    if drained.cut > 0 {
        output::remark(format_args!("ct-node: {} connections did not finish in time and were cut", drained.cut));
    }
    Ok(())
}

async fn told(interrupt: &mut Signal, terminate: &mut Signal) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
