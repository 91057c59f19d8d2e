//! The model: what weight a sequence has in programs that nobody has counted.
//!
//! Exact counts of a corpus know too little of other programs, so a pair's score also has parts that come from counts of
//! ops alone, with operand forms that each op usually has, from classes of ops, from the same op of another width, and from the
//! same cells with hot locals exchanged.
//! Invariant: every part is a distribution, so the weights in [`Mix`] are shares.

use crate::ngrams::Counts;
use crate::table::{Table, is_excluded};
use std::collections::{HashMap, HashSet};
use wasmite_isa::{Op, Opcode, Src, shape::Shape};

/// Shares of the parts of a pair's score.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mix {
    /// Counts of the pair itself.
    pub(crate) opcodes: f64,
    /// Counts of the pair of ops, with forms that each has where the other is of the same kind.
    pub(crate) ops: f64,
    /// Counts of the pair of classes, with ops and forms in proportion.
    pub(crate) classes: f64,
    /// Counts of the same pair of the other width: what `i32` does, `i64` does somewhere.
    pub(crate) twins: f64,
    /// Counts of the same pair with hot locals exchanged: which of the two is the hot one is chance.
    pub(crate) mirrored: f64,
}

impl Default for Mix {
    fn default() -> Self {
        Self { opcodes: 0.38, ops: 0.23, classes: 0.08, twins: 0.08, mirrored: 0.23 }
    }
}

/// How the second cell uses the first: the form of the first one's result (or that it has none), and which sources of the
/// second are read from the same place.
type Link = (Option<u8>, [bool; 3]);

