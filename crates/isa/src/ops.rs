//! One marker type per op with operands of its own, and traits that say what it computes: what generic handlers are
//! generic over. Also the same semantics by [`Op`] value, for constant folding.
//!
//! Not the semantics themselves ([`crate::eval`]). Invariant: everything here is generated from the table.

use crate::{Op, Scalar, eval};
use wasmite_core::Trap;

/// An op that is a row of the table.
pub trait Row: Send + Sync + 'static {
    /// The row.
    const OP: Op;
}

/// Moves one value.
pub trait Copy: Row {
    /// The type moved.
    type T: Scalar;
}

/// Computes one value from one.
pub trait Unary: Row {
    /// The type of the operand.
    type In: Scalar;
    /// The type of the result.
    type Out: Scalar;
    /// The result, or why there is none.
    fn eval(a: Self::In) -> Result<Self::Out, Trap>;
}

/// Computes one value from two of the same type.
pub trait Binary: Row {
    /// The type of operands and result.
    type T: Scalar;
    /// The result, or why there is none.
    fn eval(a: Self::T, b: Self::T) -> Result<Self::T, Trap>;
}

/// Compares two values.
pub trait Compare: Row {
    /// The type of the operands.
    type In: Scalar;
    /// The verdict.
    fn eval(a: Self::In, b: Self::In) -> bool;
}

/// Branches on a comparison.
pub trait Branch: Row {
    /// The comparison.
    type Test: Compare;
}

/// Chooses between two values.
pub trait Select: Row {
    /// The type of the values.
    type T: Scalar;
}

/// Reads memory.
pub trait Load: Row {
    /// The type of the result.
    type Out: Scalar;
    /// The bytes read.
    type Bytes: for<'a> TryFrom<&'a [u8]> + core::marker::Copy + Send + Sync + 'static;
    /// Number of bytes read.
    const SIZE: usize;
    /// The value that little-endian bytes hold.
    fn decode(bytes: Self::Bytes) -> Self::Out;
}

/// Writes memory.
pub trait Store: Row {
    /// The type of the value.
    type In: Scalar;
    /// The bytes written.
    type Bytes: AsRef<[u8]> + core::marker::Copy + Send + Sync + 'static;
    /// Number of bytes written.
    const SIZE: usize;
    /// The little-endian bytes that hold a value.
    fn encode(value: Self::In) -> Self::Bytes;
}

/// Another way to address the same load.
pub trait LoadVariant: Row {
    /// The load.
    type Load: Load;
}

/// Another way to address the same store.
pub trait StoreVariant: Row {
    /// The store.
    type Store: Store;
}

/// Reads or writes a global variable.
pub trait Global: Row {
    /// The type of the value, as far as accumulators matter.
    type T: Scalar;
}

/// Returns one value.
pub trait ReturnOne: Row {
    /// The type of the value, as far as accumulators matter.
    type T: Scalar;
}

/// Reads and writes runs of slots.
pub trait Wide: Row {
    /// Slots read.
    const READS: usize;
    /// Slots written.
    const WRITES: usize;
    /// Computes `slots[..WRITES]` from `slots[..READS]`.
    fn eval(slots: &mut [u64; 4]);
}

/// Done by the run loop.
pub trait Cold: Row {
    /// Slots read.
    const READS: usize;
    /// Slots written.
    const WRITES: usize;
}

