//! What becomes of a message of a requester and of one with which an agent writes first: each row of the two tables as one
//! test over HTTP, by its id (sections 3.3 and 12).

use crate::http_client::types;
use crate::http_world::{NUMBER, World};
use crate::process::{CHANNELS, COMPANY, token};
use domain::Role;
use serde_json::{Value, json};

impl World {
    /// A world in which the virtual agent answers first.
    async fn with_bot() -> Self {
        let channels = "kind = \"sms\"\nfirst_responder = \"virtual_agent\"";
        Self::with(&CHANNELS.replacen("kind = \"sms\"", channels, 1)).await
    }

    /// State and owner of a conversation.
    async fn stands(&self, id: &str) -> [Value; 3] {
        let state = self.state(id).await;
        [state["state"].clone(), state["owner"]["kind"].clone(), state["owner"]["agent"].clone()]
    }

    /// Who wrote so far, in order.
    async fn texts(&self, id: &str) -> Vec<String> {
        let events = self.http.events(id, &token(Role::Agent, "ann")).await;
        let said = events.iter().filter_map(|event| event["data"]["text"].as_str());
        said.map(str::to_owned).collect()
    }
}

/// LC-1: no active conversation for the pair: one is opened, and it is New. One for each pair.
#[tokio::test]
async fn lc_1_the_first_message_opens_a_conversation_for_its_pair() {
    let mut world = World::new().await;
    let id = world.writes("Hello?").await;
    assert_eq!(world.stands(&id).await, [json!("new"), json!("queue"), Value::Null]);
    assert_eq!(world.writes("Is anybody there?").await, id, "the pair has one");
    let other = world.says_to("sms", COMPANY, "+12025550144", "Hello?").await;
    assert_ne!(other["conversation_id"], id, "another requester is another pair");
    assert_eq!(world.state(&id).await["messages"]["requester"], 2);
    world.end().await;
}

/// LC-2: an agent has it: the message goes into it, to the same agent.
#[tokio::test]
async fn lc_2_a_message_while_an_agent_has_it_goes_to_that_agent() {
    let mut world = World::new().await;
    let id = world.writes("Hello?").await;
    world.order(&id, "join", &json!({})).await.accepted();
    assert_eq!(world.writes("It is about my parcel.").await, id);
    assert_eq!(world.stands(&id).await, [json!("work_in_progress"), json!("agent"), json!("ann")]);
    assert_eq!(world.texts(&id).await, ["Hello?", "It is about my parcel."]);
    world.end().await;
}

/// LC-3: the virtual agent has it: the message goes into it, and it stays with the virtual agent.
#[tokio::test]
async fn lc_3_a_message_while_the_virtual_agent_has_it_stays_with_the_virtual_agent() {
    let mut world = World::with_bot().await;
    let id = world.writes("Hello?").await;
    let with_bot = [json!("work_in_progress"), json!("virtual_agent"), Value::Null];
    assert_eq!(world.stands(&id).await, with_bot);
    assert_eq!(world.writes("My parcel.").await, id);
    assert_eq!(world.stands(&id).await, with_bot);
    assert_eq!(world.texts(&id).await, ["Hello?", "My parcel."]);
    world.end().await;
}

/// LC-4: closed is for ever: the next message opens another conversation, and the closed one stays as it was.
#[tokio::test]
async fn lc_4_a_message_after_the_close_opens_another_conversation() {
    let mut world = World::new().await;
    let old = world.writes("Hello?").await;
    world.order(&old, "join", &json!({})).await.accepted();
    world.order(&old, "end", &json!({})).await.accepted();
    let before = world.state(&old).await;
    let new = world.writes("Hello again?").await;
    assert_ne!(new, old);
    assert_eq!(world.stands(&new).await, [json!("new"), json!("queue"), Value::Null]);
    assert_eq!(world.state(&old).await, before);
    world.end().await;
}

/// PRO-1, PRO-10, PRO-15: no active conversation for the pair: one is opened and is the agent's, parked until the requester
/// replies, who stays with that agent.
#[tokio::test]
async fn pro_1_an_agent_who_writes_first_gets_a_new_conversation_and_the_reply() {
    let mut world = World::new().await;
    world.user("ada", &[NUMBER]).await;
    world.starts(&json!({ "to": "", "user": "bea" })).await.problem(404, "user_unknown");
    let id = world.starts(&json!({ "to": "", "user": "ada" })).await.accepted().conversation;
    assert_eq!(world.stands(&id).await, [json!("on_hold"), json!("agent"), json!("ann")]);
    let state = world.state(&id).await;
    assert_eq!((&state["user"], &state["participants"]), (&json!("ada"), &json!(["ann"])));
    assert_eq!(state["mode"], "messaging");
    let events = world.http.events(&id, &token(Role::Agent, "ann")).await;
    assert_eq!(events[0]["data"]["by_agent"], "ann");
    let found = &world.lookup().await["conversations"][0];
    assert_eq!((&found["id"], &found["agent"]), (&json!(id), &json!("ann")));
    assert_eq!(world.writes("Oh, hello.").await, id);
    assert_eq!(world.stands(&id).await, [json!("work_in_progress"), json!("agent"), json!("ann")]);
    world.end().await;
}

