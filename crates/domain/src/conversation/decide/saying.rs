//! What may be said: which files a message can bring (`PRO-8`), and what counts as an answer (`MSG-26`).

use crate::channel::ChannelKind;
use crate::conversation::{Context, Conversation, Question};
use crate::{Message, Rejection, content};

/// Files are checked on both sides: an agent opens what a stranger sends.
pub(super) fn check_files(message: &Message, context: Context<'_>) -> Result<(), Rejection> {
    let check = |file| context.attachments.check(file).map_err(Rejection::AttachmentRefused);
    message.content.attachments().iter().try_for_each(check)
}

/// What a requester says, with the answer that it is. Where there is only text, the label or the number of a choice is
/// an answer to choices that were not answered yet.
pub(super) fn by_requester(
    conversation: Option<&Conversation>,
    message: &Message,
    context: Context<'_>,
) -> Result<Message, Rejection> {
    check_files(message, context)?;
    let question = conversation.and_then(|conversation| conversation.question.as_ref());
    let chosen = match message.content.answer() {
        Some(answer) => {
            let question = question.filter(|question| question.message == answer.message);
            let mut options = question.into_iter().flat_map(|question| &question.options);
            Some(options.find(|choice| choice.value == answer.value).ok_or(Rejection::ChoiceUnknown)?)
        }
        None if context.kind.is_some_and(ChannelKind::has_only_text) => {
            let open = question.filter(|question| !question.answered);
            open.and_then(|open| content::meant(&open.options, message.content.text().expose()))
        }
        None => None,
    };
    let Some((Question { message: asked, .. }, choice)) = question.zip(chosen) else {
        return Ok(message.clone());
    };
    Ok(Message { id: message.id, content: message.content.clone().answering(*asked, choice) })
}
