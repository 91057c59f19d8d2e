//! Snapshots: each `tests/snapshots/*.wat` has a module above and the expected listing of its functions below, as
//! comments. `BLESS=1 cargo test` rewrites the listings.

use crate::{parse, translate};
use std::fmt::Write;
use std::path::Path;
use wasmite_translate::Options;

const MARK: &str = ";; == translated";

#[test]
fn listings_are_as_recorded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let bless = std::env::var_os("BLESS").is_some();
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).expect("snapshot folder") {
        let path = entry.expect("snapshot file").path();
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
