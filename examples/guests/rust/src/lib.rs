//! Counts the words of a text, in a memory that is no larger than that takes: a guest with pages of one byte.
//!
//! The host writes the text to where `reserve(length)` says, then calls `count()`, how many different words there are, and `most()`,
//! how often the most frequent one occurs. Not a module for other page sizes: see `heap`.
#![no_std]

extern crate alloc;

mod heap;

use alloc::{collections::BTreeMap, vec::Vec};
use core::panic::PanicInfo;

/// The text that was reserved last.
static mut TEXT: Vec<u8> = Vec::new();

fn text() -> &'static mut Vec<u8> {
    // SAFETY: one thread, and exports do not call each other.
    unsafe { &mut *(&raw mut TEXT) }
}

/// Makes room for a text of `length` bytes and returns where it is.
#[unsafe(no_mangle)]
extern "C" fn reserve(length: usize) -> *mut u8 {
    let text = text();
    text.clear();
    text.resize(length, b' ');
    text.as_mut_ptr()
}

/// The number of different words, of letters alone, in the text.
#[unsafe(no_mangle)]
extern "C" fn count() -> usize {
    counts().len()
}

/// How often the most frequent word of the text occurs.
#[unsafe(no_mangle)]
extern "C" fn most() -> usize {
    counts().into_values().max().unwrap_or(0)
}

fn counts() -> BTreeMap<&'static [u8], usize> {
    let mut counts = BTreeMap::new();
    let words = text().split(|byte| !byte.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    for word in words {
        *counts.entry(word).or_insert(0) += 1;
    }
    counts
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
