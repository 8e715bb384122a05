//! What the router has to have done to a conversation.

use super::parts::text;
use crate::Error;
use crate::v1::parts::{OfferId, agent};
use domain::ConversationId;
use domain::router::Errand as DomainErrand;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) enum Errand {
    Assign {
        conversation: [u8; 16],
        agent: String,
        offer: OfferId,
        transferred_from: Option<String>,
        greeting: Option<String>,
    },
    Unassign {
        conversation: [u8; 16],
        agent: String,
    },
    EndWait {
        conversation: [u8; 16],
        text: Option<String>,
    },
    Refuse {
        conversation: [u8; 16],
        text: Option<String>,
    },
    Tell {
        conversation: [u8; 16],
        number: u32,
        text: String,
    },
}

impl From<&DomainErrand> for Errand {
    fn from(errand: &DomainErrand) -> Self {
        let conversation = errand.conversation().to_bytes();
        match errand {
            DomainErrand::Assign { conversation: _, agent, offer, transferred_from, greeting } => {
                Self::Assign {
                    conversation,
                    agent: text(agent),
                    offer: (*offer).into(),
                    transferred_from: transferred_from.as_ref().map(text),
                    greeting: greeting.clone(),
                }
            }
            DomainErrand::Unassign { conversation: _, agent } => {
                Self::Unassign { conversation, agent: text(agent) }
            }
            DomainErrand::EndWait { conversation: _, text } => {
                Self::EndWait { conversation, text: text.clone() }
            }
            DomainErrand::Refuse { conversation: _, text } => {
                Self::Refuse { conversation, text: text.clone() }
            }
            DomainErrand::Tell { conversation: _, number, text } => {
                Self::Tell { conversation, number: *number, text: text.clone() }
            }
        }
    }
}

impl TryFrom<Errand> for DomainErrand {
    type Error = Error;

    fn try_from(errand: Errand) -> Result<Self, Error> {
        let id = ConversationId::from_bytes;
        Ok(match errand {
            Errand::Assign { conversation, agent: to, offer, transferred_from, greeting } => Self::Assign {
                conversation: id(conversation),
                agent: agent(&to)?,
                offer: offer.into(),
                transferred_from: transferred_from.as_deref().map(agent).transpose()?,
                greeting,
            },
            Errand::Unassign { conversation, agent: off } => {
                Self::Unassign { conversation: id(conversation), agent: agent(&off)? }
            }
            Errand::EndWait { conversation, text } => Self::EndWait { conversation: id(conversation), text },
            Errand::Refuse { conversation, text } => Self::Refuse { conversation: id(conversation), text },
            Errand::Tell { conversation, number, text } => {
                Self::Tell { conversation: id(conversation), number, text }
            }
        })
    }
}
