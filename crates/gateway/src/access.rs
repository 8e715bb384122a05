//! Which roles each route serves, and the caller as a handler sees them.
//!
//! A handler names its roles in the type of its first argument. Extractors are polled in order, so a caller who may not
//! ask is turned away before anything else of the request is looked at, its body included.

use crate::auth::{Authenticator, Identity};
use crate::failure::Failure;
use crate::observe::RequestId;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use api::ProblemCode;
use domain::conversation::Conversation;
use domain::{AgentId, ChannelId, Principal, Role};
use engine::CommandId;
use std::future::{Ready, ready};
use std::marker::PhantomData;

/// A set of roles, as a type.
pub(crate) trait Access: 'static {
    /// Who is served.
    const ROLES: &'static [Role];
}

/// Pushing messages in from a provider, or as a requester of the web beginning to write.
pub(crate) struct Inbound;
/// Taking what goes out to a provider, and saying what became of it.
pub(crate) struct Gateways;
/// Working on conversations as an agent.
pub(crate) struct Agents;
/// Writing into a conversation.
pub(crate) struct Writers;
/// Ending a conversation, and reading one.
pub(crate) struct Everyone;
/// Looking at what the engine has in mind with a conversation.
pub(crate) struct Workers;
/// Saying on the requester's side whether an agent is wanted.
pub(crate) struct Requesters;
/// Looking at all conversations, and at what one has in front of oneself.
pub(crate) struct Staff;
/// Looking at everybody's work, and giving it to people.
pub(crate) struct Supervisors;
/// Looking at the process.
pub(crate) struct Operators;
/// Configuring.
pub(crate) struct Admins;
/// Telling a requester something outside of any conversation.
pub(crate) struct Notifiers;
/// Proving who a requester is.
pub(crate) struct Verifiers;
/// Following what happens as it happens.
pub(crate) struct Streamers;
/// Going on with a session of their own.
pub(crate) struct Guests;

impl Access for Inbound {
    const ROLES: &'static [Role] = &[Role::Requester, Role::Gateway, Role::Admin];
}

impl Access for Streamers {
    const ROLES: &'static [Role] = &[Role::Requester, Role::Agent, Role::Supervisor];
}

impl Access for Guests {
    const ROLES: &'static [Role] = &[Role::Requester];
}

impl Access for Notifiers {
    const ROLES: &'static [Role] = &[Role::Gateway, Role::Admin];
}

impl Access for Gateways {
    const ROLES: &'static [Role] = &[Role::Gateway];
}

impl Access for Agents {
    const ROLES: &'static [Role] = &[Role::Agent, Role::Supervisor];
}

impl Access for Writers {
    const ROLES: &'static [Role] = &[Role::Requester, Role::Gateway, Role::Agent, Role::Supervisor];
}

impl Access for Everyone {
    const ROLES: &'static [Role] =
        &[Role::Requester, Role::Gateway, Role::Agent, Role::Supervisor, Role::Admin];
}

impl Access for Workers {
    const ROLES: &'static [Role] = &[Role::Gateway, Role::Agent, Role::Supervisor, Role::Admin];
}

impl Access for Requesters {
    const ROLES: &'static [Role] = &[Role::Requester, Role::Gateway];
}

impl Access for Staff {
    const ROLES: &'static [Role] = &[Role::Agent, Role::Supervisor, Role::Admin];
}

impl Access for Supervisors {
    const ROLES: &'static [Role] = &[Role::Supervisor, Role::Admin];
}

impl Access for Operators {
    const ROLES: &'static [Role] = &[Role::Supervisor, Role::Admin];
}

impl Access for Admins {
    const ROLES: &'static [Role] = &[Role::Admin];
}

impl Access for Verifiers {
    const ROLES: &'static [Role] = &[Role::Gateway, Role::Agent, Role::Supervisor];
}

/// Somebody who may use this route.
pub(crate) struct Caller<A> {
    identity: Identity,
    request: RequestId,
    access: PhantomData<A>,
}

impl<A: Access> FromRequest for Caller<A> {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = RequestId::of(request);
        ready(bearer(request).and_then(|identity| {
            let role = identity.principal.role;
            if A::ROLES.contains(&role) {
                return Ok(Self { identity, request: id, access: PhantomData });
            }
            let served: Vec<&str> = A::ROLES.iter().map(|role| role.name()).collect();
            let detail =
                format!("the token's role is {}; this route serves {}", role.name(), served.join(", "));
            Err(Failure::new(ProblemCode::RoleForbidden, detail))
        }))
    }
}

/// The bearer of a request's token.
pub(crate) fn bearer(request: &HttpRequest) -> Result<Identity, Failure> {
    let authenticator = request
        .app_data::<web::Data<Authenticator>>()
        .ok_or_else(|| Failure::internal("the server has no authenticator"))?;
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    match (headers.next(), headers.next()) {
        // Two proxies might each look at another one.
        (Some(_), Some(_)) => {
            Err(Failure::new(ProblemCode::TokenInvalid, "there are several `Authorization` headers"))
        }
        (header, _) => authenticator.identify(header),
    }
}

impl<A> Caller<A> {
    /// Somebody who was recognized by other means than the header of this request.
    pub(crate) const fn known(identity: Identity, request: RequestId) -> Self {
        Self { identity, request, access: PhantomData }
    }

    /// Who it is.
    pub(crate) const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// In which role they ask.
    pub(crate) const fn role(&self) -> Role {
        self.identity.principal.role
    }

    /// Role and name.
    pub(crate) const fn principal(&self) -> &Principal {
        &self.identity.principal
    }

    /// The one channel to which their token is confined, if it is.
    pub(crate) const fn channel(&self) -> Option<&ChannelId> {
        self.identity.channel.as_ref()
    }