/// A class of ops: the shape, operand type and result type.
type Class = (&'static str, u8, u8, bool);

type Weights<K> = HashMap<K, f64>;

/// The part of the weight that all domains have in equal shares.
const BALANCED: f64 = 0.2;

/// Below this share of all, a score is not worth keeping: tables end long before.
const NEGLIGIBLE: f64 = 2e-7;

fn opcode(word: u64) -> Opcode {
    Opcode::from_word(word).expect("counts are of opcodes")
}

fn link(first: Opcode, second: Opcode) -> Link {
    if !first.op.shape().dst {
        return (None, [false; 3]);
    }
    let (_, result) = first.digits();
    // The result of a slot form is in the accumulator too, and only there worth a look.
    let place = result.max(1);
    let (sources, _) = second.digits();
    let mut uses = [false; 3];
    for (used, source) in uses.iter_mut().zip(sources).take(second.op.shape().srcs.len()) {
        *used = source == place;
    }
    (Some(result), uses)
}

fn class(op: Op) -> Class {
    let info = op.info();
    (info.shape.name, info.input as u8, info.output as u8, info.commutes)
}

/// Counts of pairs, by what the model knows about them.
#[derive(Default)]
struct Factors {
    ops: Weights<(Op, Op, Link)>,
    classes: Weights<(Class, Class, Link)>,
    first_ops: Weights<(Op, Link)>,
    second_ops: Weights<(Op, Link)>,
    first_forms: HashMap<(Op, Link), Weights<u64>>,
    second_forms: HashMap<(Op, Link), Weights<u64>>,
    first_members: HashMap<(Class, Link), Weights<Op>>,
    second_members: HashMap<(Class, Link), Weights<Op>>,
}

impl Factors {
    fn of(pairs: &Weights<[u64; 2]>) -> Self {
        let mut factors = Self::default();
        for (words, weight) in pairs {
            let [first, second] = words.map(opcode);
            let link = link(first, second);
            *factors.ops.entry((first.op, second.op, link)).or_default() += weight;
            let classes = (class(first.op), class(second.op), link);
            *factors.classes.entry(classes).or_default() += weight;
            *factors.first_ops.entry((first.op, link)).or_default() += weight;
            *factors.second_ops.entry((second.op, link)).or_default() += weight;
            let first_forms = factors.first_forms.entry((first.op, link)).or_default();
            *first_forms.entry(words[0]).or_default() += weight;
            let second_forms = factors.second_forms.entry((second.op, link)).or_default();
            *second_forms.entry(words[1]).or_default() += weight;
            let members = factors.first_members.entry((classes.0, link)).or_default();
            *members.entry(first.op).or_default() += weight;
            let members = factors.second_members.entry((classes.1, link)).or_default();
            *members.entry(second.op).or_default() += weight;
        }
        factors
    }

    /// Spreads the weight of a pair of ops over their forms.
    fn spread(&self, ops: (Op, Op, Link), weight: f64, scores: &mut Weights<[u64; 2]>) {
        let (first, second, link) = ops;
        let (Some(firsts), Some(seconds)) =
            (self.first_forms.get(&(first, link)), self.second_forms.get(&(second, link)))
        else {
            return;
        };
        let scale = weight / (self.first_ops[&(first, link)] * self.second_ops[&(second, link)]);
        for (one, a) in firsts {
            for (other, b) in seconds {
                let score = a * b * scale;
                if score > NEGLIGIBLE {
                    *scores.entry([*one, *other]).or_default() += score;
                }
            }
        }
    }

    /// Spreads the weight of each pair of classes over their ops.
    fn spread_classes(&self, share: f64, scores: &mut Weights<[u64; 2]>) {
        for ((first, second, link), weight) in &self.classes {
            let firsts = &self.first_members[&(*first, *link)];
            let seconds = &self.second_members[&(*second, *link)];
            let all = firsts.values().sum::<f64>() * seconds.values().sum::<f64>();
            for (one, a) in firsts {
                for (other, b) in seconds {
                    let score = weight * share * a * b / all;
                    if score > NEGLIGIBLE {
                        self.spread((*one, *other, *link), score, scores);
                    }
                }
            }
        }
    }
}

/// The same cell of an op of the other width, if there is one.
fn twin(word: u64) -> Option<u64> {
    let opcode = opcode(word);
    let name = opcode.op.name();
    let swapped = [("32", "64"), ("64", "32")].iter().find_map(|(from, to)| {
        ["I", "F"]
            .iter()
            .any(|kind| name.contains(&format!("{kind}{from}")))
            .then(|| name.replace(from, to))
    })?;
    let op = *Op::ALL.iter().find(|op| op.name() == swapped)?;
    let (digits, _) = opcode.digits();
    let same = op.shape().forms() == opcode.op.shape().forms();
    (same && op.allows(&digits)).then(|| Opcode { op, ..opcode }.word())
}

/// The same cell with the two hot locals exchanged, operands in the order that its op allows.
fn mirrored(word: u64) -> Option<u64> {
    const HOT: u8 = Src::Hot.form();
    const WARM: u8 = Src::Warm.form();
    let exchanged = |digit| match digit {
        HOT => WARM,
        WARM => HOT,
        other => other,
    };
    let opcode = opcode(word);
    let Shape { srcs, dst, .. } = opcode.op.shape();
    let (sources, result) = opcode.digits();
    let mut sources = sources.map(exchanged);
    if !opcode.op.allows(&sources) && opcode.op.info().commutes {
        sources.swap(0, 1);
    }
    let digits = sources.into_iter().take(srcs.len()).chain(dst.then_some(exchanged(result)));
    let digits: Vec<u8> = digits.collect();
    opcode.op.allows(&sources).then(|| Opcode::of_digits(opcode.op, &digits).word())
}

/// The same cells with the two hot locals exchanged.
fn mirrored_pair(pair: [u64; 2]) -> Option<[u64; 2]> {
    let [first, second] = pair.map(mirrored);
    Some([first?, second?])
}

/// `pairs`, each with the one that differs from it by which hot local is which behind it: that is chance, so both occur.
fn with_mirrored(pairs: Vec<[u64; 2]>) -> Vec<[u64; 2]> {
    let mut present: HashSet<_> = pairs.iter().copied().collect();
    let mut all = Vec::with_capacity(pairs.len());
    for pair in pairs {
        all.push(pair);
        let missing = mirrored_pair(pair).filter(|mirrored| present.insert(*mirrored));
        all.extend(missing.filter(|mirrored| !is_excluded(mirrored)));
    }
    all
}

/// What programs compute with: a pair belongs to the first that it is about.
const DOMAINS: [fn([Op; 2]) -> bool; 5] = [
    |ops| names(ops, "F64"),
    |ops| names(ops, "F32"),
    |ops| names(ops, "I64"),
    |ops| ops.iter().all(|op| BITS.contains(op)),
    |_| true,
];
/// What ciphers, checksums, hashes and generators of random numbers do to `i32`.
const BITS: [Op; 9] = [
    Op::I32Mul,
    Op::I32And,
    Op::I32Or,
    Op::I32Xor,
    Op::I32Shl,
    Op::I32ShrS,
    Op::I32ShrU,
    Op::I32Rotl,
    Op::I32Rotr,
];

fn names(ops: [Op; 2], ty: &str) -> bool {
    ops.iter().any(|op| op.name().contains(ty))
}

/// The number of the domain that a pair belongs to.
fn domain(pair: &[u64; 2]) -> usize {
    let ops = pair.map(|word| opcode(word).op);
    DOMAINS.iter().position(|is_about| is_about(ops)).expect("the last has all others")
}

/// Gives pairs of each domain a part of the weight that does not depend on how many programs of the corpus are about it.
fn balance(scores: &mut Weights<[u64; 2]>) {
    let mut totals = [0.0; DOMAINS.len()];
    for (pair, score) in scores.iter() {
        totals[domain(pair)] += score;
    }
    let equal = totals.iter().sum::<f64>() / DOMAINS.len() as f64;
    for (pair, score) in scores {
        *score *= (1.0 - BALANCED) + BALANCED * equal / totals[domain(pair)];
    }
}

/// Scores of pairs, as shares of all neighbours.
fn pair_scores(counts: &Counts, mix: &Mix) -> Weights<[u64; 2]> {
    let all: f64 = counts.pairs.values().sum();
    let shares: Weights<[u64; 2]> =
        counts.pairs.iter().map(|(pair, weight)| (*pair, weight / all)).collect();
    let mut scores: Weights<[u64; 2]> = Weights::new();
    let mut twins: HashMap<u64, Option<u64>> = HashMap::new();
    for (pair, share) in &shares {
        *scores.entry(*pair).or_default() += mix.opcodes * share;
        let [first, second] = pair.map(|word| *twins.entry(word).or_insert_with(|| twin(word)));
        if let (Some(first), Some(second)) = (first, second) {
            *scores.entry([first, second]).or_default() += mix.twins * share;
        }
        if let Some(mirrored) = mirrored_pair(*pair) {
            *scores.entry(mirrored).or_default() += mix.mirrored * share;
        }
    }
    let factors = Factors::of(&shares);
    for (ops, weight) in &factors.ops {
        factors.spread(*ops, mix.ops * weight, &mut scores);
    }
    factors.spread_classes(mix.classes, &mut scores);
    balance(&mut scores);
    scores
}

/// The best sequences: pairs and their mirror images first, then triples that begin with one of the pairs.
pub(crate) fn choose(counts: &Counts, mix: &Mix, pairs: usize, triples: usize) -> Table {
    let scores = pair_scores(counts, mix);
    let mut seconds: Weights<u64> = Weights::new();
    for (pair, score) in &scores {
        *seconds.entry(pair[0]).or_default() += score;
    }
    let chosen = with_mirrored(best(scores.iter().map(|(pair, score)| (*pair, *score)), pairs));
    let all: f64 = counts.triples.values().sum();
    let kept: HashSet<_> = chosen.iter().collect();
    let candidates =
        counts.triples.iter().filter(|(triple, _)| kept.contains(&[triple[0], triple[1]]));
    let expected = |[a, b, c]: [u64; 3]| {
        let joint = scores.get(&[a, b]).zip(scores.get(&[b, c]));
        joint.map_or(0.0, |(one, other)| one * other / seconds[&b])
    };
    let three =
        candidates.map(|(triple, weight)| (*triple, 0.8 * weight / all + 0.2 * expected(*triple)));
    let triples = best(three, triples);
    Table { pairs: chosen, triples }
}

/// The `count` keys with the highest scores, best first; of equal ones the lower key. Those that are excluded are left out
/// of these, and nothing comes in their place: it would have to be checked in turn.
fn best<K: Ord + Copy + AsRef<[u64]>>(
    scores: impl Iterator<Item = (K, f64)>,
    count: usize,
) -> Vec<K> {
    let mut all: Vec<_> = scores.collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all.truncate(count);
    all.into_iter().map(|(key, _)| key).filter(|key| !is_excluded(key.as_ref())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(op: Op, digits: &[u8]) -> u64 {
        Opcode::of_digits(op, digits).word()
    }

    #[test]
    fn twins_have_the_other_width() {
        let add = [0, 4, 1];
        assert_eq!(twin(word(Op::I32Add, &add)), Some(word(Op::I64Add, &add)));
        assert_eq!(twin(word(Op::F64Load, &[0, 1])), Some(word(Op::F32Load, &[0, 1])));
        assert_eq!(twin(word(Op::Jump, &[])), None);
    }

    #[test]
    fn mirrored_cells_have_operands_in_order() {
        let (hot, warm) = (Src::Hot.form(), Src::Warm.form());
        let load = word(Op::I32Load, &[hot, 1]);
        assert_eq!(mirrored(load), Some(word(Op::I32Load, &[warm, 1])));
        let sum = word(Op::I32Add, &[hot, warm, hot]);
        assert_eq!(mirrored(sum), Some(word(Op::I32Add, &[hot, warm, warm])));
        let difference = word(Op::I32Sub, &[hot, warm, hot]);
        assert_eq!(mirrored(difference), Some(word(Op::I32Sub, &[warm, hot, warm])));
        assert_eq!(mirrored(word(Op::Jump, &[])), Some(word(Op::Jump, &[])));
    }

    #[test]
    fn pairs_come_with_their_mirror_images() {
        let (hot, warm) = (Src::Hot.form(), Src::Warm.form());
        let pair =
            |register| [word(Op::I32Load, &[register, 1]), word(Op::I32Add, &[0, 1, register])];
        let other = [word(Op::I32Load, &[0, 1]), word(Op::I32Add, &[0, 1, 0])];
        let all = with_mirrored(vec![pair(hot), other]);
        assert_eq!(
            all,
            [pair(hot), pair(warm), other],
            "next to each other, so that the first are best"
        );
        assert_eq!(with_mirrored(all.clone()), all, "they are there");
    }

    #[test]
    fn forms_that_were_not_counted_together_have_a_score() {
        let first = [word(Op::I32Add, &[0, 4, 1]), word(Op::I32Add, &[0, 0, 1])];
        let second = [word(Op::I32Load, &[1, 0]), word(Op::I32Load, &[1, 1])];
        let mut counts = Counts::default();
        for pair in [[first[0], second[0]], [first[0], second[1]], [first[1], second[0]]] {
            counts.pairs.insert(pair, 1.0);
        }
        let unseen = [first[1], second[1]];
        let exact = Mix { opcodes: 1.0, ops: 0.0, classes: 0.0, twins: 0.0, mirrored: 0.0 };
        assert!(!pair_scores(&counts, &exact).contains_key(&unseen));
        let narrow = Mix { twins: 0.0, ..Mix::default() };
        let table = choose(&counts, &narrow, 4, 0);
        assert!(table.pairs.contains(&unseen));
        assert_eq!(table.pairs[0], [first[0], second[0]], "what was counted comes first");
    }
}
