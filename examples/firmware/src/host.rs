//! What is around the board: lines to print, arguments, instructions executed. By semihosting, which QEMU answers.

use core::{mem::MaybeUninit, panic::PanicInfo, slice};
use cortex_m::peripheral::{SYST, syst::SystClkSource};
use cortex_m_semihosting::{debug, hio, nr, syscall, syscall1};

/// Prints words separated by spaces, as a line. No formatting machinery: it would be a good part of a small firmware.
pub(crate) fn print(words: &[&str]) {
    let Ok(mut out) = hio::hstdout() else { return };
    for (at, word) in words.iter().enumerate() {
        let gap = if at == 0 { "" } else { " " };
        // Nobody could be told of an error.
        let _ = out.write_all(gap.as_bytes());
        let _ = out.write_all(word.as_bytes());
    }
    let _ = out.write_all(b"\n");
}

/// Ends the emulation.
pub(crate) fn exit(success: bool) -> ! {
    let status = if success { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE };
    loop {
        debug::exit(status);
    }
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let place = info.location();
    let line = place.map_or(0, |place| place.line());
    print(&["panicked", place.map_or("", |place| place.file()), itoa::Buffer::new().format(line)]);
    exit(false)
}

/// The most bytes of a command line, and of a file.
const LINE: usize = 256;
const FILE: usize = 256 << 10;

/// What the firmware is told on the command line.
pub(crate) struct Arguments {
    /// Bytes of the heap.
    pub(crate) heap: usize,
    /// A module to try out, from a file of the host's.
    pub(crate) module: Option<&'static [u8]>,
}

/// The words of the command line after the first: a number, and perhaps a path. To be called once.
pub(crate) fn arguments() -> Option<Arguments> {
    #[repr(C)]
    struct CommandLine {
        buffer: *mut u8,
        len: usize,
    }
    let mut buffer = [0; LINE];
    let mut line = CommandLine { buffer: buffer.as_mut_ptr(), len: buffer.len() };
    // SAFETY: the host writes at most `len` bytes into the buffer, and how many into `len`.
    let failed = unsafe { syscall1(nr::GET_CMDLINE, (&raw mut line).expose_provenance()) };
    let text = core::str::from_utf8(buffer.get(..line.len).filter(|_| failed == 0)?).ok()?;
    let mut words = text.split_ascii_whitespace().skip(1);
    let heap = words.next()?.parse().ok()?;
    let module = match words.next() {
        Some(path) => Some(read(path)?),
        None => None,
    };
    Some(Arguments { heap, module })
}

/// What is in the file of the host's. To be called once.
fn read(path: &str) -> Option<&'static [u8]> {
    static mut CONTENTS: MaybeUninit<[u8; FILE]> = MaybeUninit::uninit();
    let mut name = [0; LINE];
    // The rest stays 0, which ends the name.
    name.get_mut(..path.len())?.copy_from_slice(path.as_bytes());
    let contents = (&raw mut CONTENTS).cast::<u8>();
    // SAFETY: the host reads the name up to its end, and writes at most as many bytes as it is told.
    let (length, missing) = unsafe {
        let file = syscall!(OPEN, name.as_ptr(), nr::open::R_BINARY, path.len());
        let length = syscall!(FLEN, file);
        (length, syscall!(READ, file, contents, length.min(FILE)))
    };
    // SAFETY: the host has written all of them, and nobody else knows of them.
    (length <= FILE && missing == 0).then(|| unsafe { slice::from_raw_parts(contents, length) })
}

/// Counts instructions: with QEMU's `-icount shift=0` time passes by a nanosecond for each.
pub(crate) struct Counter(SYST);

impl Counter {
    /// Nanoseconds of a tick at 25 MHz.
    const TICK: u32 = 40;
    const MOST: u32 = 0xff_ffff;

    pub(crate) fn new(mut timer: SYST) -> Self {
        timer.set_clock_source(SystClkSource::Core);
        timer.set_reload(Self::MOST);
        timer.clear_current();
        timer.enable_counter();
        Self(timer)
    }

    /// Calls `f` and returns what it returns, and the instructions that it took: up to 670 million, in steps of 40.
    pub(crate) fn counted<R>(&mut self, f: impl FnOnce() -> R) -> (R, u32) {
        let before = SYST::get_current();
        let result = f();
        let ticks = before.wrapping_sub(SYST::get_current()) & Self::MOST;
        (result, ticks * Self::TICK)
    }
}
