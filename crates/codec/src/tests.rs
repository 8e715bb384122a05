//! Tests that look at the whole: golden bytes, properties of arbitrary values, and the shape of the JSON.

mod arbitrary;
mod arbitrary_state;
mod golden;
mod json;
mod properties;
mod router_json;
mod router_rows;
mod routing;
mod samples;
