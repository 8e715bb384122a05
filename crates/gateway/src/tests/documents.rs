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

#[test]
fn every_code_is_used() {
    let mut sources = String::new();
    let mut folders = vec![at_root("crates/gateway/src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                sources.push_str(&fs::read_to_string(path).unwrap());
            } else if !path.ends_with("tests") {
                folders.push(path);
            }
        }
    }
    for code in ProblemCode::ALL {
        assert!(sources.contains(&format!("ProblemCode::{code:?}")), "nobody answers with {}", code.code());
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