    /// The caller as an agent. The authenticator checked the name, so only a role without one fails here.
    pub(crate) fn agent(&self) -> Result<AgentId, Failure> {
        AgentId::new(&self.identity.principal.name)
            .map_err(|_| Failure::new(ProblemCode::RoleForbidden, "the token's subject is no agent"))
    }

    /// What the engine has to know of the request.
    pub(crate) fn request(&self, command: Option<CommandId>) -> engine::Request {
        engine::Request { principal: self.identity.principal.clone(), correlation: self.request.0, command }
    }

    /// Refuses a channel other than the one to which the token is confined.
    pub(crate) fn check_channel(&self, channel: &ChannelId) -> Result<(), Failure> {
        match self.channel() {
            Some(own) if own != channel => Err(Failure::new(
                ProblemCode::RoleForbidden,
                "the token's claim `channel` confines it to another channel",
            )),
            Some(_) | None => Ok(()),
        }
    }

    /// Refuses a token that is confined to one channel, for what concerns all of them.
    pub(crate) fn check_unconfined(&self) -> Result<(), Failure> {
        match self.channel() {
            Some(_) => Err(Failure::new(
                ProblemCode::RoleForbidden,
                "the token's claim `channel` confines it to one channel, and this concerns all of them",
            )),
            None => Ok(()),
        }
    }

    /// Whether they may ask for anybody, and not for themselves alone.
    pub(crate) fn supervises(&self) -> bool {
        matches!(self.role(), Role::Supervisor | Role::Admin)
    }

    /// Refuses an agent who asks for somebody else.
    pub(crate) fn check_agent(&self, name: &str) -> Result<(), Failure> {
        if self.supervises() || self.principal().name == name {
            return Ok(());
        }
        let detail = "an agent may ask for themselves only; a supervisor or an admin may ask for anybody";
        Err(Failure::new(ProblemCode::RoleForbidden, detail))
    }

    /// Whether some conversations may be out of reach, so that one has to be looked at first.
    pub(crate) fn is_confined(&self) -> bool {
        self.role() == Role::Requester || self.channel().is_some()
    }

    /// Whether they may know of this conversation: requesters only of their own.
    pub(crate) fn reaches(&self, conversation: &Conversation) -> bool {
        let own = self.role() != Role::Requester
            || conversation.requester.expose().as_str() == self.identity.principal.name;
        own && self.channel().is_none_or(|channel| *channel == conversation.channel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::channel::{ChannelKind, ChannelSettings, Mode};
    use domain::conversation::{Anchors, Lifecycle, MessageCounts, Outbound, Owner};
    use domain::{Address, ContactId, Personal, Stamp, Timestamp};
    use std::collections::BTreeSet;
    use uuid::Uuid;

    fn conversation() -> Conversation {
        Conversation {
            version: 1,
            contact: ContactId([0; 16]),
            channel: ChannelId::new("sms").unwrap(),
            requester: Personal::new(Address::e164("+12025550123").unwrap()),
            company: Address::e164("+12025550100").unwrap(),
            policy: ChannelSettings::defaults(ChannelKind::Sms, Mode::Messaging).policy(),
            opened: Stamp { version: 1, at: Timestamp(0) },
            last_at: Timestamp(0),
            lifecycle: Lifecycle::New,
            closing: None,
            owner: Owner::Queue,
            participants: BTreeSet::new(),
            engaged: false,
            has_virtual_agent: false,
            request: Some(1),
            offer: None,
            told: None,
            anchors: Anchors::default(),
            messages: MessageCounts::default(),
            outbound: Outbound::default(),
            user: None,
            opted_out: None,
            seen: 0,
            language: None,
            question: None,
        }
    }

    fn caller(role: Role, name: &str, channel: Option<&str>) -> Caller<Everyone> {
        Caller {
            identity: Identity {
                principal: Principal { role, name: name.to_owned() },
                channel: channel.map(|name| ChannelId::new(name).unwrap()),
                guest: false,
                expires_s: None,
            },
            request: RequestId(Uuid::nil()),
            access: PhantomData,
        }
    }

    #[test]
    fn an_agent_asks_for_themselves_and_a_supervisor_or_an_admin_for_anybody() {
        let refused = |role, name| {
            let answer = caller(role, "ann", None).check_agent(name);
            answer.map_err(|failure| failure.code()).err()
        };
        assert_eq!(refused(Role::Agent, "ann"), None);
        assert_eq!(refused(Role::Agent, "bob"), Some(ProblemCode::RoleForbidden));
        assert_eq!(refused(Role::Supervisor, "bob"), None);
        assert_eq!(refused(Role::Admin, "bob"), None);
    }

    #[test]
    fn a_requester_reaches_only_their_own_and_a_confined_token_only_its_channel() {
        let reaches = |role, name: &str, channel: Option<&str>| {
            let caller = caller(role, name, channel);
            let reaches = caller.reaches(&conversation());
            assert!(reaches || caller.is_confined(), "who cannot reach all has to be checked");
            reaches
        };
        assert!(reaches(Role::Requester, "+12025550123", None));
        assert!(reaches(Role::Requester, "+12025550123", Some("sms")));
        assert!(!reaches(Role::Requester, "+12025550123", Some("web")));
        assert!(!reaches(Role::Requester, "+12025550124", Some("sms")));
        assert!(!reaches(Role::Requester, "+12025550100", None), "the company's address is nobody's token");
        assert!(reaches(Role::Gateway, "twilio", None));
        assert!(!reaches(Role::Gateway, "twilio", Some("web")));
        assert!(!reaches(Role::Agent, "ann", Some("web")));
    }
}
