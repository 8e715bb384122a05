//! All routes in one place. The roles of each stand in the type of its handler's first argument.

mod agents;
mod commands;
mod configuration;
mod conversations;
mod health;
mod inbound;
mod list;
mod queues;
mod sessions;
mod stream;
mod transfer;
mod work_items;

use crate::failure::Failure;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Resource};
use api::{AcceptedResponse, ProblemCode};
use domain::ConversationId;
use engine::Accepted;

/// Adds all routes to an application.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(resource("/livez", "GET").route(web::get().to(health::livez)))
        .service(resource("/readyz", "GET").route(web::get().to(health::readyz)))
        .service(resource("/metrics", "GET").route(web::get().to(health::metrics)))
        .service(resource("/v1/channels/{channel}/inbound", "POST").route(web::post().to(inbound::inbound)))
        .service(
            resource("/v1/conversations", "GET, POST")
                .route(web::get().to(list::list))
                .route(web::post().to(inbound::start)),
        )
        .service(resource("/v1/conversations/{id}", "GET").route(web::get().to(conversations::show)))
        .service(resource("/v1/conversations/{id}/events", "GET").route(web::get().to(conversations::events)))
        .service(resource("/v1/conversations/{id}/timers", "GET").route(web::get().to(conversations::timers)))
        .service(
            resource("/v1/conversations/{id}/messages", "POST").route(web::post().to(commands::messages)),
        )
        .service(resource("/v1/conversations/{id}/join", "POST").route(web::post().to(commands::join)))
        .service(resource("/v1/conversations/{id}/hold", "POST").route(web::post().to(commands::hold)))
        .service(resource("/v1/conversations/{id}/resume", "POST").route(web::post().to(commands::resume)))
        .service(resource("/v1/conversations/{id}/end", "POST").route(web::post().to(commands::end)))
        .configure(working)
        .configure(streaming)
        .configure(configuring)
        .default_service(web::to(unknown));
}

/// Adds the routes on which work is routed: agents, queues, work items.
fn working(config: &mut ServiceConfig) {
    config
        .service(resource("/v1/agents", "GET").route(web::get().to(agents::list)))
        .service(resource("/v1/agents/{id}", "GET").route(web::get().to(agents::show)))
        .service(resource("/v1/agents/{id}/inbox", "GET").route(web::get().to(agents::inbox)))
        .service(resource("/v1/agents/{id}/presence", "PUT").route(web::put().to(agents::presence)))
        .service(resource("/v1/queues", "GET").route(web::get().to(queues::list)))
        .service(resource("/v1/queues/{id}", "GET").route(web::get().to(queues::show)))
        .service(resource("/v1/work-items", "GET").route(web::get().to(work_items::list)))
        .service(resource("/v1/work-items/{id}", "GET").route(web::get().to(work_items::show)))
        .service(resource("/v1/work-items/{id}/accept", "POST").route(web::post().to(work_items::accept)))
        .service(resource("/v1/work-items/{id}/reject", "POST").route(web::post().to(work_items::reject)))
        .service(resource("/v1/work-items/{id}/assign", "POST").route(web::post().to(work_items::assign)))
        .service(resource("/v1/work-items/{id}/explain", "GET").route(web::get().to(work_items::explain)))
        .service(
            resource("/v1/conversations/{id}/transfer", "POST").route(web::post().to(transfer::transfer)),
        )
        .service(resource("/v1/conversations/{id}/opened", "POST").route(web::post().to(commands::opened)))
        .service(
            resource("/v1/conversations/{id}/agent-request", "POST, DELETE")
                .route(web::post().to(commands::request_agent))
                .route(web::delete().to(commands::cancel_request)),
        );
}

/// Adds the routes of guests and of live streams.
fn streaming(config: &mut ServiceConfig) {
    config
        .service(resource("/v1/sessions", "POST").route(web::post().to(sessions::begin)))
        .service(resource("/v1/sessions/renew", "POST").route(web::post().to(sessions::renew)))
        .service(resource("/v1/stream", "GET").route(web::get().to(stream::socket)))
        .service(resource("/v1/stream/poll", "GET").route(web::get().to(stream::poll)))
        .service(resource("/v1/stream/events", "GET").route(web::get().to(stream::events)))
        .service(resource("/v1/stream/tickets", "POST").route(web::post().to(stream::ticket)));
}

/// Adds the routes with which routing is configured.
fn configuring(config: &mut ServiceConfig) {
    config
        .service(resource("/v1/configuration/routing", "GET").route(web::get().to(configuration::all)))
        .service(
            resource("/v1/configuration/routing/settings", "GET, PUT")
                .route(web::get().to(configuration::settings))
                .route(web::put().to(configuration::put_settings)),
        )
        .service(
            resource("/v1/configuration/routing/{kind}", "GET").route(web::get().to(configuration::of_kind)),
        )
        .service(
            resource("/v1/configuration/routing/{kind}/{name}", "GET, PUT, DELETE")
                .route(web::get().to(configuration::entry))
                .route(web::put().to(configuration::put_entry))
                .route(web::delete().to(configuration::remove_entry)),
        );
}

/// A path that answers these methods and a problem for all others.
fn resource(path: &'static str, allow: &'static str) -> Resource {
    let refuse = move || async move { Err::<HttpResponse, _>(Failure::method_not_allowed(allow)) };
    web::resource(path).default_service(web::to(refuse))
}

async fn unknown() -> Result<HttpResponse, Failure> {
    Err(Failure::new(ProblemCode::RouteUnknown, "there is no such route; docs/api.md lists them"))
}

/// The id in a path. A text that is none names no conversation.
fn conversation_id(text: &str) -> Result<ConversationId, Failure> {
    ConversationId::parse(text).ok_or_else(Failure::conversation_unknown)
}

/// The answer to a command that was accepted.
fn accepted(accepted: &Accepted) -> HttpResponse {
    HttpResponse::Accepted().json(accepted_response(accepted))
}

/// What it says.
pub(crate) fn accepted_response(accepted: &Accepted) -> AcceptedResponse {
    let Accepted { conversation, message, duplicate, position } = accepted;
    AcceptedResponse {
        conversation_id: conversation.to_string(),
        message_id: message.map(|message| message.to_string()),
        duplicate: *duplicate,
        position: position.to_string(),
    }
}
