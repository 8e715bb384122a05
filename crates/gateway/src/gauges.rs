//! How much work there is and who is there, as gauges.
//!
//! They are read off the router when somebody scrapes, and not recorded as things happen: a queue or a presence state
//! that is gone leaves no gauge behind. No label holds the name of a person (`P1`), and there are as many as there are
//! queues and presence states (`X1`). The alphabet of their names needs no escapes.

use crate::look;
use domain::Timestamp;
use domain::router::Router;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

/// The gauges in the text format of Prometheus.
pub(crate) fn render(router: &Router, now: Timestamp) -> String {
    let mut text = String::new();
    // Writing into a string does not fail.
    let _ = write(&mut text, router, now);
    text
}

fn write(text: &mut String, router: &Router, now: Timestamp) -> fmt::Result {
    head(text, "colloquy_work_items", "Work items that are not over, by place.")?;
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    router.state().items.values().for_each(|item| *places.entry(item.place.name()).or_default() += 1);
    for (place, count) in places {
        writeln!(text, "colloquy_work_items{{place=\"{place}\"}} {count}")?;
    }
    head(text, "colloquy_queue_items", "Work items of a queue: those that wait and those that are offered.")?;
    for figures in router.routing().queues.keys().filter_map(|id| router.queue_figures(id, now)) {
        let queue = &figures.queue;
        for (place, count) in [("queued", figures.queued), ("offered", figures.offered)] {
            writeln!(text, "colloquy_queue_items{{queue=\"{queue}\",place=\"{place}\"}} {count}")?;
        }
    }
    head(text, "colloquy_agents", "Agents by presence state.")?;
    let mut present: BTreeMap<&str, usize> =
        router.routing().presence.keys().map(|state| (state.as_str(), 0)).collect();
    let (roster, here) = (&router.routing().agents, &router.state().agents);
    let never_came = roster.keys().filter(|agent| !here.contains_key(*agent));
    here.keys().chain(never_came).for_each(|agent| {
        *present.entry(look::presence(router, agent)).or_default() += 1;
    });
    for (state, count) in present {
        writeln!(text, "colloquy_agents{{presence=\"{state}\"}} {count}")?;
    }
    Ok(())
}

fn head(text: &mut String, name: &str, help: &str) -> fmt::Result {
    writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge")
}
