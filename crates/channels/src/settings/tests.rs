//! What may be set, and how a mistake is told.

use super::*;

const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn parse(toml: &str) -> Settings {
    toml::from_str(toml).unwrap()
}

fn problem(toml: &str) -> String {
    parse(toml).check().map_or_else(|error| error.to_string(), |()| "legal".to_owned())
}

fn twilio(more: &str) -> String {
    format!(
        "public_url = \"https://talk.example.org/\"\n[channels.sms]\nprovider = \"twilio\"\naccount_sid = \"AC1\"\n{more}"
    )
}

fn subscription(more: &str) -> String {
    format!(
        "[[subscriptions]]\nname = \"crm\"\nurl = \"https://crm.example/in\"\nsecrets = [\"{KEY}\"]\n{more}"
    )
}

fn look_up(url: &str) -> String {
    format!("[look_up]\nurl = \"{url}\"\nsecrets = [\"{KEY}\"]\n")
}

#[test]
fn what_is_not_set_has_its_default_and_what_is_unknown_is_refused() {
    let settings = parse(&twilio("auth_token = \"t\""));
    let ChannelSettings::Twilio(sms) = &settings.channels["sms"] else { panic!() };
    assert_eq!((sms.base_url.as_str(), sms.per_second), ("https://api.twilio.com", 1));
    assert!(settings.check().is_ok() && Settings::default().check().is_ok());
    for unknown in [
        "public = 1",
        "[channels.sms]\nprovider = \"smoke\"",
        &twilio("auth_token = \"t\"\ntoken = \"t\""),
        "[channels.own]\nprovider = \"webhook\"\nurl = \"https://a\"\nauth_token = \"t\"",
        &subscription("type = \"a\""),
    ] {
        assert!(toml::from_str::<Settings>(unknown).is_err(), "{unknown}");
    }
}

#[test]
fn a_mistake_is_told_by_its_key_and_never_repeated() {
    for (toml, words) in [
        (twilio(""), "set one of delivery.channels.sms.auth_token and delivery.channels.sms.auth_token_file"),
        (twilio("auth_token = \"a b\""), "delivery.channels.sms.auth_token must be"),
        (twilio("auth_token_file = \"/none\""), "auth_token_file /none cannot be read"),
        (twilio("auth_token = \"t\"\nper_second = 0"), "per_second must be 1 to 1000"),
        (twilio("auth_token = \"t\"").replace("public_url", "#"), "set delivery.public_url"),
        (twilio("auth_token = \"t\"").replace("/\"\n[", "?a\"\n["), "delivery.public_url must be"),
        (twilio("auth_token = \"t\"\nbase_url = \"http://api.example\""), "a URL of https unless"),
        (twilio("auth_token = \"t\"\nbase_url = \"https://[::ffff:10.0.0.1]\""), "public unless"),
        (twilio("auth_token = \"t\"").replace("AC1", "AC/1"), "account_sid must be"),
        (subscription("").replace("whsec_", ""), "subscriptions (1.).secrets must be each `whsec_`"),
        (subscription("").replace("https://crm", "https://me:secret@crm"), "subscriptions (1.).url must be"),
        (subscription("types = [\"closed\"]"), "subscriptions (1.).types must be"),
        (subscription("types = [\"conversation.*d\"]"), "subscriptions (1.).types must be"),
        (
            subscription("") + &subscription(""),
            "subscriptions (2.).name must be a name that no earlier one has",
        ),
        ("timeout_s = 0".to_owned(), "timeout_s must be 1 to 120"),
        (look_up("http://who.example"), "delivery.look_up.url must be a URL of https unless"),
        (look_up("https://10.0.0.1"), "delivery.look_up.url must be an address that is public unless"),
        (look_up("https://me:secret@who.example"), "delivery.look_up.url must be"),
        (
            look_up("https://who.example").replace("whsec_", ""),
            "delivery.look_up.secrets must be each `whsec_`",
        ),
        ("[look_up]\nurl = \"https://who.example\"".to_owned(), "set one of delivery.look_up.secrets and"),
    ] {
        let said = problem(&toml);
        assert!(said.contains(words), "{toml}\n{said}");
        assert!(!said.contains("me:secret") && !said.contains("MfKQ9"), "{said}");
    }
}

#[test]
fn private_addresses_and_plain_http_are_for_whoever_asks_for_them() {
    let own = |rest: &str| {
        format!(
            "{rest}[channels.own]\nprovider = \"webhook\"\nurl = \"http://127.0.0.1:1\"\nsecrets = [\"{KEY}\"]"
        )
    };
    assert!(problem(&own("")).contains("allow_private_addresses"));
    assert_eq!(problem(&own("allow_private_addresses = true\n")), "legal");
}

#[test]
fn secrets_are_read_from_files_beside_the_settings_and_never_print() {
    let folder = std::env::temp_dir().join(format!("colloquy-channels-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("token"), "t-o-k-e-n\n").unwrap();
    std::fs::write(folder.join("keys"), format!("{KEY}\n\n{KEY}\n")).unwrap();
    let mut settings = parse(
        &(twilio("auth_token_file = \"token\"\n")
            + &subscription("").replace(&format!("secrets = [\"{KEY}\"]"), "secrets_file = \"keys\"")),
    );
    settings.resolve_paths(&folder);
    assert_eq!(Checked::of(&settings).map(|checked| checked.subscriptions["crm"].keys.len()).unwrap(), 2);
    let settings = parse(&(twilio("auth_token = \"t-o-k-e-n\"\n") + &subscription("")));
    for printed in [format!("{settings:?}"), toml::to_string(&settings).unwrap()] {
        assert!(
            !printed.contains("t-o-k-e-n") && !printed.contains(KEY) && printed.contains("(secret)"),
            "{printed}"
        );
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn the_engine_is_told_who_wants_what() {
    let settings = parse(&subscription("types = [\"conversation.agent_*\"]\nchannels = [\"sms\"]"));
    settings.check().unwrap();
    let expected = engine::Subscription {
        name: "crm".to_owned(),
        types: vec!["conversation.agent_*".to_owned()],
        channels: vec![domain::ChannelId::new("sms").unwrap()],
        without_texts: false,
    };
    assert_eq!(settings.subscriptions(), [expected]);
}
