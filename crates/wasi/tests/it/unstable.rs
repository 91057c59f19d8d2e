//! The version before preview 1, where it differs.

use crate::{BUFFER, DIR, Dir, Guest, OUT, WRITE};
use wasmite_wasi::{FUNCTIONS, Outcome, unstable_functions};

#[test]
fn older_programs_find_their_functions() {
    let dir = Dir::new("unstable");
    let mut guest = Guest::with_dir(&dir);
    let fd = guest.open("file", WRITE);
    guest.write(fd, "0123456789");
    let old = |guest: &mut Guest, name: &str, args: &[u64]| {
        let function = unstable_functions().find(|function| function.name() == name);
        assert_eq!(
            guest.outcome(function.expect("a function"), args),
            Outcome::Return(0),
            "{name}"
        );
    };
    for (whence, offset, position) in [(2, 3, 3), (0, 2, 5), (1, -1_i64, 9)] {
        old(&mut guest, "fd_seek", &[fd, offset as u64, whence, OUT.into()]);
        assert_eq!(guest.u64(OUT), position);
    }
    let [at, len] = guest.text("file");
    for (name, args) in [
        ("fd_filestat_get", &[fd, BUFFER.into()][..]),
        ("path_filestat_get", &[DIR.into(), 0, at, len, BUFFER.into()]),
    ] {
        guest.put(BUFFER, &[0xff; 64]);
        old(&mut guest, name, args);
        assert_eq!((guest.u32(BUFFER + 20), guest.u64(BUFFER + 24)), (1, 10));
        assert_eq!(guest.bytes(BUFFER + 56), [0xff; 8]);
    }
    guest.put(BUFFER, &[0; 112]);
    guest.put(BUFFER, &[7]);
    guest.put(BUFFER + 56, &[8, 0, 0, 0, 0, 0, 0, 0, 2]);
    guest.put(BUFFER + 56 + 16, &(fd as u32).to_le_bytes());
    old(&mut guest, "poll_oneoff", &[BUFFER.into(), u64::from(BUFFER) + 200, 2, OUT.into()]);
    assert_eq!((guest.u32(OUT), guest.u64(BUFFER + 200), guest.u64(BUFFER + 232)), (2, 7, 8));
}

#[test]
fn the_tables_agree() {
    assert_eq!((FUNCTIONS.len(), unstable_functions().count()), (46, 45));
    for old in unstable_functions() {
        let new = FUNCTIONS.iter().find(|new| new.name() == old.name()).expect("the same name");
        assert_eq!(new.params(), old.params());
    }
}
