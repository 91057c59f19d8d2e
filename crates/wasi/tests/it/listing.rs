//! Listing directories with cookies and buffers of every size.

use crate::{BUFFER, DIR, Dir, Guest, OUT};
use std::{collections::BTreeSet, fs};
use wasmite_wasi::Errno;

/// A decoded entry: where to go on, inode, kind, name.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Entry {
    next: u64,
    ino: u64,
    kind: u8,
    name: String,
}

/// The whole entries that a buffer of `len` bytes holds after a call, and how much of it was used.
fn read(guest: &mut Guest, len: u32, cookie: u64) -> (Vec<Entry>, u32) {
    guest.ok("fd_readdir", &[DIR.into(), BUFFER.into(), len.into(), cookie, OUT.into()]);
    let used = guest.u32(OUT);
    let mut entries = Vec::new();
    let mut at = BUFFER;
    while at + 24 <= BUFFER + used {
        let name = (at + 24) as usize..(at + 24 + guest.u32(at + 16)) as usize;
        if name.end > (BUFFER + used) as usize {
            break;
        }
        entries.push(Entry {
            next: guest.u64(at),
            ino: guest.u64(at + 8),
            kind: guest.memory[at as usize + 20],
            name: String::from_utf8(guest.memory[name.clone()].to_vec()).expect("UTF-8"),
        });
        at = name.end as u32;
    }
    (entries, used)
}

#[test]
fn every_buffer_size_gives_the_same_listing() {
    let dir = Dir::new("listing_sizes");
    for name in ["a", "bb", "a-longer-name"] {
        dir.file(name, "");
    }
    fs::create_dir(dir.0.join("sub")).expect("a directory");
    let mut guest = Guest::with_dir(&dir);
    let (whole, used) = read(&mut guest, 4096, 0);
    assert!(used < 4096);
    let names: BTreeSet<_> = whole.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, [".", "..", "a", "bb", "a-longer-name", "sub"].into());
    assert_eq!((whole[0].name.as_str(), whole[1].name.as_str()), (".", ".."));
    for entry in &whole {
        assert_eq!(
            entry.kind,
            if [".", "..", "sub"].contains(&entry.name.as_str()) { 3 } else { 4 }
        );
    }
    guest.ok("fd_filestat_get", &[DIR.into(), OUT.into()]);
    assert_eq!(whole[0].ino, guest.u64(OUT + 8));
    for len in 37..used + 1 {
        let (mut all, mut cookie) = (Vec::new(), 0);
        loop {
            let (entries, used) = read(&mut guest, len, cookie);
            assert!(!entries.is_empty() || used < len, "{len} bytes do not lead on");
            cookie = entries.last().map_or(cookie, |entry| entry.next);
            all.extend(entries);
            if used < len {
                break;
            }
        }
        assert_eq!(all, whole, "{len}");
    }
    // Less than a record: cut, and said to be full.
    assert_eq!(read(&mut guest, 10, 0), (vec![], 10));
    assert_eq!(read(&mut guest, 0, 0), (vec![], 0));
    assert_eq!(read(&mut guest, 100, 1000), (vec![], 0));
    assert_eq!(read(&mut guest, 100, u64::MAX), (vec![], 0));
    guest.fails("fd_readdir", &[DIR.into(), (1 << 16) - 1, 2, 0, OUT.into()], Errno::Fault);
}

#[test]
fn changes_do_not_disturb_a_listing() {
    let dir = Dir::new("listing_changes");
    for i in 0..50 {
        dir.file(&format!("file-{i}"), "");
    }
    let mut guest = Guest::with_dir(&dir);
    let (mut seen, mut cookie) = (BTreeSet::new(), 0);
    loop {
        let (entries, used) = read(&mut guest, 200, cookie);
        for entry in &entries {
            assert!(seen.insert(entry.name.clone()), "{} twice", entry.name);
            if entry.kind == 4 {
                fs::remove_file(dir.0.join(&entry.name)).expect("removed");
                dir.file(&format!("new-{}", entry.name), "");
            }
            cookie = entry.next;
        }
        if used < 200 {
            break;
        }
    }
    assert_eq!(seen.len(), 52);
    // From the beginning: what is there now.
    assert!(read(&mut guest, 4096, 0).0.iter().all(|entry| !entry.name.starts_with("file")));
}