/// PRO-2, PRO-12, C2: an agent has it: the message goes into it and its author takes part, while it stays assigned to whom it
/// was. (Other systems refuse a second agent; that is what PRO-12 tells of.)
#[tokio::test]
async fn pro_2_an_agent_who_writes_first_joins_the_colleague_who_has_it() {
    let mut world = World::new().await;
    let id = world.writes("Hello?").await;
    world.order(&id, "join", &json!({})).await.accepted();
    let bob = token(Role::Agent, "bob");
    let body = json!({ "channel": "sms", "to": NUMBER, "from": COMPANY, "text": "Bob here." });
    let joined = world.http.post("/v1/conversations", &bob, &body).await.accepted();
    assert_eq!(joined.conversation, id);
    assert_eq!(world.stands(&id).await, [json!("work_in_progress"), json!("agent"), json!("ann")]);
    assert_eq!(world.state(&id).await["participants"], json!(["ann", "bob"]));
    assert_eq!(world.writes("Hello Bob.").await, id);
    assert_eq!(world.texts(&id).await, ["Hello?", "Bob here.", "Hello Bob."]);
    world.end().await;
}

/// PRO-3, L6: the virtual agent has it: that conversation closes, and a new one is opened for the agent. What was taken once
/// is answered the same again.
#[tokio::test]
async fn pro_3_an_agent_who_writes_first_takes_the_virtual_agents_place_in_a_new_conversation() {
    let mut world = World::with_bot().await;
    let old = world.writes("Bonjour?").await;
    let body = json!({ "channel": "sms", "to": NUMBER, "from": COMPANY, "text": "It is Ann." });
    let ann = token(Role::Agent, "ann");
    let start = async || world.http.post_as("first", "/v1/conversations", &ann, &body).await.accepted();
    let new = start().await;
    assert_ne!(new.conversation, old);
    let closed = world.state(&old).await;
    assert_eq!((&closed["state"], &closed["reason"]), (&json!("closed_complete"), &json!("superseded")));
    assert_eq!(world.stands(&new.conversation).await, [json!("on_hold"), json!("agent"), json!("ann")]);
    let again = start().await;
    assert_eq!((again.conversation, again.duplicate), (new.conversation.clone(), true));
    let path = format!("/v1/conversations/{old}/virtual-agent/messages");
    let bot = token(Role::Gateway, "bot");
    world
        .http
        .post(&path, &bot, &json!({ "text": "Still there?" }))
        .await
        .problem(409, "conversation_closed");
    assert_eq!(world.writes("Hello Ann.").await, new.conversation);
    assert_eq!(world.texts(&new.conversation).await, ["It is Ann.", "Hello Ann."]);
    assert_eq!(world.texts(&old).await, ["Bonjour?"], "nothing is said there any more");
    world.end().await;
}

/// PRO-4, 18.17: the number is another user's: one warning, then one decision. The old conversation and profile end, and
/// others begin.
#[tokio::test]
async fn pro_4_a_number_that_another_user_holds_is_taken_over_only_when_it_is_confirmed() {
    let mut world = World::new().await;
    world.user("ada", &[NUMBER]).await;
    let old = world.writes("Hello?").await;
    world.starts(&json!({ "user": "bea" })).await.problem(409, "number_held");
    assert_eq!(world.state(&old).await["state"], "new", "nothing has happened");
    let new = world.starts(&json!({ "user": "bea", "take_over": true })).await.accepted().conversation;
    assert_ne!(new, old);
    let closed = world.state(&old).await;
    assert_eq!((&closed["state"], &closed["reason"]), (&json!("closed_complete"), &json!("superseded")));
    assert_eq!(world.state(&new).await["user"], "bea");
    assert_eq!(world.lookup().await["user"], "bea");
    assert_eq!(world.writes("This is Bea.").await, new);
    world.order(&old, "messages", &json!({ "text": "Ada?" })).await.problem(409, "conversation_closed");
    let ann = token(Role::Agent, "ann");
    let told = world.http.events(&old, &ann).await;
    assert_eq!(types(&told).last(), Some(&"conversation.closed"));
    world.end().await;
}
