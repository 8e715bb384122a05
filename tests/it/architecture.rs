//! The arrows between the crates, and the marks that every crate and file has to bear.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which crate may depend on which of the others. A new crate gets its line here first.
const MAY_DEPEND_ON: [(&str, &[&str]); 14] = [
    ("domain", &[]),
    ("store", &[]),
    ("codec", &["domain"]),
    ("engine", &["domain", "codec", "store"]),
    ("views", &["domain", "codec", "store"]),
    ("channels", &["domain", "engine"]),
    ("api", &[]),
    ("gateway", &["api", "channels", "engine", "views", "domain"]),
    ("replay", &["domain", "codec", "store", "engine", "views"]),
    ("load", &["api"]),
    ("cli", &["domain", "store", "codec", "engine", "views", "channels", "api", "gateway", "replay", "load"]),
    ("sim", &["domain", "codec", "store", "engine"]),
    (
        "doors",
        &[
            "domain", "store", "codec", "engine", "views", "channels", "api", "gateway", "replay", "load",
            "cli",
        ],
    ),
    ("tests", &[]),
];
/// What is named in one place only, so that it can be exchanged: the library and the one crate that may use it.
const BEHIND_A_SEAM: [(&str, &str); 3] = [("actix", "engine"), ("sled", "store"), ("actix-web", "gateway")];

/// A package of the workspace.
struct Package {
    name: String,
    manifest: PathBuf,
    /// What it is built with, by whether that is for development only.
    dependencies: Vec<(String, bool)>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn packages() -> Vec<Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let package = |package: &Value| Package {
        name: text(&package["name"]),
        manifest: PathBuf::from(text(&package["manifest_path"])),
        dependencies: package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .map(|dependency| (text(&dependency["name"]), dependency["kind"] == "dev"))
            .collect(),
    };
    metadata["packages"].as_array().unwrap().iter().map(package).collect()
}

/// All Rust files below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn no_crate_draws_an_arrow_that_it_may_not_draw() {
    let packages = packages();
    let ours: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let table = BTreeMap::from(MAY_DEPEND_ON);
    for Package { name, dependencies, .. } in &packages {
        let may = table.get(name.as_str()).unwrap_or_else(|| panic!("{name} is not in the table"));
        let normal = dependencies.iter().filter(|(_, dev)| !dev);
        for (dependency, _) in normal.filter(|(dependency, _)| ours.contains(dependency.as_str())) {
            assert!(may.contains(&dependency.as_str()), "{name} may not depend on {dependency}");
        }
    }
}

#[test]
fn what_may_be_exchanged_is_a_dependency_of_one_crate_only() {
    for Package { name, dependencies, .. } in packages() {
        for (dependency, dev) in dependencies {
            let seam = BEHIND_A_SEAM.iter().find(|(library, _)| *library == dependency);
            assert!(dev || seam.is_none_or(|(_, owner)| *owner == name), "{name} depends on {dependency}");
            assert!(dev || dependency != "sim", "{name} depends on sim, which is for development only");
        }
    }
}

#[test]
fn sled_is_named_in_the_one_module_that_hides_it() {
    for Package { manifest, .. } in packages().into_iter().filter(|package| package.name != "tests") {
        for path in sources(&manifest.with_file_name("src")) {
            let text = fs::read_to_string(&path).unwrap();
            let named = text.lines().any(|line| line.replace("sled_log::", "").contains("sled::"));
            let inside = path.to_str().unwrap().contains("store/src/sled_log");
            assert!(!named || inside, "{} names sled", path.display());
        }
    }
}

#[test]
fn every_file_says_what_it_is_for_and_every_crate_has_the_lints() {
    for path in sources(&root().join("crates")).into_iter().chain(sources(&root().join("tests"))) {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//! "), "{} does not begin with what it is for", path.display());
    }
    for Package { name, manifest, .. } in packages() {
        let text = fs::read_to_string(manifest).unwrap();
        assert!(text.contains("[lints]\nworkspace = true"), "{name} does not take the workspace's lints");
    }
}
