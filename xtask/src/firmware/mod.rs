//! Builds `examples/firmware` for an emulated Cortex-M4, runs it with heaps of all sizes, and prints what it takes.
//!
//! Not a benchmark of hardware: instructions are counted, time is not. Invariant: figures only get better, or the limits here are
//! changed on purpose.

mod board;
mod shapes;
mod size;

use crate::{apt, cross::Target, process};
use anyhow::{Result, bail, ensure};
use board::{End, Run};
use shapes::Worst;
use std::{
    env,
    path::{Path, PathBuf},
};

/// What to build.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Optimisation levels to build with
    #[arg(long, value_delimiter = ',', default_value = "s,3")]
    levels: Vec<String>,
    /// Print the largest parts of each part of the firmware
    #[arg(long)]
    list: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { levels: vec!["s".into(), "3".into()], list: false }
    }
}

const TARGET: &str = "thumbv7em-none-eabihf";

/// A way to build the firmware, and what it must not exceed. Levels without a row have no limits.
struct Aim {
    validates: bool,
    level: &'static str,
    /// Bytes.
    flash: u64,
    /// Bytes of the smallest heap with which the guest's work is done.
    heap: usize,
    /// Bytes of native stack in any stage.
    stack: u64,
    /// Instructions of the workload.
    instructions: u64,
}

/// Limits are what was reached, rounded up, so that it stays so: docs/embedded.md has what is aimed at.
const AIMS: &[Aim] = &[
    Aim {
        validates: true,
        level: "s",
        flash: 235_000,
        heap: 6 << 10,
        stack: 4096,
        instructions: 570_000,
    },
    Aim {
        validates: false,
        level: "s",
        flash: 218_000,
        heap: 6 << 10,
        stack: 4096,
        instructions: 570_000,
    },
    Aim {
        validates: true,
        level: "3",
        flash: 410_000,
        heap: 6 << 10,
        stack: 4096,
        instructions: 570_000,
    },
    Aim {
        validates: false,
        level: "3",
        flash: 325_000,
        heap: 6 << 10,
        stack: 4096,
        instructions: 570_000,
    },
];

/// Heaps that are tried: from here up, in steps, until the firmware has had enough for a while.
const SMALLEST_HEAP: usize = 4 << 10;
const HEAP_STEP: usize = 128;
const LARGEST_HEAP: usize = 1 << 20;
const STEPS_BEYOND: usize = 16;

/// A firmware, built and run.
struct Firmware {
    validates: bool,
    level: String,
    size: size::Size,
    run: Run,
    sweep: Sweep,
    /// The module that takes most native stack.
    worst: Worst,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    apt::provide(&["qemu-system-arm"], &["qemu-system-arm"])?;
    apt::provide(&["nm", "size"], &["binutils"])?;
    let mut built = Vec::new();
    for level in &options.levels {
        for validates in [true, false] {
            let file = build(level, validates)?;
            let run = board::run(&file, LARGEST_HEAP, None)?;
            ensure!(run.end == End::Done, "the firmware has not done its work: {:?}", run.end);
            let sweep = sweep(&file)?;
            let worst = shapes::worst(&file, validates)?;
            let size = size::measure(&file)?;
            if options.list {
                size.print_largest();
            }
            built.push(Firmware { validates, level: level.clone(), size, run, sweep, worst });
        }
    }
    print(&built);
    built.iter().try_for_each(check)
}

fn build(level: &str, validates: bool) -> Result<PathBuf> {
    let folder = process::target().join("firmware");
    let mut cargo = Target::bare(TARGET)?.cargo("build")?;
    // The package's own .cargo/config.toml says how to link.
    cargo.current_dir(process::root().join("examples/firmware"));
    cargo.args(["--release", "--target-dir"]).arg(&folder);
    cargo.arg("--config").arg(without_folders());
    cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", level);
    if !validates {
        cargo.arg("--no-default-features");
    }
    process::run(&mut cargo)?;
    let name = format!("firmware-{level}-{}", if validates { "validating" } else { "trusting" });
    let kept = process::scratch()?.join(name);
    std::fs::copy(folder.join(TARGET).join("release/firmware"), &kept)?;
    Ok(kept)
}