macro_rules! marker {
    (Copy $name:ident $t:ident) => {
        impl Copy for $name {
            type T = $t;
        }
    };
    (Unary $name:ident $a:ident -> $d:ident $kind:tt $f:ident) => {
        impl Unary for $name {
            type In = $a;
            type Out = $d;
            #[inline(always)]
            fn eval(a: $a) -> Result<$d, Trap> {
                result!($kind eval::$f(a))
            }
        }
    };
    (Binary $name:ident $t:ident $kind:tt $f:ident $order:ident) => {
        impl Binary for $name {
            type T = $t;
            #[inline(always)]
            fn eval(a: $t, b: $t) -> Result<$t, Trap> {
                result!($kind eval::$f(a, b))
            }
        }
    };
    (Compare $name:ident $t:ident $sign:tt $f:ident, $not:ident, $swap:ident) => {
        impl Compare for $name {
            type In = $t;
            #[inline(always)]
            fn eval(a: $t, b: $t) -> bool {
                verdict!($sign eval::$f(a, b))
            }
        }
    };
    (Branch $name:ident $test:ident) => {
        impl Branch for $name {
            type Test = $test;
        }
    };
    (Select $name:ident $t:ident) => {
        impl Select for $name {
            type T = $t;
        }
    };
    (Load $name:ident $raw:ident -> $d:ident) => {
        impl Load for $name {
            type Out = $d;
            type Bytes = [u8; size_of::<$raw>()];
            const SIZE: usize = size_of::<$raw>();
            #[inline(always)]
            fn decode(bytes: Self::Bytes) -> $d {
                // Signed source types extend their sign, unsigned ones zeros.
                $raw::from_le_bytes(bytes) as $d
            }
        }
    };
    (Store $name:ident $v:ident -> $raw:ident) => {
        impl Store for $name {
            type In = $v;
            type Bytes = [u8; size_of::<$raw>()];
            const SIZE: usize = size_of::<$raw>();
            #[inline(always)]
            fn encode(value: $v) -> Self::Bytes {
                (value as $raw).to_le_bytes()
            }
        }
    };
    (LoadIndexed $name:ident $load:ident) => {
        impl LoadVariant for $name {
            type Load = $load;
        }
    };
    (LoadGeneral $name:ident $load:ident) => {
        impl LoadVariant for $name {
            type Load = $load;
        }
    };
    (StoreIndexed $name:ident $store:ident) => {
        impl StoreVariant for $name {
            type Store = $store;
        }
    };
    (StoreGeneral $name:ident $store:ident) => {
        impl StoreVariant for $name {
            type Store = $store;
        }
    };
    (GlobalGet $name:ident $t:ident) => {
        impl Global for $name {
            type T = $t;
        }
    };
    (GlobalSet $name:ident $t:ident) => {
        impl Global for $name {
            type T = $t;
        }
    };
    (ImportedGlobalGet $name:ident $t:ident) => {
        impl Global for $name {
            type T = $t;
        }
    };
    (ImportedGlobalSet $name:ident $t:ident) => {
        impl Global for $name {
            type T = $t;
        }
    };
    (Wide $name:ident $reads:literal -> $writes:literal) => {
        impl Wide for $name {
            const READS: usize = $reads;
            const WRITES: usize = $writes;
            #[inline(always)]
            fn eval(slots: &mut [u64; 4]) {
                let [a, b, c, d] = *slots;
                let (lo, hi) = match Op::$name {
                    Op::I64Add128 => eval::i64_add128(a, b, c, d),
                    Op::I64Sub128 => eval::i64_sub128(a, b, c, d),
                    Op::I64MulWideS => eval::i64_mul_wide_s(a, b),
                    _ => eval::i64_mul_wide_u(a, b),
                };
                slots[0] = lo;
                slots[1] = hi;
            }
        }
    };
    (Control $name:ident $shape:ident) => {};
    (ReturnOne $name:ident $t:ident) => {
        impl ReturnOne for $name {
            type T = $t;
        }
    };
    (Cold $name:ident $reads:literal -> $writes:literal, $($index:ident)+) => {
        impl Cold for $name {
            const READS: usize = $reads;
            const WRITES: usize = $writes;
        }
    };
}

macro_rules! result {
    (= $e:expr) => {
        Ok($e)
    };
    (? $e:expr) => {
        $e
    };
}

macro_rules! verdict {
    (+ $e:expr) => {
        $e
    };
    (- $e:expr) => {
        !$e
    };
}

macro_rules! define_markers {
    ($($family:ident $name:ident ($($spec:tt)*);)*) => { $(
        #[doc = concat!("Marker of the op `", stringify!($name), "`.")]
        #[derive(Clone, Debug)]
        pub struct $name;
        impl Row for $name {
            const OP: Op = Op::$name;
        }
        marker!($family $name $($spec)*);
    )* };
}

for_each_op!(define_markers);

/// The result of a numeric op on constants, as slots; `None` if the op is not of that kind.
type Folded = Option<Result<u64, Trap>>;

macro_rules! fold_unary {
    (Unary $name:ident $a:expr) => {
        Some(<$name as Unary>::eval(Scalar::from_slot($a)).map(Scalar::to_slot))
    };
    ($family:ident $name:ident $a:expr) => {
        None
    };
}

macro_rules! fold_binary {
    (Binary $name:ident $a:expr, $b:expr) => {
        Some(
            <$name as Binary>::eval(Scalar::from_slot($a), Scalar::from_slot($b))
                .map(Scalar::to_slot),
        )
    };
    (Compare $name:ident $a:expr, $b:expr) => {{
        let verdict = <$name as Compare>::eval(Scalar::from_slot($a), Scalar::from_slot($b));
        Some(Ok(verdict.into()))
    }};
    ($family:ident $name:ident $a:expr, $b:expr) => {
        None
    };
}

