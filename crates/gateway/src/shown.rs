//! What people are shown of facts, as it goes over the wire.

use crate::content::{show_attachment, time_text};
use crate::failure::Failure;
use actix_web::web::{self, Data};
use api::{HistoryItem, Part};
use domain::channel::Mode;
use domain::contact::ContactEvent;
use domain::notice::{Place, Said, to_requester};
use domain::{ContactId, ConversationId, Event, Message};
use engine::{Engine, EventRecord};
use std::collections::{BTreeMap, BTreeSet};
use views::{Conversations, Row};

/// Items of a requester's history with what they show, each in the language of its conversation. In a window the whole matrix of the mode holds: what text messages
/// leave out is left out where they are sent.
pub(crate) async fn items(
    engine: &Engine,
    view: &Data<Conversations>,
    contact: ContactId,
    found: Vec<views::HistoryItem>,
) -> Result<Vec<HistoryItem>, Failure> {
    let rows = rows(view, &found).await?;
    let facts = engine.facts(contact, found.iter().map(|item| item.fact).collect()).await?;
    let texts = &engine.configuration().texts;
    let item = |(found, record): (views::HistoryItem, EventRecord)| {
        let row = found.conversation.and_then(|id| rows.get(&id));
        let place = Place {
            mode: row.map_or(Mode::Messaging, |row| row.mode),
            kind: None,
            texts,
            language: row.and_then(|row| row.language.as_deref()),
        };
        HistoryItem {
            number: found.number,
            conversation_id: found.conversation.map(|id| id.to_string()),
            at: time_text(record.at()),
            unread: found.unread,
            parts: parts(&record.envelope.event, place),
        }
    };
    Ok(found.into_iter().zip(facts).map(item).collect())
}

/// What the requester is shown of one fact.
pub(crate) fn parts(event: &Event, place: Place<'_>) -> Vec<Part> {
    match event {
        Event::Conversation(event) => to_requester(event, place).into_iter().map(part).collect(),
        Event::Contact(ContactEvent::NotificationSent(notification)) => vec![Part::Notification {
            notification_id: notification.id.to_string(),
            text: notification.text.expose().clone(),
            link: notification.link.as_ref().map(|link| link.expose().clone()),
        }],
        Event::Contact(_)
        | Event::Configuration(_)
        | Event::Router(_)
        | Event::Directory(_)
        | Event::Engine(_) => Vec::new(),
    }
}

fn part(said: Said<'_>) -> Part {
    let files = |message: &Message| message.content.attachments().iter().map(show_attachment).collect();
    let text = |message: &Message| message.content.text().expose().clone();
    match said {
        Said::ByRequester(message) => Part::Requester {
            message_id: message.id.to_string(),
            text: text(message),
            attachments: files(message),
        },
        Said::ByAgent(agent, message) => Part::Agent {
            agent: agent.to_string(),
            message_id: message.id.to_string(),
            text: text(message),
            attachments: files(message),
        },
        Said::ByVirtualAgent(message) => Part::VirtualAgent {
            message_id: message.id.to_string(),
            text: text(message),
            attachments: files(message),
        },
        Said::Notice { key, text } => Part::Notice { key: key.name().to_owned(), text },
    }
}

/// What the list knows of the conversations of these items.
async fn rows(
    view: &Data<Conversations>,
    found: &[views::HistoryItem],
) -> Result<BTreeMap<ConversationId, Row>, Failure> {
    let ids: BTreeSet<ConversationId> = found.iter().filter_map(|item| item.conversation).collect();
    let view = view.clone().into_inner();
    let read = move || {
        let row = |id| Some(view.row(id).transpose()?.map(|row| (id, row)));
        ids.into_iter().filter_map(row).collect::<Result<_, views::Error>>()
    };
    web::block(read).await?.map_err(unreadable)
}

fn unreadable(error: views::Error) -> Failure {
    Failure::new(api::ProblemCode::StoreFailed, "what was said cannot be read; try again")
        .because(error.to_string())
}
