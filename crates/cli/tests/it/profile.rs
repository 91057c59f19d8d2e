//! `run --profile`, in a program that counts and in one that does not.

use crate::{Dir, MATH, wasmite};

#[cfg(not(feature = "profile"))]
#[test]
fn programs_that_do_not_count_say_how_to_get_one() {
    let dir = Dir::new("profile");
    let math = dir.file("math.wat", MATH);
    let stacks = dir.0.join("stacks.txt");
    let args = ["run", "--invoke", "add", "--profile", stacks.to_str().unwrap(), &math, "1", "2"];
    let line = wasmite(&args).error();
    assert!(line.contains("--features profile"), "{line}");
    assert!(!stacks.exists());
}

#[cfg(feature = "profile")]
mod counting {
    use super::{Dir, MATH, wasmite};
    use std::fs;

    /// Runs `divide` and gives exit code, stdout, stderr and the folded stacks.
    fn divide(test: &str, flags: &[&str], by: &str) -> (Option<i32>, String, String, String) {
        let dir = Dir::new(test);
        let (math, stacks) = (dir.file("math.wat", MATH), dir.file("stacks.txt", "old"));
        let args = ["run", "--invoke", "divide", "--profile", &stacks];
        let ran = wasmite(&[&args, flags, &[&math, "42", by]].concat());
        (ran.code, ran.stdout, ran.stderr, fs::read_to_string(stacks).expect("it is written"))
    }

    /// The sum of the counts that lines of folded stacks end in.
    fn total(folded: &str) -> u64 {
        let count = |line: &str| line.rsplit_once(' ').unwrap().1.parse::<u64>().unwrap();
        folded.lines().map(count).sum()
    }

    #[test]
    fn profile_has_tables_and_stacks() {
        let (code, stdout, tables, folded) = divide("profile_tables", &[], "2");
        assert_eq!((code, stdout.as_str()), (Some(0), "21\n"));
        let first = format!("dispatches: {}\n\nfunctions: 2\n", total(&folded));
        assert!(tables.starts_with(&first), "{tables}");
        for title in ["\nops: ", "\nops with operand forms: ", "\npairs: ", "\ntriples: "] {
            assert!(tables.contains(title), "no {title:?} in {tables}");
        }
        assert!(tables.contains("  I32DivS"), "{tables}");
        let mut stacks: Vec<&str> =
            folded.lines().map(|line| line.rsplit_once(' ').unwrap().0).collect();
        stacks.sort_unstable();
        assert_eq!(stacks, ["math!outer", "math!outer;math!divide"]);
        let rows = tables.lines().filter(|line| line.contains(" % ")).count();
        let (_, _, short, _) = divide("profile_top", &["--profile-top", "1"], "2");
        let fewer = short.lines().filter(|line| line.contains(" % ")).count();
        assert!(fewer == 5 && rows > 5, "{rows} rows, then:\n{short}");
    }

    #[test]
    fn traps_have_a_profile() {
        let (code, _, stderr, folded) = divide("profile_trap", &[], "0");
        assert_eq!(code, Some(134));
        assert!(stderr.starts_with("dispatches: "), "{stderr}");
        assert!(stderr.contains("trap: integer divide by zero"), "{stderr}");
        assert!(folded.contains("math!outer;math!divide "), "{folded}");
    }

    #[test]
    fn profile_that_cannot_be_written_is_an_error_before_the_run() {
        let dir = Dir::new("profile_file");
        let math = dir.file("math.wat", MATH);
        let file = dir.0.join("missing/stacks.txt");
        let file = file.to_str().unwrap();
        let line = wasmite(&["run", "--invoke", "forever", "--profile", file, &math]).error();
        assert!(line.contains(file), "{line}");
    }
}
