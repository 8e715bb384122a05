//! The report as rows of text, for whoever prints it.

use crate::{Figures, Report, Verification, Wrong, report::Came};

/// The report for people: a heading row, then one row per operation, then two columns of everything else.
pub fn table(report: &Report) -> Vec<Vec<String>> {
    let mut rows = vec![row(["operation", "count", "p50 ms", "p90 ms", "p99 ms", "p99.9 ms", "max ms"])];
    rows.extend(report.operations.iter().map(|(name, figures)| latencies(name, figures)));
    let mut tell = |name: &str, value: String| rows.push(vec![name.to_owned(), value]);
    tell("seed", report.seed.to_string());
    tell("rate asked", format!("{:.1}/s for {} s", report.rate_per_s, report.duration_s));
    tell("rate achieved", format!("{:.1}/s", report.achieved_per_s));
    let messages = &report.messages;
    let counts = [
        ("planned", messages.planned),
        ("sent", messages.sent),
        ("acknowledged", messages.acknowledged),
        ("refused", messages.refused),
        ("unacknowledged", messages.unacknowledged),
        ("unsent", messages.unsent),
        ("waited for a connection", messages.waited),
        ("duplicates answered", report.duplicates.answered),
        ("duplicates not reported", report.duplicates.unreported),
        ("duplicates with other ids", report.duplicates.unequal),
        ("duplicates not sent", report.duplicates.unexpected),
    ];
    for (name, count) in counts {
        tell(name, count.to_string());
    }
    for trouble in &report.troubles {
        let came = match trouble.came {
            Came::Retried => "retried",
            Came::Refused => "refused",
            Came::Failed => "failed",
        };
        tell(&format!("{} {came}: {}", trouble.operation, trouble.code), trouble.count.to_string());
    }
    match (&report.verification, &report.unverified) {
        (Some(verification), _) => rows.extend(checked(verification)),
        (None, Some(why)) => tell("not checked", why.clone()),
        (None, None) => tell("not checked", "as asked".to_owned()),
    }
    rows
}

fn checked(verification: &Verification) -> Vec<Vec<String>> {
    let counts = [
        ("conversations read", verification.conversations),
        ("acknowledged and read back", verification.found),
        ("missing", verification.missing),
        ("doubled", verification.doubled),
        ("unequal ids", verification.unequal),
        ("shared ids", verification.shared),
    ];
    let mut rows: Vec<_> = counts.map(|(name, count)| vec![name.to_owned(), count.to_string()]).into();
    for finding in &verification.findings {
        let name = match finding.wrong {
            Wrong::Missing => "missing message",
            Wrong::Doubled => "doubled message",
            Wrong::Unequal => "unequal ids of message",
            Wrong::Shared => "shared id of message",
        };
        let place = format!("{} in conversation {}", finding.message_id, finding.conversation_id);
        rows.push(vec![name.to_owned(), format!("{place}, sent as {}", finding.key)]);
    }
    rows
}

fn latencies(name: &str, figures: &Figures) -> Vec<String> {
    let mut cells = vec![name.to_owned(), figures.count.to_string()];
    let ms = [figures.p50_ms, figures.p90_ms, figures.p99_ms, figures.p99_9_ms, figures.max_ms];
    cells.extend(ms.map(|ms| format!("{ms:.2}")));
    cells
}

fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).into()
}
