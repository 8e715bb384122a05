//! Who is there, and what they do.

use super::World;
use crate::check::Broken;
use crate::{Deed, Note, Pair};
use domain::{ConversationId, Timestamp};

const AGENTS: [&str; 3] = ["ann", "bob", "cy"];
const SUPERVISOR: &str = "sam";
/// Few enough that they often meet in one conversation.
const REQUESTERS: u32 = 4;
const COMPANIES: u32 = 2;
/// How far back people remember conversations; some of these are closed by now.
const REMEMBERED: usize = 8;

impl World {
    /// Somebody does something new.
    pub(super) async fn somebody_acts(&mut self) -> Result<(), Broken> {
        let writes = self.chance.percent(35);
        let deed = match self.a_conversation().filter(|_| !writes) {
            Some(id) => self.a_deed_on(id),
            None if self.chance.percent(15) => Deed::Contribute(self.a_pair(), self.an_agent()),
            None => Deed::Inbound(self.a_pair()),
        };
        let mut note = self.a_note();
        // What a provider says of ordinary messages must not count.
        if self.chance.percent(30) {
            note.sent_at = Some(Timestamp(self.harness.now().0 - i64::from(self.chance.below(100_000))));
        }
        self.send(deed, note).await
    }

    /// After an outage providers deliver what requesters wrote into the silence.
    pub(super) async fn requesters_wrote_meanwhile(&mut self, since: Timestamp) -> Result<(), Broken> {
        let outage_ms = self.harness.now().since_ms(since);
        for _ in 0..self.chance.below(4) {
            let late_ms = i64::from(self.chance.below(u32::try_from(outage_ms).unwrap_or(u32::MAX)));
            let pair = self.a_pair();
            let note = self.a_note().sent_at(Timestamp(since.0 + late_ms));
            self.send(Deed::Inbound(pair), note).await?;
        }
        Ok(())
    }

    fn a_note(&self) -> Note {
        Note::new(&format!("text {}", self.commands))
    }

    fn a_pair(&mut self) -> Pair {
        let number = |n: u32| u8::try_from(n).unwrap_or(0);
        let (requester, company) = (self.chance.below(REQUESTERS), self.chance.below(COMPANIES));
        let pair = if self.chance.percent(50) { Pair::sms } else { Pair::web };
        pair(number(requester), number(company))
    }

    fn an_agent(&mut self) -> String {
        self.chance.pick(&AGENTS).map_or_else(String::new, ToString::to_string)
    }

    fn a_conversation(&mut self) -> Option<ConversationId> {
        let recent = self.known.len().saturating_sub(REMEMBERED);
        self.chance.pick(&self.known[recent..]).copied()
    }

    fn a_deed_on(&mut self, id: ConversationId) -> Deed {
        let agent = self.an_agent();
        match self.chance.below(100) {
            0..12 => Deed::Receive(id),
            12..42 => Deed::Join(id, agent),
            42..72 => Deed::Post(id, agent),
            72..79 => Deed::Hold(id, agent),
            79..85 => Deed::Resume(id, agent),
            85..92 => Deed::EndByAgent(id, agent),
            92..94 => Deed::EndByRequester(id),
            94..97 => Deed::Connect(id),
            97..98 => Deed::Disconnect(id),
            _ => Deed::EndBySupervisor(id, SUPERVISOR.to_owned()),
        }
    }
}
