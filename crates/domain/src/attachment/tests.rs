//! PRO-8, MSG-20: which files come with messages.

use super::*;

fn file(url: &str, content_type: &str, size_bytes: Option<u64>) -> Attachment {
    let url = Personal::new(url.to_owned());
    Attachment { url, content_type: content_type.to_owned(), name: None, size_bytes }
}

/// PRO-8, MSG-20: on the web any ordinary type, on SMS images only.
#[test]
fn each_kind_of_channel_takes_its_own_types() {
    let check = |kind, content_type| {
        AttachmentRules::defaults(kind).check(&file("https://a.example/1", content_type, None)).is_ok()
    };
    for (content_type, web, sms) in [
        ("image/png", true, true),
        ("IMAGE/JPEG; q=1", true, true),
        ("application/pdf", true, false),
        ("text/plain; charset=utf-8", true, false),
        ("image/svg+xml", false, false),
        ("Image/SVG+xml ; a=b", false, false),
        ("text/html", false, false),
        ("application/x-msdownload", false, false),
        ("image/*", false, false),
        ("image", false, false),
        ("", false, false),
    ] {
        let found = (check(ChannelKind::Mweb, content_type), check(ChannelKind::Sms, content_type));
        assert_eq!(found, (web, sms), "{content_type}");
    }
}

/// X1
#[test]
fn a_file_over_the_size_is_refused_and_one_of_unknown_size_is_not() {
    let rules = AttachmentRules::new(["image/png".to_owned()], 10).unwrap();
    let check = |size| rules.check(&file("https://a.example/1", "image/png", size));
    assert_eq!(check(Some(10)), Ok(()));
    assert_eq!(check(None), Ok(()));
    assert_eq!(check(Some(11)), Err(AttachmentRefusal::TooLarge { max_bytes: 10 }));
}

#[test]
fn what_could_be_run_cannot_even_be_allowed() {
    let new = |text: &str, max| AttachmentRules::new([text.to_owned()], max).map(drop);
    assert_eq!(new("text/HTML", 1), Err(AttachmentRulesError::Types));
    assert_eq!(new("*/*", 1), Err(AttachmentRulesError::Types));
    assert_eq!(new("png", 1), Err(AttachmentRulesError::Types));
    assert_eq!(new("image/png", 0), Err(AttachmentRulesError::MaxBytes));
    assert_eq!(new("audio/*", AttachmentRules::BYTES_MAX), Ok(()));
}

#[test]
fn a_url_is_https_or_of_this_machine() {
    let safe = |url: &str| file(url, "image/png", None).has_safe_url();
    for url in [
        "https://files.example/1.png",
        "HTTPS://files.example",
        "https://files.example:8443/a?b#c",
        "http://localhost/1",
        "http://127.0.0.1:8080/1",
        "http://[::1]:8080/1",
    ] {
        assert!(safe(url), "{url}");
    }
    for url in [
        "http://files.example/1.png",
        "http://localhost.example/1",
        "http://localhost@files.example/1",
        "http://127.0.0.1.example/",
        "https://user@files.example/",
        "http://localhost\\@files.example",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "//files.example/1",
        "https://",
        "https://a example/",
        "ftp://files.example/1",
    ] {
        assert!(!safe(url), "{url}");
    }
}
