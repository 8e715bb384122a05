//! What a figure tells: rows of rounds, their ratios, and what was not measured.

use serde::Serialize;
use std::fmt;

/// One figure.
#[derive(Serialize)]
pub(crate) struct Report {
    figure: &'static str,
    says: String,
    cores: usize,
    rows: Vec<Row>,
    not_measured: &'static [&'static str],
}

/// One number over all rounds.
#[derive(Serialize)]
struct Row {
    name: String,
    unit: &'static str,
    min: f64,
    median: f64,
    max: f64,
}

impl Report {
    pub(crate) fn new(
        figure: &'static str,
        says: impl Into<String>,
        not_measured: &'static [&'static str],
    ) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { figure, says: says.into(), cores, rows: Vec::new(), not_measured }
    }

    /// Adds what the rounds gave.
    pub(crate) fn row(&mut self, name: impl Into<String>, unit: &'static str, rounds: &[f64]) {
        let (min, median, max) = (quantile(rounds, 0.0), quantile(rounds, 0.5), quantile(rounds, 1.0));
        self.rows.push(Row { name: name.into(), unit, min, median, max });
    }

    /// Adds what was measured once.
    pub(crate) fn fact(&mut self, name: impl Into<String>, unit: &'static str, value: f64) {
        self.row(name, unit, &[value]);
    }

    /// Adds the ratio of two sides, round by round, because a noisy neighbour hits both turns of a round.
    pub(crate) fn ratio(&mut self, name: impl Into<String>, of: &[f64], to: &[f64]) {
        let ratios: Vec<f64> = of.iter().zip(to).map(|(of, to)| of / to).collect();
        self.row(name, "x", &ratios);
    }
}

/// The value below which this share of all values lies.
pub(crate) fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (share * sorted.len().saturating_sub(1) as f64).round() as usize;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {} ({} cores)", self.figure, self.says, self.cores)?;
        let width = self.rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
        let unit = self.rows.iter().map(|row| row.unit.chars().count()).max().unwrap_or(0);
        let header = format!("{:width$}  {:unit$}  {:>10}  {:>10}  {:>10}", "", "", "min", "median", "max");
        writeln!(f, "  {header}")?;
        for Row { name, unit: of, min, median, max } in &self.rows {
            let [min, median, max] = [min, median, max].map(|value| short(*value));
            writeln!(f, "  {name:width$}  {of:unit$}  {min:>10}  {median:>10}  {max:>10}")?;
        }
        writeln!(f, "  Not measured: {}.", self.not_measured.join("; "))
    }
}

/// Three digits that matter, and no more.
fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 || size == 0.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}
