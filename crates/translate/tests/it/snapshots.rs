//! Snapshots: each `tests/snapshots/*.wat` has a module above and the expected listing of its functions below, as
//! comments. `BLESS=1 cargo test` rewrites the listings.

use crate::{parse, translate};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use wasmite_translate::Options;

const MARK: &str = ";; == translated";

#[test]
fn listings_are_as_recorded() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut seen = 0;
    for path in snapshots() {
        let text = std::fs::read_to_string(&path).expect("snapshot text");
        let wat = text.split(MARK).next().unwrap_or_default().trim_end();
        let expected = format!("{wat}\n\n{}", render(wat));
        if bless {
            std::fs::write(&path, expected).expect("snapshot must be writable");
        } else {
            assert_eq!(text, expected, "{} differs; BLESS=1 accepts it", path.display());
        }
        seen += 1;
    }
    assert!(seen > 5, "only {seen} snapshots found");
}

/// Backtraces and listings find their words in code that is translated again, with notes of where operators are: those are
/// looked at one by one then, even where two are otherwise translated together.
#[test]
fn code_is_the_same_where_operators_are_noted() {
    let mut cells = 0;
    for path in snapshots() {
        let module = parse(&std::fs::read_to_string(&path).expect("snapshot text"));
        for func in module.defined_funcs() {
            let whole = [("all", Options::ALL), ("first tier", Options::ALL.first_tier())];
            for (name, options) in whole.into_iter().chain(Options::one_off()) {
                let code = |source_map| {
                    let options = Options { source_map, ..options };
                    translate(&module, func.0, &options).expect("snapshots translate")
                };
                let (plain, noted) = (code(false), code(true));
                assert_eq!(plain.words(), noted.words(), "{}, {func:?}, {name}", path.display());
                assert_eq!(plain.frame(), noted.frame(), "{}, {func:?}, {name}", path.display());
                cells += plain.words().len();
            }
        }
    }
    assert!(cells > 1000, "only {cells} words compared");
}

fn snapshots() -> impl Iterator<Item = PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let entries = std::fs::read_dir(folder).expect("snapshot folder");
    entries.map(|entry| entry.expect("snapshot file").path())
}

fn render(wat: &str) -> String {
    let module = parse(wat);
    let mut out = format!("{MARK}\n");
    for func in module.defined_funcs() {
        let code = translate(&module, func.0, &Options::ALL).expect("snapshots translate");
        let frame = code.frame();
        let name = module.func_name(func).unwrap_or("?");
        writeln!(
            out,
            ";; func {name}: params {}, locals {}, zeroed s{}..s{}, slots {}",
            frame.params, frame.locals, frame.zeroed, frame.zeroed_end, frame.slots
        )
        .expect("writing to a string");
        for cell in code.listing() {
            writeln!(out, ";; {:4}  {cell}", cell.word).expect("writing to a string");
        }
    }
    out
}
