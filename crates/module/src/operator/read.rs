//! Reads operators, one by one: all at once with what is done with each, or as values.
//!
//! Not validation, but for what the format itself demands. Invariants: reading ends with the `end` that belongs to the body, which
//! must be its last byte; a proposal that is off has no operators.

use super::{Operator, for_each_operator};
use crate::error::Fault;
use crate::reader::Reader;
use crate::{BodyValidator, Error};
use wasmite_core::Proposal;

/// The byte before the number of an operator that has no byte of its own.
const PREFIX: u8 = 0xfc;

/// Whether so many operators are of this opcode that no call is spent on them: blocks, branches, what reads and writes locals and
/// memory, and constants, comparisons and arithmetic of `i32`. All in one loop take the compiler very long. Without optimisation a
/// loop has room on the native stack for what each of them needs, so there all are apart.
const fn is_frequent(opcode: u32) -> bool {
    let is_control = matches!(opcode, 0x02..=0x05 | 0x0b..=0x0d | 0x10);
    let is_access = matches!(opcode, 0x20..=0x22 | 0x28..=0x3e);
    let is_i32 = matches!(opcode, 0x41 | 0x45..=0x4f | 0x6a..=0x78);
    !crate::SMALL && !cfg!(debug_assertions) && (is_control || is_access || is_i32)
}

/// What is done with operators.
pub trait Visitor {
    /// Why it could not be done.
    type Error: From<Fault>;

    /// Visits the operator at byte `offset` of the module. Inlined where the operator is known, so that nothing is left of a
    /// match on it.
    fn operator(&mut self, operator: &Operator<'_>, offset: usize) -> Result<(), Self::Error>;

    /// Visits an `i32.const` and the operator after it, which takes two `i32`, the constant as the second, and leaves one: that is
    /// frequent, and takes less together. `offsets` are those of both in the module.
    #[inline(always)]
    fn operator_on_constant(
        &mut self,
        value: i32,
        operator: &Operator<'_>,
        offsets: [usize; 2],
    ) -> Result<(), Self::Error> {
        self.operator(&Operator::I32Const { value }, offsets[0])?;
        self.operator(operator, offsets[1])
    }
}

/// The operators of a body, or of what is left of it.
#[derive(Clone, Copy, Debug)]
pub struct Operators<'a> {
    reader: Reader<'a>,
    /// Open blocks, the body included.
    depth: u32,
}

/// The operator of a row that takes two `i32` and leaves one.
macro_rules! operator_on_i32 {
    (@ $name:ident binary(I32, I32)) => {
        Some(Operator::$name)
    };
    (@ $name:ident $($other:tt)*) => {
        None
    };
    ($($code:literal $name:ident $({ $($arg:ident: $ty:ty = $read:ident),* })?
        $class:ident $(($($of:tt)*))? $(@ $proposal:ident)?;)*) => {
        /// The operator of an opcode, if it takes two `i32` and leaves one.
        #[inline(always)]
        fn operator_on_i32(opcode: u8) -> Option<Operator<'static>> {
            match u32::from(opcode) {
                $($code => operator_on_i32!(@ $name $class $(($($of)*))?),)*
                _ => None,
            }
        }
    };
}

for_each_operator!(operator_on_i32);

macro_rules! visit {
    ($($code:literal $name:ident $({ $($arg:ident: $ty:ty = $read:ident),* })?
        $class:ident $(($($of:tt)*))? $(@ $proposal:ident)?;)*) => {
        /// Reads the next operator for `visitor`.
        #[inline(always)]
        fn visit_next<V: TakesOperators<'a>>(&mut self, visitor: &mut V) -> Result<(), V::Error> {
            let offset = self.reader.offset();
            match self.opcode()? {
                $($code => {
                    #[inline(always)]
                    fn arm<'a, V: TakesOperators<'a>>(
                        this: &mut Operators<'a>,
                        visitor: &mut V,
                        offset: usize,
                    ) -> Result<(), V::Error> {
                        $(this.reader.require(Proposal::$proposal, offset)?;)?
                        let operator = Operator::$name $({ $($arg: this.reader.$read()?),* })?;
                        this.count(&operator);
                        if let Operator::I32Const { value } = operator
                            && V::TAKES_TWO
                            && let Some((operator, at)) = this.operator_on_i32()
                        {
                            return visitor.take_two(value, operator, [offset, at]);
                        }
                        let ends = matches!(operator, Operator::End);
                        visitor.take(operator, offset)?;
                        if ends { Ok(this.check_end()?) } else { Ok(()) }
                    }
                    #[cfg_attr(not(small), inline(never))]
                    fn apart<'a, V: TakesOperators<'a>>(
                        this: &mut Operators<'a>,
                        visitor: &mut V,
                        offset: usize,
                    ) -> Result<(), V::Error> {
                        arm(this, visitor, offset)
                    }
                    if const { is_frequent($code) } {
                        arm(self, visitor, offset)
                    } else {
                        apart(self, visitor, offset)
                    }
                })*
                opcode => Err(unknown(opcode, offset).into()),
            }
        }
    };
}

impl<'a> Operators<'a> {
    pub(crate) fn new(reader: Reader<'a>) -> Self {
        Self { reader, depth: 1 }
    }

    /// The next operator and its offset in the module, none at the end.
    pub fn read(&mut self) -> Result<Option<(Operator<'a>, usize)>, Error> {
        if self.reader.is_empty() {
            self.finish()?;
            return Ok(None);
        }
        let mut taken = Taken(None);
        self.read_next(&mut taken)?;
        Ok(taken.0)
    }

