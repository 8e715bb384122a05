//! All routes in one place. The roles of each stand in the type of its handler's first argument.

mod agents;
mod bulk;
mod commands;
mod compose;
mod configuration;
mod conversations;
mod desk;
mod health;
mod identity;
mod inbound;
mod list;
mod notifications;
mod outbound;
mod queues;
mod requester;
mod said;
mod sessions;
mod stream;
mod transcript;
mod transfer;
mod twilio;
mod users;
mod virtual_agent;
mod windows;
mod wording;
mod work_items;

use crate::failure::Failure;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Resource};
use api::{AcceptedResponse, ProblemCode};
use domain::ConversationId;
use engine::Accepted;

/// Adds all routes to an application.
pub(crate) fn routes(config: &mut ServiceConfig) {
    // `bulk` would be taken for an id by what comes after it.
    knowing(config);
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
            resource("/v1/conversations/{id}/messages", "GET, POST")
                .route(web::get().to(said::messages))
                .route(web::post().to(commands::messages)),
        )
        .service(
            resource("/v1/conversations/{id}/virtual-agent/messages", "POST")
                .route(web::post().to(virtual_agent::messages)),
        )
        .service(
            resource("/v1/conversations/{id}/virtual-agent/end", "POST")
                .route(web::post().to(virtual_agent::end)),
        )
        .service(resource("/v1/conversations/{id}/join", "POST").route(web::post().to(commands::join)))
        .service(resource("/v1/conversations/{id}/hold", "POST").route(web::post().to(commands::hold)))
        .service(resource("/v1/conversations/{id}/resume", "POST").route(web::post().to(commands::resume)))
        .service(resource("/v1/conversations/{id}/end", "POST").route(web::post().to(commands::end)))
        .configure(providers)
        .configure(looking)
        .configure(working)
        .configure(delivering)
        .configure(streaming)
        .configure(configuring)
        .configure(wording)
        .default_service(web::to(unknown));
}

/// Adds the routes on which it is said and asked who somebody is.
fn knowing(config: &mut ServiceConfig) {
    config
        .service(resource("/v1/conversations/bulk", "POST").route(web::post().to(bulk::bulk)))
        .service(
            resource("/v1/conversations/{id}/reassociate", "POST")
                .route(web::post().to(identity::reassociate)),
        )
        .service(resource("/v1/conversations/{id}/verify", "POST").route(web::post().to(identity::verify)))
        .service(resource("/v1/contacts/lookup", "GET").route(web::get().to(identity::lookup)))
        .service(resource("/v1/compose", "GET").route(web::get().to(compose::show)))
        .service(resource("/v1/users", "GET").route(web::get().to(users::list)))
        .service(resource("/v1/users/import", "POST").route(web::post().to(users::import)))
        .service(
            resource("/v1/users/{id}", "GET, PUT, DELETE")
                .route(web::get().to(users::show))
                .route(web::put().to(users::put))
                .route(web::delete().to(users::remove)),
        )
        .service(resource("/v1/users/{id}/pin", "PUT").route(web::put().to(users::pin)));
}
/// Adds the routes to which providers post, who sign instead of bearing a token.
fn providers(config: &mut ServiceConfig) {
    config
        .service(resource("/v1/channels/{channel}/twilio", "POST").route(web::post().to(twilio::inbound)))
        .service(
            resource("/v1/channels/{channel}/twilio/status/{key}", "POST")
                .route(web::post().to(twilio::status)),
        );
}
/// Adds the routes with which requesters and agents look at what was said.
fn looking(config: &mut ServiceConfig) {
    config
        .service(resource("/v1/windows", "POST").route(web::post().to(windows::open)))
        .service(resource("/v1/windows/{id}", "DELETE").route(web::delete().to(windows::close)))
        .service(resource("/v1/windows/{id}/page", "POST").route(web::post().to(windows::page)))
        .service(resource("/v1/windows/{id}/renew", "POST").route(web::post().to(windows::renew)))
        .service(resource("/v1/unread", "GET").route(web::get().to(windows::unread)))
        .service(resource("/v1/notifications", "POST").route(web::post().to(notifications::notify)))
        .service(resource("/v1/agents/{id}/ongoing", "GET").route(web::get().to(desk::ongoing)))
        .service(resource("/v1/conversations/{id}/seen", "POST").route(web::post().to(commands::seen)))
        .service(resource("/v1/conversations/{id}/history", "GET").route(web::get().to(desk::history)))
        .service(resource("/v1/conversations/{id}/transcript", "GET").route(web::get().to(transcript::show)));
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

/// Adds the routes over which what is said goes out.
fn delivering(config: &mut ServiceConfig) {
    config
        .service(resource("/v1/channels/{channel}/outbound", "GET").route(web::get().to(outbound::list)))
        .service(
            resource("/v1/channels/{channel}/outbound/{key}/ack", "POST")
                .route(web::post().to(outbound::ack)),
        )
        .service(
            resource("/v1/channels/{channel}/outbound/{key}/receipt", "POST")
                .route(web::post().to(outbound::receipt)),
        )
        .service(resource("/v1/dead-letters", "GET").route(web::get().to(outbound::dead_letters)))
        .service(resource("/v1/dead-letters/{key}/redrive", "POST").route(web::post().to(outbound::redrive)))
        .service(resource("/v1/dead-letters/{key}/discard", "POST").route(web::post().to(outbound::discard)));
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

/// Adds the routes with which texts, components and files are configured.
fn wording(config: &mut ServiceConfig) {
    config
        .service(resource("/v1/configuration/texts", "GET").route(web::get().to(wording::texts)))
        .service(
            resource("/v1/configuration/texts/{language}/{key}", "GET, PUT, DELETE")
                .route(web::get().to(wording::text))
                .route(web::put().to(wording::put_text))
                .route(web::delete().to(wording::remove_text)),
        )
        .service(resource("/v1/configuration/components", "GET").route(web::get().to(wording::components)))
        .service(
            resource("/v1/configuration/components/{name}", "GET, PUT, DELETE")
                .route(web::get().to(wording::component))
                .route(web::put().to(wording::put_component))
                .route(web::delete().to(wording::remove_component)),
        )
        .service(
            resource("/v1/configuration/channels/{id}/attachments", "GET, PUT, DELETE")
                .route(web::get().to(wording::attachments))
                .route(web::put().to(wording::put_attachments))
                .route(web::delete().to(wording::remove_attachments)),
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
        conversation_id: if conversation.is_none() { String::new() } else { conversation.to_string() },
        message_id: message.map(|message| message.to_string()),
        duplicate: *duplicate,
        position: position.to_string(),
    }
}
