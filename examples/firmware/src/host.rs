//! What is around the board: lines to print, the argument, instructions executed. By semihosting, which QEMU answers.

use core::panic::PanicInfo;
use cortex_m::peripheral::{SYST, syst::SystClkSource};
use cortex_m_semihosting::{debug, hio, nr, syscall1};

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

/// The number after the last space of the command line.
pub(crate) fn argument() -> Option<usize> {
    #[repr(C)]
    struct CommandLine {
        buffer: *mut u8,
        len: usize,
    }
    let mut buffer = [0; 64];
    let mut line = CommandLine { buffer: buffer.as_mut_ptr(), len: buffer.len() };
    // SAFETY: the host writes at most `len` bytes into the buffer, and how many into `len`.
    let failed = unsafe { syscall1(nr::GET_CMDLINE, (&raw mut line).expose_provenance()) };
    let text = buffer.get(..line.len).filter(|_| failed == 0)?;
    let word = text.trim_ascii().rsplit(|byte| *byte == b' ').next()?;
    core::str::from_utf8(word).ok()?.parse().ok()
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
