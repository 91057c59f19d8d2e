//! Reads numbers and names (spec 3.0, "Values" of the binary format), numbers fast if they are short.
//!
//! Not operators, types or sections. Invariant: an error's offset is that of the byte that is wrong, or of the end.

use crate::error::Fault;
use core::ops::Range;
use core::str;
use wasmite_core::{Features, Proposal};

/// Bytes, of which some are left to be read. Reading changes one number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    /// How many have been read.
    at: usize,
    /// Where they begin in the module.
    start: usize,
    pub(crate) features: Features,
}

/// Whether a number goes on after its byte.
const MORE: u8 = 0x80;

impl<'a> Reader<'a> {
    /// The `bytes` that begin at `start` of a module with these features.
    pub(crate) fn new(bytes: &'a [u8], start: usize, features: Features) -> Self {
        Self { bytes, at: 0, start, features }
    }

    /// Where the next byte is in the module.
    #[inline(always)]
    pub(crate) fn offset(&self) -> usize {
        self.start + self.at
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// The bytes that are left.
    #[inline(always)]
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// The next byte, which stays, if there is one.
    #[inline(always)]
    pub(crate) fn next(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Passes the next byte, which has been looked at.
    #[inline(always)]
    pub(crate) fn skip(&mut self) {
        self.at += 1;
    }

    #[cfg_attr(small, inline(never))]
    #[cfg_attr(not(small), inline(always))]
    pub(crate) fn byte(&mut self) -> Result<u8, Fault> {
        let byte = self.peek()?;
        self.at += 1;
        Ok(byte)
    }

    /// The next byte, which stays.
    #[inline(always)]
    pub(crate) fn peek(&self) -> Result<u8, Fault> {
        match self.next() {
            Some(byte) => Ok(byte),
            None => Err(self.ended()),
        }
    }

    /// Where what is left is in the module: parsing refuses modules above `u32::MAX` bytes.
    pub(crate) fn range(&self) -> Range<u32> {
        self.offset() as u32..(self.start + self.bytes.len()) as u32
    }

    /// The next `len` bytes.
    pub(crate) fn take(&mut self, len: u32) -> Result<&'a [u8], Fault> {
        let Some(bytes) = self.rest().get(..len as usize) else { return Err(self.ended()) };
        self.at += bytes.len();
        Ok(bytes)
    }

    /// The next `len` bytes, to be read by themselves.
    pub(crate) fn part(&mut self, len: u32) -> Result<Self, Fault> {
        let start = self.offset();
        Ok(Self::new(self.take(len)?, start, self.features))
    }

    /// Bytes that follow their number, to be read by themselves.
    pub(crate) fn sized(&mut self) -> Result<Self, Fault> {
        let len = self.u32()?;
        self.part(len)
    }

    pub(crate) fn name(&mut self) -> Result<&'a str, Fault> {
        /// Bytes at most: engines agree on that.
        const MOST: u32 = 100_000;
        let len = self.u32()?;
        if len > MOST {
            return Err(Fault::invalid("string size out of bounds", self.offset() - 1));
        }
        let bytes = self.take(len)?;
        let last = self.offset() - 1;
        str::from_utf8(bytes).map_err(|_| Fault::invalid("malformed UTF-8 encoding", last))
    }

    /// A number of pages or elements, or an offset in a memory: longer since there are 64-bit memories.
    pub(crate) fn size(&mut self) -> Result<u64, Fault> {
        match self.features.contains(Proposal::Memory64) {
            true => self.u64(),
            false => self.u32().map(u64::from),
        }
    }

