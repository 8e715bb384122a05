//! What a rehearsal prints.

use crate::args::Format;
use crate::exit::Failure;
use crate::ui;
use ::replay::{GroupReport, QueueReport, Report, RosterReport, Waits};

/// Prints a report.
pub(super) fn print(report: &Report, format: Format) -> Result<(), Failure> {
    match format {
        // Not by way of a value, which would sort the names.
        Format::Json => ui::data(serde_json::to_string(report).map_err(Failure::user)?),
        Format::Text => {
            let mut rows = counts(&serde_json::json!(report.counts));
            rows.push(vec!["events".to_owned(), report.events.to_string()]);
            rows.push(vec!["simulated seconds".to_owned(), report.simulated_seconds.to_string()]);
            rows.push(vec!["state hash".to_owned(), report.state_hash.clone()]);
            ui::data(ui::table(&rows));
            if let Some(roster) = &report.roster {
                print_roster(roster);
            }
        }
    }
    Ok(())
}

fn print_roster(roster: &RosterReport) {
    let RosterReport { routed, queues, groups } = roster;
    ui::data(format_args!("\nrouting\n{}", ui::table(&counts(&serde_json::json!(routed)))));
    let head = [
        "queue",
        "entered",
        "offers",
        "accepted",
        "rejected",
        "timed out",
        "abandoned",
        "max wait",
        "late",
        "wait mean",
        "p50",
        "p90",
        "p99",
        "max",
    ];
    let rows: Vec<Vec<String>> = queues.iter().map(queue).collect();
    ui::data(format_args!("\n{}", table(&head, rows)));
    let head =
        ["group", "agents", "shift h", "with work", "in use", "after shift h", "handled", "mean handling"];
    let rows: Vec<Vec<String>> = groups.iter().map(group).collect();
    ui::data(format_args!("\n{}", table(&head, rows)));
}

/// All numbers of an object, by name.
fn counts(counts: &serde_json::Value) -> Vec<Vec<String>> {
    let fields = counts.as_object().into_iter().flatten();
    fields.map(|(name, count)| vec![name.clone(), count.to_string()]).collect()
}

fn table(head: &[&str], mut rows: Vec<Vec<String>>) -> String {
    rows.insert(0, head.iter().map(|name| (*name).to_owned()).collect());
    ui::table(&rows)
}

fn queue(queue: &QueueReport) -> Vec<String> {
    let QueueReport {
        queue: name,
        entered,
        offers,
        accepted,
        rejected,
        timed_out,
        abandoned,
        max_wait,
        late,
        wait,
    } = queue;
    let Waits { mean_ms, p50_ms, p90_ms, p99_ms, max_ms } = *wait;
    let counts = [entered, offers, accepted, rejected, timed_out, abandoned, max_wait, late];
    let waits = [mean_ms, p50_ms, p90_ms, p99_ms, max_ms];
    let counts = counts.iter().map(ToString::to_string);
    std::iter::once(name.clone()).chain(counts).chain(waits.into_iter().map(seconds)).collect()
}

fn group(group: &GroupReport) -> Vec<String> {
    let GroupReport {
        group: name,
        agents,
        shift_seconds,
        share_with_work,
        mean_use,
        after_shift_seconds,
        handled,
        mean_handling_ms,
    } = group;
    let hours = |seconds: i64| format!("{:.1}", seconds as f64 / 3600.0);
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    vec![
        name.clone(),
        agents.to_string(),
        hours(*shift_seconds),
        percent(*share_with_work),
        percent(*mean_use),
        hours(*after_shift_seconds),
        handled.to_string(),
        seconds(*mean_handling_ms),
    ]
}

fn seconds(ms: i64) -> String {
    format!("{:.1} s", ms as f64 / 1000.0)
}
