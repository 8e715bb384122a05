//! The facts about what messages carry and what the system says.

use super::{AT, agent, channel};
use domain::configuration::ConfigurationEvent;
use domain::conversation::ConversationEvent;
use domain::notice::NoticeKey;
use domain::{Answer, Attachment, AttachmentRules, Choice, Choices, Component, ComponentName, Content};
use domain::{Message, MessageId, Parts, Personal};
use uuid::Uuid;

/// What came with choices.
pub(super) fn chosen_events() -> Vec<ConversationEvent> {
    use ConversationEvent as E;
    let options = || vec![Choice::new("yes", "Yes"), Choice::new("no", "No, 2")];
    let said = |number: u128, parts: Parts| Message {
        id: MessageId(Uuid::from_u128(number)),
        content: Content::of(Parts { text: Personal::new("Well?".to_owned()), ..parts }).unwrap(),
    };
    let posted = |number, choices| {
        let message = said(number, Parts { choices: Some(choices), ..Parts::default() });
        E::AgentMessagePosted { agent: agent("ann.lee"), message }
    };
    let answer = Some(Answer { message: MessageId(Uuid::from_u128(3)), value: "yes".to_owned() });
    let sized = Attachment {
        url: Personal::new("https://files.example/2.pdf".to_owned()),
        content_type: "application/pdf".to_owned(),
        name: None,
        size_bytes: Some(70_000),
    };
    let parts = Parts { answer, attachments: vec![sized], ..Parts::default() };
    vec![
        posted(3, Choices::new(Some(component("answered_question")), options()).unwrap()),
        posted(4, Choices::new(None, options()).unwrap()),
        E::RequesterMessagePosted { message: said(5, parts), sent_at: None, counts_from: AT },
    ]
}

/// What is configured of words and files.
pub(super) fn events() -> Vec<ConfigurationEvent> {
    use ConfigurationEvent as E;
    let text = |text: Option<&str>| E::TextConfigured {
        language: "pt-br".to_owned(),
        key: NoticeKey::AgentTransfer,
        text: text.map(str::to_owned),
    };
    let attachments = |rules| E::AttachmentsConfigured { channel: channel("web"), rules };
    let name = || component("answered_question");
    let choices = vec![Choice::new("yes", "Yes"), Choice::new("no", "No")];
    let said = Component::new("Was that all?".to_owned(), choices).unwrap();
    vec![
        text(Some("Um momento.")),
        text(None),
        attachments(Some(AttachmentRules::new(["image/*".to_owned()], 70_000).unwrap())),
        attachments(None),
        E::ComponentConfigured { name: name(), component: Some(said) },
        E::ComponentConfigured { name: name(), component: None },
    ]
}

pub(in crate::tests) fn component(name: &str) -> ComponentName {
    ComponentName::new(name).unwrap()
}