    #[inline]
    pub(crate) fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let Some(first) = self.rest().first_chunk() else {
            self.at = self.bytes.len();
            return Err(self.ended());
        };
        self.at += N;
        Ok(*first)
    }

    #[cfg_attr(small, inline(never))]
    #[cfg_attr(not(small), inline(always))]
    pub(crate) fn u32(&mut self) -> Result<u32, Fault> {
        self.unsigned::<32>().map(|value| value as u32)
    }

    #[cfg_attr(small, inline(never))]
    #[cfg_attr(not(small), inline(always))]
    pub(crate) fn u64(&mut self) -> Result<u64, Fault> {
        self.unsigned::<64>()
    }

    /// A number without a sign, in so many bits.
    #[inline(always)]
    fn unsigned<const BITS: u32>(&mut self) -> Result<u64, Fault> {
        match self.next() {
            Some(byte @ 0..MORE) => {
                self.at += 1;
                Ok(byte.into())
            }
            _ => self.long::<BITS, false>(),
        }
    }

    #[cfg_attr(small, inline(never))]
    #[cfg_attr(not(small), inline(always))]
    pub(crate) fn i32(&mut self) -> Result<i32, Fault> {
        self.signed::<32>().map(|value| value as i32)
    }

    #[cfg_attr(small, inline(never))]
    #[cfg_attr(not(small), inline(always))]
    pub(crate) fn i64(&mut self) -> Result<i64, Fault> {
        self.signed::<64>()
    }

    /// A number with a sign, in so many bits.
    #[cfg_attr(small, inline(never))]
    #[cfg_attr(not(small), inline(always))]
    pub(crate) fn signed<const BITS: u32>(&mut self) -> Result<i64, Fault> {
        match self.next() {
            Some(byte @ 0..MORE) => {
                self.at += 1;
                Ok(i64::from((byte << 1).cast_signed() >> 1))
            }
            _ => match self.rest().first_chunk().and_then(short) {
                Some((value, len)) if !crate::SMALL => {
                    self.at += len as usize;
                    let unused = 64 - 7 * len;
                    Ok((value << unused).cast_signed() >> unused)
                }
                _ => self.long::<BITS, true>().map(u64::cast_signed),
            },
        }
    }

    /// A number of so many bits. With a sign, the bits above are those of the sign.
    #[cfg_attr(not(small), inline(never))]
    fn long<const BITS: u32, const SIGNED: bool>(&mut self) -> Result<u64, Fault> {
        self.long_of(BITS, SIGNED)
    }

    /// Once for each width where code is to be fast, once for all where it is to be small.
    #[cfg_attr(small, inline(never))]
    #[cfg_attr(not(small), inline(always))]
    fn long_of(&mut self, bits: u32, signed: bool) -> Result<u64, Fault> {
        let (mut value, mut shift) = (0, 0);
        for (index, byte) in self.rest().iter().enumerate() {
            value |= u64::from(byte & !MORE) << shift;
            // Of the last byte that there may be, some bits have no place in the number.
            if shift + 7 >= bits && !is_last(*byte, bits - shift, signed) {
                return Err(self.bad_number(index));
            }
            shift += 7;
            if byte & MORE == 0 {
                self.at += index + 1;
                let unused = 64_u32.saturating_sub(shift);
                return Ok(match signed {
                    true => ((value << unused).cast_signed() >> unused).cast_unsigned(),
                    false => value,
                });
            }
        }
        Err(self.ended())
    }

    /// The error for the number whose last possible byte is number `index` of those that are left.
    #[cold]
    fn bad_number(&self, index: usize) -> Fault {
        let message = match self.bytes.get(self.at + index) {
            Some(MORE..) => "integer representation too long",
            _ => "integer too large",
        };
        Fault::invalid(message, self.offset() + index)
    }

    #[cold]
    fn ended(&self) -> Fault {
        Fault::invalid("unexpected end-of-file", self.start + self.bytes.len())
    }
}

/// The number that `bytes` begin with, without its sign, and how many they are. None if they are not all of it: a number that is
/// so short has a place for each bit.
#[inline(always)]
fn short(bytes: &[u8; 4]) -> Option<(u64, u32)> {
    let bytes = u32::from_le_bytes(*bytes);
    let lasts = !bytes & 0x8080_8080;
    // All bits up to the topmost of the first byte that no other follows.
    let number = bytes & (lasts ^ lasts.wrapping_sub(1));
    let group = |index: u32| u64::from(number >> index & 0x7f << (7 * index));
    let value = group(0) | group(1) | group(2) | group(3);
    (lasts != 0).then(|| (value, lasts.trailing_zeros() / 8 + 1))
}

/// Whether a number can end with `byte`, of which `kept` bits have a place in it.
#[inline(always)]
fn is_last(byte: u8, kept: u32, signed: bool) -> bool {
    let sign_extended = (byte << 1).cast_signed() >> 1 >> (kept - 1);
    match signed {
        true => byte & MORE == 0 && (sign_extended == 0 || sign_extended == -1),
        false => byte >> kept == 0,
    }
}
