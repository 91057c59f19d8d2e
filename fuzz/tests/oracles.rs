//! A short run of every oracle, and every module in `regressions/` through its own.

use std::{fs, path::Path, process::Command};
use wasmite_fuzz::{ORACLES, Oracle, Verdict, input, trace};

const SEEDS: u64 = 40;

#[test]
fn oracles_hold_for_the_first_seeds() {
    for oracle in ORACLES {
        let mut held = 0;
        for seed in 0..SEEDS {
            match (oracle.check)(&input(seed)) {
                Ok(Verdict::Held) => held += 1,
                Ok(Verdict::Nothing) => {}
                Err(finding) => panic!("{}, seed {seed}: {}", oracle.name, finding.what),
            }
        }
        // An oracle that has nothing to check would pass for ever.
        assert!(held > SEEDS / 4, "{}: only {held} of {SEEDS} inputs were checked", oracle.name);
    }
}

/// Repeating a seed is no failure of the runner, whatever the seed gives.
#[test]
fn one_seed_may_give_nothing_to_check() {
    let oracle = Oracle::find("modes").expect("the oracle exists");
    let nothing = |seed: &u64| matches!((oracle.check)(&input(*seed)), Ok(Verdict::Nothing));
    let seed = (0..1000).find(nothing).expect("some seed gives nothing").to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_fuzz-runner"))
        .args(["check", oracle.name, "--cases", "1", "--seed", &seed])
        .args(["--findings", env!("CARGO_TARGET_TMPDIR")])
        .output()
        .expect("the runner starts");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("0 held, 1 gave nothing to check"), "{text}");
}

#[test]
fn traces_tell_runs_apart() {
    let traces: Vec<_> = (0..SEEDS).map(|seed| trace(&input(seed))).collect();
    assert_eq!(traces[0], trace(&input(0)));
    let mut distinct: Vec<_> = traces.into_iter().flatten().collect();
    distinct.sort_unstable();
    distinct.dedup();
    assert!(distinct.len() as u64 > SEEDS / 4, "only {} different runs", distinct.len());
}

#[test]
fn regressions_stay_fixed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions");
    let mut replayed = 0;
    for entry in fs::read_dir(folder).expect("the folder exists") {
        let path = entry.expect("the folder is readable").path();
        let bytes = fs::read(&path).expect("the file is readable");
        let module = match path.extension().and_then(|extension| extension.to_str()) {
            Some("wasm") => bytes,
            Some("wat") => wat::parse_bytes(&bytes).expect("it is a module").into_owned(),
            _ => continue,
        };
        // Files are called after the oracle that found them: `modes-deep-branch.wat`.
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let oracle = name.split('-').next().and_then(Oracle::find).expect("named after an oracle");
        if let Err(finding) = (oracle.check_module)(&module) {
            panic!("{name}: {}", finding.what);
        }
        replayed += 1;
    }
    assert!(replayed > 0, "no regression was replayed");
}