macro_rules! related {
    (negated Compare $name:ident $t:ident $sign:tt $f:ident, $not:ident, $swap:ident) => {
        Some(Op::$not)
    };
    (swapped Compare $name:ident $t:ident $sign:tt $f:ident, $not:ident, $swap:ident) => {
        Some(Op::$swap)
    };
    (test Branch $name:ident $test:ident) => {
        Some(Op::$test)
    };
    (slots Wide $name:ident $reads:literal -> $writes:literal) => {
        Some(($reads, $writes))
    };
    (slots Cold $name:ident $reads:literal -> $writes:literal, $($index:ident)+) => {
        Some(($reads, $writes))
    };
    (size Load $name:ident $raw:ident -> $d:ident) => {
        Some(size_of::<$raw>())
    };
    (size Store $name:ident $v:ident -> $raw:ident) => {
        Some(size_of::<$raw>())
    };
    ($what:ident $family:ident $($rest:tt)*) => {
        None
    };
}

macro_rules! variant {
    (branch $op:ident Branch $name:ident $test:ident) => {
        if let Op::$test = $op {
            return Some(Op::$name);
        }
    };
    (indexed $op:ident LoadIndexed $name:ident $base:ident) => {
        if let Op::$base = $op {
            return Some(Op::$name);
        }
    };
    (indexed $op:ident StoreIndexed $name:ident $base:ident) => {
        if let Op::$base = $op {
            return Some(Op::$name);
        }
    };
    (general $op:ident LoadGeneral $name:ident $base:ident) => {
        if let Op::$base = $op {
            return Some(Op::$name);
        }
    };
    (general $op:ident StoreGeneral $name:ident $base:ident) => {
        if let Op::$base = $op {
            return Some(Op::$name);
        }
    };
    ($what:ident $op:ident $($rest:tt)*) => {};
}

macro_rules! define_relations {
    ($($family:ident $name:ident ($($spec:tt)*);)*) => {
        impl Op {
            /// The result of a unary op on a constant, as slots; `None` if the op is not unary.
            pub fn eval_unary(self, a: u64) -> Folded {
                match self { $(Self::$name => fold_unary!($family $name a)),* }
            }

            /// The result of a binary op or comparison on constants, as slots; `None` if the op is neither.
            pub fn eval_binary(self, a: u64, b: u64) -> Folded {
                match self { $(Self::$name => fold_binary!($family $name a, b)),* }
            }

            /// The comparison that is true where this one is false.
            pub fn negated(self) -> Option<Self> {
                match self { $(Self::$name => related!(negated $family $name $($spec)*)),* }
            }

            /// The comparison that a branch makes.
            pub fn test(self) -> Option<Self> {
                match self { $(Self::$name => related!(test $family $name $($spec)*)),* }
            }

            /// The comparison that gives the same verdict with its operands swapped.
            pub fn swapped(self) -> Option<Self> {
                match self { $(Self::$name => related!(swapped $family $name $($spec)*)),* }
            }

            /// Slots read and written by an op on runs of slots.
            pub fn slot_runs(self) -> Option<(usize, usize)> {
                match self { $(Self::$name => related!(slots $family $name $($spec)*)),* }
            }

            /// Bytes that a plain load or store accesses.
            pub fn access_size(self) -> Option<usize> {
                match self { $(Self::$name => related!(size $family $name $($spec)*)),* }
            }

            const fn find_branch(self) -> Option<Self> {
                $(variant!(branch self $family $name $($spec)*);)*
                None
            }

            const fn find_indexed(self) -> Option<Self> {
                $(variant!(indexed self $family $name $($spec)*);)*
                None
            }

            const fn find_general(self) -> Option<Self> {
                $(variant!(general self $family $name $($spec)*);)*
                None
            }
        }
    };
}

for_each_op!(define_relations);

/// For each op, the branch on it, the indexed form and the general form, where there is one.
static VARIANTS: [[Option<Op>; 3]; Op::ALL.len()] = {
    let mut table = [[None; 3]; Op::ALL.len()];
    let mut i = 0;
    while i < table.len() {
        let op = Op::ALL[i];
        table[i] = [op.find_branch(), op.find_indexed(), op.find_general()];
        i += 1;
    }
    table
};

impl Op {
    /// The branch taken where this comparison is true.
    #[inline]
    pub fn branch(self) -> Option<Self> {
        VARIANTS[self as usize][0]
    }

    /// The same load or store with an index added to the address.
    #[inline]
    pub fn indexed(self) -> Option<Self> {
        VARIANTS[self as usize][1]
    }

    /// The same load or store for any memory and 64-bit addresses.
    #[inline]
    pub fn general(self) -> Option<Self> {
        VARIANTS[self as usize][2]
    }
}
