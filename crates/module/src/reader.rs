//! Reads numbers of a function body (spec 3.0, "Values" of the binary format), fast if they are short.
//!
//! Not operators, types or sections. Invariant: an error's offset is that of the byte that is wrong, or of the end.

use crate::Error;
use wasmite_core::Features;

/// Bytes that are left to be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    /// Where they end in the module.
    end: usize,
    pub(crate) features: Features,
}

/// Whether a number goes on after its byte.
const MORE: u8 = 0x80;

impl<'a> Reader<'a> {
    /// The `bytes` that begin at `start` of a module with these features.
    pub(crate) fn new(bytes: &'a [u8], start: usize, features: Features) -> Self {
        Self { rest: bytes, end: start + bytes.len(), features }
    }

    /// Where the next byte is in the module.
    #[inline(always)]
    pub(crate) fn offset(&self) -> usize {
        self.end - self.rest.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The bytes that are left.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    #[inline(always)]
    pub(crate) fn byte(&mut self) -> Result<u8, Error> {
        let Some((first, rest)) = self.rest.split_first() else { return Err(self.ended()) };
        self.rest = rest;
        Ok(*first)
    }

    /// The next byte, which stays.
    pub(crate) fn peek(&self) -> Result<u8, Error> {
        self.rest.first().copied().ok_or_else(|| self.ended())
    }

    pub(crate) fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let Some((first, rest)) = self.rest.split_first_chunk() else {
            self.rest = &[];
            return Err(self.ended());
        };
        self.rest = rest;
        Ok(*first)
    }

    #[inline(always)]
    pub(crate) fn u32(&mut self) -> Result<u32, Error> {
        match self.rest {
            [byte @ 0..MORE, rest @ ..] => {
                self.rest = rest;
                Ok((*byte).into())
            }
            _ => self.long(32, false).map(|value| value as u32),
        }
    }

    #[inline(always)]
    pub(crate) fn u64(&mut self) -> Result<u64, Error> {
        match self.rest {
            [byte @ 0..MORE, rest @ ..] => {
                self.rest = rest;
                Ok((*byte).into())
            }
            _ => self.long(64, false),
        }
    }

    #[inline(always)]
    pub(crate) fn i32(&mut self) -> Result<i32, Error> {
        self.signed(32).map(|value| value as i32)
    }

    #[inline(always)]
    pub(crate) fn i64(&mut self) -> Result<i64, Error> {
        self.signed(64)
    }

    /// A number with a sign, in `bits` bits.
    #[inline(always)]
    pub(crate) fn signed(&mut self, bits: u32) -> Result<i64, Error> {
        match self.rest {
            [byte @ 0..MORE, rest @ ..] => {
                self.rest = rest;
                Ok(i64::from((*byte << 1).cast_signed() >> 1))
            }
            _ => self.long(bits, true).map(u64::cast_signed),
        }
    }

    /// A number of `bits` bits. With a sign, the bits above are those of the sign.
    #[inline(never)]
    fn long(&mut self, bits: u32, signed: bool) -> Result<u64, Error> {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = self.byte()?;
            value |= u64::from(byte & !MORE) << shift;
            // Of the last byte that there may be, some bits have no place in the number.
            if shift + 7 >= bits {
                let kept = bits - shift;
                let sign_extended = (byte << 1).cast_signed() >> 1 >> (kept - 1);
                let fits = match signed {
                    true => sign_extended == 0 || sign_extended == -1,
                    false => byte >> kept == 0,
                };
                if byte & MORE != 0 || !fits {
                    return Err(self.bad_number(byte & MORE != 0));
                }
            }
            shift += 7;
            if byte & MORE == 0 {
                let unused = 64_u32.saturating_sub(shift);
                return Ok(match signed {
                    true => ((value << unused).cast_signed() >> unused).cast_unsigned(),
                    false => value,
                });
            }
        }
    }

    #[cold]
    fn bad_number(&self, too_long: bool) -> Error {
        let message = match too_long {
            true => "integer representation too long",
            false => "integer too large",
        };
        Error::invalid(message, self.offset() as u64 - 1)
    }

    #[cold]
    fn ended(&self) -> Error {
        Error::invalid("unexpected end-of-file", self.end as u64)
    }
}