/// Cargo's setting that leaves the folders of this machine out of the places that panics name: flash would depend on how long
/// they are.
fn without_folders() -> String {
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| {
        // Where cargo keeps packages if nobody tells.
        env::home_dir().map(|home| home.join(".cargo"))
    });
    let folders = [Some(process::root().to_owned()), cargo_home];
    let flags: Vec<String> = folders
        .iter()
        .flatten()
        .map(|folder| format!("'--remap-path-prefix={}/='", folder.display()))
        .collect();
    format!("target.{TARGET}.rustflags=[{}]", flags.join(","))
}

/// What came of heaps of all sizes.
struct Sweep {
    /// Bytes of the smallest heap with which the guest's work is done.
    work: usize,
    /// Bytes of the smallest heap with which it can grow too: its memory moves, and needs room for both.
    everything: usize,
    /// How many heaps ended in a panic.
    panics: usize,
}

/// Tries heaps of all sizes, up to some beyond the first that is enough.
fn sweep(file: &Path) -> Result<Sweep> {
    let mut sweep = Sweep { work: LARGEST_HEAP, everything: LARGEST_HEAP, panics: 0 };
    for heap in (SMALLEST_HEAP..LARGEST_HEAP).step_by(HEAP_STEP) {
        let run = board::run(file, heap, None)?;
        if run.of("grow") != board::Stage::default() {
            sweep.work = sweep.work.min(heap);
        }
        match run.end {
            End::Done => sweep.everything = sweep.everything.min(heap),
            End::NoMemory(_) => {}
            End::Panicked(_) => sweep.panics += 1,
            End::Failed(why) => bail!("with a heap of {heap} bytes: {why}"),
        }
        if heap >= sweep.everything + STEPS_BEYOND * HEAP_STEP {
            break;
        }
    }
    Ok(sweep)
}

fn print(built: &[Firmware]) {
    let row = |name: &str, value: &dyn Fn(&Firmware) -> String| {
        let cells: Vec<String> = built.iter().map(|it| format!(" {:>16}", value(it))).collect();
        println!("{name:<32}{}", cells.concat());
    };
    row("firmware", &|it| if it.validates { "with validator" } else { "without" }.into());
    row("optimisation level", &|it| it.level.clone());
    row("flash, bytes", &|it| it.size.flash.to_string());
    for (at, part) in size::PARTS.iter().enumerate() {
        row(&format!("  {}", part.name), &|it| it.size.parts[at].bytes.to_string());
    }
    row("  data without a name", &|it| it.size.nameless().to_string());
    for stage in board::STAGES {
        row(&format!("heap at most until {stage}, bytes"), &|it| it.run.of(stage).heap.to_string());
    }
    row("smallest heap to run, bytes", &|it| it.sweep.work.to_string());
    row("smallest heap to grow, bytes", &|it| it.sweep.everything.to_string());
    row("heaps that ended in a panic", &|it| it.sweep.panics.to_string());
    for stage in board::STAGES {
        row(&format!("native stack to {stage}, bytes"), &|it| it.run.of(stage).stack.to_string());
    }
    row("native stack, worst module", &|it| it.worst.stack.to_string());
    row("  which has", &|it| it.worst.shape.into());
    row("  when it comes to", &|it| it.worst.stage.into());
    for stage in board::STAGES {
        row(&format!("instructions to {stage}"), &|it| it.run.of(stage).instructions.to_string());
    }
}

fn check(it: &Firmware) -> Result<()> {
    let aim = AIMS.iter().find(|aim| aim.validates == it.validates && aim.level == it.level);
    let Some(aim) = aim else { return Ok(()) };
    let below = |what: &str, value: u64, most: u64| {
        let (level, validates) = (aim.level, aim.validates);
        ensure!(
            value <= most,
            "{what} at level {level}, validator {validates}: {value}, at most {most} are allowed"
        );
        Ok(())
    };
    below("flash", it.size.flash, aim.flash)?;
    below("smallest heap to run", it.sweep.work as u64, aim.heap as u64)?;
    below("heaps that ended in a panic", it.sweep.panics as u64, 0)?;
    let stack = it.run.deepest_stack().max(it.worst.stack);
    below("native stack", stack, aim.stack)?;
    below("instructions", it.run.of("run").instructions, aim.instructions)
}
