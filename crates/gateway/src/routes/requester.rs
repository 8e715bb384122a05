//! Whose history a request is about: a requester's own, or the one that a gateway names.

use crate::access::Caller;
use crate::content::address;
use crate::failure::Failure;
use crate::query::Params;
use api::{ProblemCode, RequesterRequest};
use domain::channel::ChannelKind;
use domain::{ChannelId, Personal, Role};
use engine::{Engine, Requester};

/// The parameters that name a requester.
pub(super) const PARAMS: &[&str] = &["channel", "address"];

/// What a query says of whose history it is.
pub(super) fn named_in(params: &Params) -> Result<RequesterRequest, Failure> {
    let text = |name| params.get(name, "a text", |text| Some(text.to_owned()));
    Ok(RequesterRequest { channel: text("channel")?, address: text("address")? })
}

/// The requester. One who asks for themselves can ask for nobody else; `missing` is the problem of a field that is needed
/// and not there.
pub(super) fn requester<A>(
    engine: &Engine,
    caller: &Caller<A>,
    named: RequesterRequest,
    missing: ProblemCode,
) -> Result<Requester, Failure> {
    let needed = |field: &str| Failure::field(missing, field, "is needed, because the token does not say it");
    let RequesterRequest { channel, address: at } = named;
    let (channel, kind) = match (channel, caller.channel()) {
        (Some(name), _) => configured(engine, &name)?,
        (None, Some(own)) => configured(engine, own.as_str())?,
        (None, None) => return Err(needed("channel")),
    };
    caller.check_channel(&channel)?;
    let own = (caller.role() == Role::Requester).then(|| caller.principal().name.as_str());
    let at = match (at.as_deref(), own) {
        (Some(at), Some(own)) if at != own => {
            let detail = "a requester asks for themselves, the subject of their token";
            return Err(Failure::new(ProblemCode::RoleForbidden, detail));
        }
        (Some(at), _) | (None, Some(at)) => at,
        (None, None) => return Err(needed("address")),
    };
    Ok(Requester { channel, address: Personal::new(address(kind, "address", at)?) })
}

/// Writes down that a requester came with a token of their own, which is not a guest's (`MSG-13`).
pub(super) async fn signs_in<A>(
    engine: &Engine,
    caller: &Caller<A>,
    requester: &Requester,
) -> Result<(), Failure> {
    let identity = caller.identity();
    if identity.principal.role == Role::Requester && !identity.guest {
        engine.sign_in(requester, &caller.request(None)).await?;
    }
    Ok(())
}

fn configured(engine: &Engine, name: &str) -> Result<(ChannelId, ChannelKind), Failure> {
    let unknown = || Failure::from(engine::Error::UnknownChannel);
    let channel = ChannelId::new(name).map_err(|_| unknown())?;
    let kind = engine.configuration().channels.get(&channel).map(|settings| settings.kind);
    Ok((channel, kind.ok_or_else(unknown)?))
}
