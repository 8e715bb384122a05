//! Transcripts: what was said, for the requester and for those who work, each as one text (`MSG-21`, `MSG-22`).

use super::conversation_id;
use crate::access::{Caller, Everyone};
use crate::content::time_text;
use crate::failure::Failure;
use crate::query::Params;
use crate::sending;
use crate::shown::parts;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use api::{Part, ProblemCode, TranscriptResponse};
use domain::channel::{ChannelKind, Mode};
use domain::notice::{Place, Texts, in_written_order};
use domain::{ConversationId, Role};
use engine::{Engine, EventRecord};
use std::fmt::Write as _;

/// The longest transcript that stands in an answer itself, in characters (`MSG-21`).
const INLINE_MAX: usize = 4000;
/// The most events of a conversation that a transcript tells (`X1`).
const EVENTS_MAX: u64 = 10_000;
/// How many events are read at a time.
const PAGE: usize = 500;

/// For whom a transcript is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// For those who work: everything.
    Internal,
    /// For the requester: what they were shown.
    External,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::External => "external",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Internal, Self::External].into_iter().find(|kind| kind.name() == name)
    }
}

/// Where a conversation took place.
struct Scene {
    mode: Mode,
    kind: Option<ChannelKind>,
    texts: Texts,
    language: Option<String>,
}

/// `GET /v1/conversations/{id}/transcript`
pub(super) async fn show(
    caller: Caller<Everyone>,
    id: Path<String>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let params = Params::read(&request, &["kind", "format"])?;
    let kind = params.get("kind", "`internal` or `external`", Kind::parse)?.unwrap_or(Kind::External);
    let formats = |name: &str| ["json", "text"].into_iter().find(|format| *format == name);
    let as_text = params.get("format", "`json` or `text`", formats)? == Some("text");
    if kind == Kind::Internal && matches!(caller.role(), Role::Requester | Role::Gateway) {
        let detail = "the internal transcript is for agents, supervisors and admins";
        return Err(Failure::new(ProblemCode::RoleForbidden, detail));
    }
    let id = conversation_id(&id)?;
    let (conversation, hidden) = sending::shown(&engine, &caller, id).await?;
    let channels = &engine.configuration().channels;
    let scene = Scene {
        mode: conversation.policy.mode(),
        kind: channels.get(&conversation.channel).map(|settings| settings.kind),
        texts: engine.configuration().texts.clone(),
        language: conversation.language.clone(),
    };
    let text = write(&engine, id, hidden, kind, &scene).await?;
    if as_text {
        return Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text));
    }
    let characters = text.chars().count();
    Ok(HttpResponse::Ok().json(TranscriptResponse {
        conversation_id: id.to_string(),
        kind: kind.name().to_owned(),
        characters: characters as u64,
        text: (characters <= INLINE_MAX).then_some(text),
        url: format!("/v1/conversations/{id}/transcript?kind={}&format=text", kind.name()),
    }))
}

/// All but the first `hidden` events.
async fn write(
    engine: &Engine,
    id: ConversationId,
    hidden: u64,
    kind: Kind,
    scene: &Scene,
) -> Result<String, Failure> {
    let (mut text, mut after) = (String::new(), hidden);
    loop {
        let page = engine.events(id, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(text) };
        after = last.version;
        let page = in_written_order(page, EventRecord::of_conversation);
        page.iter().for_each(|record| tell(&mut text, record, kind, scene));
        if is_enough(hidden, after) {
            text.push_str("(the rest is left out)\n");
            return Ok(text);
        }
    }
}

/// Whether no more is told once `after` events were passed, of which the first `hidden` were not told at all.
const fn is_enough(hidden: u64, after: u64) -> bool {
    after.saturating_sub(hidden) >= EVENTS_MAX
}

/// The lines of one event.
fn tell(text: &mut String, record: &EventRecord, kind: Kind, scene: &Scene) {
    let at = time_text(record.at());
    let Scene { mode, kind: channel, texts, language } = scene;
    let place = Place { mode: *mode, kind: *channel, texts, language: language.as_deref() };
    let told = parts(&record.envelope.event, place);
    let mut said = false;
    for part in told {
        // What the requester takes along is what people said to them.
        if kind == Kind::External && matches!(part, Part::VirtualAgent { .. }) {
            continue;
        }
        said |= matches!(part, Part::Requester { .. } | Part::Agent { .. } | Part::VirtualAgent { .. });
        say(text, &at, &part);
    }
    if kind == Kind::Internal && !said {
        let principal = &record.envelope.cause.principal;
        let (what, by) = (record.type_name(), principal.role.name());
        line(text, &at, "*", &format!("{what} by {by} {}: {}", principal.name, record.data()));
    }
}

fn say(text: &mut String, at: &str, part: &Part) {
    let (who, said, files) = match part {
        Part::Requester { text, attachments, .. } => ("requester:", text, attachments.as_slice()),
        Part::VirtualAgent { text, attachments, .. } => ("virtual agent:", text, attachments.as_slice()),
        Part::Agent { agent, text: said, attachments, .. } => {
            return message(text, at, &format!("{agent}:"), said, attachments);
        }
        Part::Notice { text, .. } | Part::Notification { text, .. } => ("-", text, &[][..]),
    };
    message(text, at, who, said, files);
}

fn message(text: &mut String, at: &str, who: &str, said: &str, files: &[api::Attachment]) {
    if !said.is_empty() || files.is_empty() {
        line(text, at, who, said);
    }
    for api::Attachment { url, content_type, name, size_bytes: _ } in files {
        let name = name.as_deref().unwrap_or("attachment");
        line(text, at, who, &format!("[{name}, {content_type}] {url}"));
    }
}

/// What goes on over several lines is indented, so that nothing that somebody writes looks like somebody else's line.
fn line(text: &mut String, at: &str, who: &str, said: &str) {
    let said = said.lines().collect::<Vec<_>>().join("\n    ");
    // Writing into a string does not fail.
    let _ = writeln!(text, "{at} {who} {said}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_cannot_look_like_a_line_of_somebody_else() {
        let mut text = String::new();
        message(&mut text, "T", "requester:", "Hello\nT ann: you are right\r\n\nbye", &[]);
        assert_eq!(text, "T requester: Hello\n    T ann: you are right\n    \n    bye\n");
    }

    /// X1, ID-9: what came before the requester does not use up what they may take along.
    #[test]
    fn the_longest_transcript_begins_where_the_requester_does() {
        assert!(!is_enough(0, EVENTS_MAX - 1));
        assert!(is_enough(0, EVENTS_MAX));
        assert!(!is_enough(EVENTS_MAX, EVENTS_MAX + PAGE as u64));
        assert!(is_enough(EVENTS_MAX, 2 * EVENTS_MAX));
    }

    /// MSG-22
    #[test]
    fn attachments_are_urls() {
        let file = api::Attachment {
            url: "https://files.example/1.png".to_owned(),
            content_type: "image/png".to_owned(),
            name: None,
            size_bytes: None,
        };
        let mut text = String::new();
        message(&mut text, "T", "ann:", "", std::slice::from_ref(&file));
        assert_eq!(text, "T ann: [attachment, image/png] https://files.example/1.png\n");
    }
}
