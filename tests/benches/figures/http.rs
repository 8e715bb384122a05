//! Messages a second over HTTP: the gateway with everything behind it, beside a route that parses the same body and
//! stores nothing. The same client loads both in turn.

use super::bench::{Bench, say};
use super::plain::Plain;
use super::report::Report;
use super::server::{self, Server};
use super::wire::Hammer;
use super::world;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

/// Existing conversations that the messages go to.
const CONVERSATIONS: u64 = 1000;

const NOT_MEASURED: &[&str] = &[
    "a network: client and server are on one machine and share its cores",
    "TLS, which a proxy in front would speak",
    "tokens in the plain route: checking one is part of what the gateway does",
    "what the list of conversations is behind by at the end, but for the row that says so",
];

pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Report> {
    let says = format!("accepted messages of {} bytes a second over HTTP", world::TEXT_BYTES);
    let mut report = Report::new("http", says, NOT_MEASURED);
    let folder = bench.folder()?;
    let gateway = Server::start(folder.path(), world::options())?;
    let plain = Plain::start()?;
    let turn = Duration::from_millis(bench.of(100, 4_000, 15_000));
    let (mut at_gateway, mut at_plain) = (hammer(&gateway.address)?, hammer(&plain.address)?);
    // Opens the conversations, and wakes them.
    at_gateway.send(2 * CONVERSATIONS)?;
    at_plain.send(2 * CONVERSATIONS)?;
    for connections in bench.of(vec![8], vec![16, 128], vec![16, 128, 512]) {
        (at_gateway.connections, at_plain.connections) = (connections, connections);
        let (mut accepted, mut answered, mut behind) = (Vec::new(), Vec::new(), Vec::new());
        for number in 0..bench.rounds {
            say(format_args!("http: {connections} connections, round {}", number + 1));
            accepted.push(at_gateway.run(turn)?);
            behind.push(gateway.list_behind() as f64);
            // What the list still has to do must not slow the other side's turn.
            gateway.list_is_there();
            answered.push(at_plain.run(turn)?);
        }
        report.ratio(format!("{connections} connections: gateway / plain route"), &accepted, &answered);
        report.row(format!("{connections} connections: gateway"), "messages/s", &accepted);
        report.row(format!("{connections} connections: plain route"), "messages/s", &answered);
        report.row(format!("{connections} connections: the list is behind by"), "records", &behind);
    }
    gateway.stop()?;
    plain.stop()?;
    Ok(report)
}

/// A load on one address, with messages that this server has not seen.
pub(crate) fn hammer(address: &str) -> anyhow::Result<Hammer> {
    Ok(Hammer {
        address: address.to_owned(),
        token: server::token()?,
        connections: 64,
        requesters: CONVERSATIONS,
        next: Arc::new(AtomicU64::new(0)),
    })
}
