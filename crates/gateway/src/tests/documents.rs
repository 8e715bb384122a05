//! Holds the table of problems and its pages together.

use api::ProblemCode;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn at_root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

#[test]
fn every_code_has_a_page_and_every_page_has_a_code() {
    let codes: BTreeSet<String> = ProblemCode::ALL.iter().map(|code| code.code().to_owned()).collect();
    let pages: BTreeSet<String> = fs::read_dir(at_root("docs/problems"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(codes, pages);
}

#[test]
fn a_page_begins_with_its_code_and_status_and_says_what_to_do() {
    for code in ProblemCode::ALL {
        let page = fs::read_to_string(at_root(&format!("docs/problems/{}.md", code.code()))).unwrap();
        let title = format!("# `{}` ({}): {}\n", code.code(), code.status(), code.title());
        assert!(page.starts_with(&title), "the page of {} must begin with: {title}", code.code());
        for section in ["\n## What happened\n", "\n## What to do\n"] {
            assert!(page.contains(section), "the page of {} lacks {section:?}", code.code());
        }
    }
}

/// Where those codes are shown that no client can bring about at will: a full machine, a broken store, a race, a rate. The
/// text stands where the failure is made, or where a test of the layer below sees it.
const SHOWN_ELSEWHERE: [(ProblemCode, &str, &str); 8] = [
    (ProblemCode::OfferStale, "tests/it/engine_routing.rs", "Err(Error::Rejected(Rejection::OfferStale))"),
    (ProblemCode::TooManyRequests, "crates/gateway/src/sessions.rs", "code(), ProblemCode::TooManyRequests"),
    (ProblemCode::Overloaded, "tests/it/engine_failures.rs", "Err(Error::Overloaded("),
    (ProblemCode::ActorFailed, "tests/it/engine_failures.rs", "Err(Error::ActorFailed)"),
    (ProblemCode::RecordMalformed, "crates/engine/src/committer.rs", "Err(Error::Malformed(what))"),
    (ProblemCode::StoreFailed, "tests/it/engine_failures.rs", "Err(Error::Store("),
    (ProblemCode::StoreDamaged, "crates/engine/src/conversation_actor.rs", "Err(Error::Damaged(what))"),
    (ProblemCode::Internal, "crates/gateway/src/tests/refusals.rs", r#"(500, "internal")"#),
];

/// A code that is mapped somewhere may still be one that nobody ever gets, because what it stands for is dealt with before it
/// comes to a client. So each has to be seen by one: a test over HTTP names it as the answer.
#[test]
fn every_code_is_answered_to_somebody() {
    let mut seen = String::new();
    for entry in fs::read_dir(at_root("tests/it")).unwrap() {
        seen.push_str(&fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    for code in ProblemCode::ALL {
        let shown = SHOWN_ELSEWHERE.iter().find(|(elsewhere, ..)| elsewhere == code);
        let over_http = seen.contains(&format!("\"{}\"", code.code()));
        match shown {
            Some((_, file, text)) => {
                let shows = fs::read_to_string(at_root(file)).unwrap().contains(text);
                assert!(shows, "{file} does not show {} any more", code.code());
                assert!(!over_http, "{} need not be shown elsewhere", code.code());
            }
            None => assert!(over_http, "no client is answered with {}", code.code()),
        }
    }
}

#[test]
fn the_reference_names_every_route_and_every_code() {
    let reference = fs::read_to_string(at_root("docs/api.md")).unwrap();
    let routes = fs::read_to_string(at_root("crates/gateway/src/routes.rs")).unwrap();
    let patterns = routes.split("resource(\"").skip(1).filter_map(|rest| rest.split('"').next());
    for pattern in patterns {
        assert!(reference.contains(&format!("{pattern}`")), "docs/api.md lacks {pattern}");
    }
    for code in ProblemCode::ALL {
        assert!(reference.contains(&format!("`{}`", code.code())), "docs/api.md lacks {}", code.code());
    }
}
