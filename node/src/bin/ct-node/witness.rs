//! `ct-node witness`: cosigns for others until it is told to stop.

use crate::args::WitnessArgs;
use crate::clock::clock;
use crate::{events, output, signals};
use ct_keys::{KeyFile, Role};
use ct_node::http::{Limits, Server, Telemetry};
use ct_node::witness_service::AddCheckpoint;
use ct_node::{Entropy, Result, WitnessConfig, WitnessService, advertise};
use std::sync::Arc;

pub(crate) fn run(args: &WitnessArgs) -> Result<()> {
    if args.events {
        events::write();
    }
    signals::end_with(args.parent)?;
    let config = WitnessConfig::read(&args.config)?;
    let key = KeyFile::read(&config.key, Role::Witness)?;
    let name = key.id().to_string();
    let service = WitnessService::open(&config, key, Arc::new(clock))?;
    let limits = Limits { body_bytes: AddCheckpoint::MAX_BYTES, ..Limits::default() };
    let server = Server::bind(config.listen, limits)?;
    let telemetry = Arc::new(Telemetry::new(&name, &mut Entropy::from_os()?));
    let router = service.routes().merge(telemetry.routes());
    let drained = signals::until_told(async |told| {
        let url = format!("http://{}", server.local_addr());
        let advertised = advertise::Advertised::write(&config.api, &url)?;
        output::remark(format_args!("ct-node: witness {name} listens at {url}; its key is {}", service.verifier()?));
        let drained = server.serve(router, telemetry, told).await;
        drop(advertised);
        drained
    })?;
    if drained.cut > 0 {
        output::remark(format_args!("ct-node: {} connections did not finish in time and were cut", drained.cut));
    }
    Ok(())
}