    #[inline(never)]
    fn read_next(&mut self, taken: &mut Taken<'a>) -> Result<(), Fault> {
        self.visit_next(taken)
    }

    /// Has `visitor` visit all operators, each after `validator` if there is one: where each is decoded, by code that knows
    /// which one it is, or in steps where code is to be small.
    #[inline(always)]
    pub fn visit<V: Visitor>(
        mut self,
        validator: Option<&mut BodyValidator<'_>>,
        visitor: &mut V,
    ) -> Result<(), V::Error> {
        let mut valid = Valid { validator, visitor };
        while !self.reader.is_empty() {
            if crate::SMALL {
                let mut taken = Taken(None);
                self.read_next(&mut taken)?;
                let Some((operator, offset)) = taken.0 else { break };
                if let Some(validator) = &mut valid.validator {
                    validator.step(&operator, offset)?;
                }
                valid.visitor.operator(&operator, offset)?;
            } else {
                self.visit_next(&mut valid)?;
            }
        }
        Ok(self.finish()?)
    }

    /// Where nothing is left: whether the body has ended.
    fn finish(&self) -> Result<(), Fault> {
        if self.depth > 0 {
            let message = "END opcode expected: control frames remain at end of function body";
            return Err(Fault::invalid(message, self.reader.offset()));
        }
        Ok(())
    }

    /// After an `end`: nothing may follow that of the body.
    #[inline(always)]
    fn check_end(&self) -> Result<(), Fault> {
        if self.depth == 0 && !self.reader.is_empty() {
            let message = "operators remaining after end of function body";
            return Err(Fault::invalid(message, self.reader.offset()));
        }
        Ok(())
    }

    #[inline(always)]
    fn opcode(&mut self) -> Result<u32, Fault> {
        match self.reader.byte()? {
            PREFIX => self.prefixed(),
            byte => Ok(byte.into()),
        }
    }

    /// The next operator and its offset, if it takes two `i32` and leaves one: else it is not read.
    #[inline(always)]
    fn operator_on_i32(&mut self) -> Option<(Operator<'static>, usize)> {
        let operator = operator_on_i32(self.reader.next()?)?;
        let offset = self.reader.offset();
        self.reader.skip();
        Some((operator, offset))
    }

    #[inline(never)]
    fn prefixed(&mut self) -> Result<u32, Fault> {
        Ok((u32::from(PREFIX) << 8).saturating_add(self.reader.u32()?))
    }

    #[inline(always)]
    fn count(&mut self, operator: &Operator<'_>) {
        match operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => self.depth += 1,
            Operator::End => self.depth -= 1,
            _ => {}
        }
    }

    for_each_operator!(visit);
}

/// What takes operators with all they have.
trait TakesOperators<'a> {
    type Error: From<Fault>;

    /// Whether it gains from taking two at once where there are many of their kind.
    const TAKES_TWO: bool = false;

    fn take(&mut self, operator: Operator<'a>, offset: usize) -> Result<(), Self::Error>;

    /// Takes what [`Visitor::operator_on_constant`] visits.
    #[inline(always)]
    fn take_two(
        &mut self,
        value: i32,
        operator: Operator<'a>,
        offsets: [usize; 2],
    ) -> Result<(), Self::Error> {
        self.take(Operator::I32Const { value }, offsets[0])?;
        self.take(operator, offsets[1])
    }
}

/// The operator that was read last.
struct Taken<'a>(Option<(Operator<'a>, usize)>);

impl<'a> TakesOperators<'a> for Taken<'a> {
    type Error = Fault;

    #[inline(always)]
    fn take(&mut self, operator: Operator<'a>, offset: usize) -> Result<(), Fault> {
        self.0 = Some((operator, offset));
        Ok(())
    }
}

/// Validates before it visits.
struct Valid<'v, 'm, V> {
    validator: Option<&'v mut BodyValidator<'m>>,
    visitor: &'v mut V,
}

impl<'a, V: Visitor> TakesOperators<'a> for Valid<'_, '_, V> {
    type Error = V::Error;

    const TAKES_TWO: bool = !crate::SMALL;

    #[inline(always)]
    fn take_two(
        &mut self,
        value: i32,
        operator: Operator<'a>,
        offsets: [usize; 2],
    ) -> Result<(), V::Error> {
        if let Some(validator) = &mut self.validator {
            validator.operator_on_constant(offsets[1])?;
        }
        self.visitor.operator_on_constant(value, &operator, offsets)
    }

    #[inline(always)]
    fn take(&mut self, operator: Operator<'a>, offset: usize) -> Result<(), V::Error> {
        if let Some(validator) = &mut self.validator {
            validator.operator(&operator, offset)?;
        }
        self.visitor.operator(&operator, offset)
    }
}

/// The error for an opcode that is in no row.
#[cold]
pub(crate) fn unknown(opcode: u32, offset: usize) -> Fault {
    let proposal = match opcode {
        0x08 | 0x0a | 0x1f => Proposal::ExceptionHandling,
        0x14 | 0x15 | 0xd4..=0xd6 => Proposal::FunctionReferences,
        0xd3 | 0xfb => Proposal::Gc,
        0xfd => Proposal::Simd,
        0xfe => Proposal::Threads,
        _ => return Fault::invalid(format_args!("illegal opcode: {opcode:#04x}"), offset),
    };
    Fault::lacks(proposal, offset)
}
