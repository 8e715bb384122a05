//! The numbers that a monitoring system scrapes. Labels are route patterns, methods and statuses: few, and nobody's.

use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::time::Duration;

const REQUESTS: &str = "colloquy_http_requests_total";
const SECONDS: &str = "colloquy_http_request_seconds";

/// From a read in memory to a request that waited for its whole timeout.
const BUCKETS_S: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.035, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Makes this process record its metrics, once. Everything whose name ends in `_seconds` gets buckets; without them a
/// histogram would be a summary, which cannot be added up over processes.
///
/// # Errors
/// If the process has a recorder already.
pub fn install_metrics() -> Result<PrometheusHandle, BuildError> {
    let handle = builder()?.install_recorder()?;
    describe_counter!(REQUESTS, "Requests that were answered, by route pattern, method and status.");
    describe_histogram!(SECONDS, Unit::Seconds, "How long answers took, by route pattern.");
    Ok(handle)
}

/// What the recorder is made with.
pub(crate) fn builder() -> Result<PrometheusBuilder, BuildError> {
    PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS_S)
}

/// Counts one answered request.
pub(crate) fn request(route: &str, method: &'static str, status: u16, elapsed: Duration) {
    let route = route.to_owned();
    let status = status.to_string();
    counter!(REQUESTS, "route" => route.clone(), "method" => method, "status" => status).increment(1);
    histogram!(SECONDS, "route" => route).record(elapsed.as_secs_f64());
}
