//! Whatever is outside of bodies is valid here if and only if it is to wasmparser: each section, item and rule, with proposals on
//! and off.
//!
//! Not bodies, which have an oracle of their own, and not messages but for modules with one defect (`sections_messages`). Where
//! Wasmite may differ: limits on sizes, which users set, so no module here comes near them.

use crate::flags::wasm_features;
use crate::inputs::{deferred, leb, module, section, sized};
use wasmite_core::{Features, Proposal};
use wasmite_module::{Error, Module, ParseOptions};
use wasmparser::{Parser, Validator};

/// What wasmparser says of a module but for its bodies.
pub(crate) fn theirs(bytes: &[u8], features: Features) -> wasmparser::Result<()> {
    let flags = wasm_features(features);
    let mut validator = Validator::new_with_features(flags);
    let mut parser = Parser::new(0);
    parser.set_features(flags);
    parser.parse_all(bytes).try_for_each(|payload| validator.payload(&payload?).map(drop))
}

/// What Wasmite says of it.
pub(crate) fn ours(bytes: &[u8], features: Features) -> Result<(), Error> {
    Module::parse(bytes, &ParseOptions { features, ..deferred() }).map(drop)
}

/// Whether both say the same; gives whether it is valid.
pub(crate) fn agree(bytes: &[u8], features: Features) -> bool {
    let (ours, theirs) = (ours(bytes, features), theirs(bytes, features));
    assert_eq!(ours.is_ok(), theirs.is_ok(), "{bytes:02x?}, {features:?}: {ours:?}, {theirs:?}");
    ours.is_ok()
}

/// All proposals on, all off, and each of them off or on alone.
pub(crate) fn switches() -> Vec<Features> {
    let mut all = vec![Features::all_supported(), Features::MVP];
    for proposal in Proposal::ALL.iter().filter(|proposal| proposal.is_supported()) {
        let (mut without, mut alone) = (Features::all_supported(), Features::MVP);
        without.disable(*proposal);
        alone.enable(*proposal).unwrap();
        all.extend([without, alone]);
    }
    all
}

/// The ids of sections in their order.
const IDS: [u8; 13] = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

const FUNC: u8 = 0x70;
const EXTERN: u8 = 0x6f;
const I32: u8 = 0x7f;
const I64: u8 = 0x7e;
const END: u8 = 0x0b;

/// A module of version 1 that has some of everything: two functions, a table, a memory and a global, imports too.
fn plain() -> Vec<(u8, Vec<u8>)> {
    let import = |kind: &[u8]| [&[1, b'm', 1, b'n'][..], kind].concat();
    vec![
        (1, [&[2][..], &[0x60, 0, 0], &[0x60, 2, I32, I64, 1, I32]].concat()),
        (2, [vec![2], import(&[0, 0]), import(&[3, I32, 0])].concat()),
        (3, vec![2, 0, 1]),
        (4, vec![1, FUNC, 0, 3]),
        (5, vec![1, 0, 1]),
        (6, vec![1, I32, 0, 0x41, 5, END]),
        (7, vec![1, 1, b'e', 0, 1]),
        (8, vec![1]),
        (9, vec![1, 0, 0x41, 0, END, 1, 1]),
        (10, vec![2, 2, 0, END, 4, 0, 0x41, 0, END]),
        (11, vec![1, 0, 0x41, 0, END, 1, b'd']),
    ]
}

/// The same with what came later: index 0 of everything is as in version 1.
fn rich() -> Vec<(u8, Vec<u8>)> {
    let globals = [
        &[5][..],
        &[I32, 0, 0x41, 5, END],
        &[I64, 1, 0x42, 5, END],
        &[0x7d, 0, 0x43, 0, 0, 0, 0, END],
        &[FUNC, 0, 0xd0, FUNC, END],
        &[EXTERN, 0, 0xd0, EXTERN, END],
    ];
    let imports = [
        &[4][..],
        &[1, b'm', 0, 0, 0],
        &[1, b'm', 0, 3, I32, 0],
        &[1, b'm', 0, 3, I64, 0],
        &[1, b'm', 0, 3, I32, 1],
    ];
    let mut sections = plain();
    replace(&mut sections, 2, imports.concat());
    replace(
        &mut sections,
        4,
        [&[3][..], &[FUNC, 0, 3], &[EXTERN, 4, 3], &[FUNC, 5, 1, 9]].concat(),
    );
    replace(&mut sections, 5, [&[3][..], &[0, 1], &[4, 1], &[9, 1, 9, 0]].concat());
    replace(&mut sections, 6, globals.concat());
    replace(&mut sections, 12, vec![1]);
    sections
}

/// Puts a section in its place, instead of the one that is there.
fn replace(sections: &mut Vec<(u8, Vec<u8>)>, id: u8, contents: Vec<u8>) {
    let place = |id| IDS.iter().position(|other| *other == id);
    sections.retain(|(other, _)| *other != id);
    let at = sections.iter().take_while(|(other, _)| place(*other) < place(id)).count();
    sections.insert(at, (id, contents));
}

fn assemble(sections: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let sections: Vec<_> = sections.iter().map(|(id, contents)| section(*id, contents)).collect();
    module(&sections)
}

/// Puts each of these contents in the place of a section, in both modules, with all proposals switched; gives how many were valid.
fn agree_on(id: u8, contents: &[Vec<u8>], switches: &[Features]) -> usize {
    let mut valid = 0;
    for base in [plain(), rich()] {
        for contents in contents {
            let mut sections = base.clone();
            // Without items there may be no bodies or data either.
            replace(&mut sections, id, contents.clone());
            let bytes = assemble(&sections);
            valid += switches.iter().filter(|features| agree(&bytes, **features)).count();
        }
    }
    valid
}

/// A section of one item for each.
fn single(items: impl IntoIterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    items.into_iter().map(|item| [vec![1], item].concat()).collect()
}

/// All sequences of one of each.
fn all(parts: &[&[&[u8]]]) -> Vec<Vec<u8>> {
    parts.iter().fold(vec![Vec::new()], |begun, part| {
        let with = |start: &Vec<u8>| part.iter().map(move |end| [start, *end].concat()).collect();
        begun.iter().flat_map(|start| -> Vec<Vec<u8>> { with(start) }).collect()
    })
}

/// Types, right and wrong: of one byte, and behind a prefix.
fn types() -> Vec<Vec<u8>> {
    let short = (0..=255).map(|byte| vec![byte]);
    let long = [0x62, 0x63, 0x64, 0x65].into_iter().flat_map(|prefix| {
        let heaps = [FUNC, EXTERN, 0x6e, 0x69, 0x74, 0x68, 0x65, 0, 1, 9, 0x40, 0x3f];
        heaps.into_iter().map(move |heap| vec![prefix, heap])
    });
    short.chain(long).chain([vec![0x63, 0xf0, 0x7f], vec![0x63, 0x80, 0]]).collect()
}

const NUMBERS: &[&[u8]] = &[
    &[0],
    &[1],
    &[2],
    &[0x81, 0],
    &[0x80, 0x80, 4],
    &[0x81, 0x80, 4],
    &[0xff, 0xff, 0xff, 0xff, 0x0f],
    &[0x80, 0x80, 0x80, 0x80, 0x10],
    &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40],
    &[0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40],
    &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
    &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2],
];

/// Limits with flags below 18, and what may follow.
fn limits() -> Vec<Vec<u8>> {
    let flags: Vec<_> = (0..18).chain([0x80]).map(|flags| [flags]).collect();
    let flags: Vec<&[u8]> = flags.iter().map(|flags| &flags[..]).collect();
    let some = &NUMBERS[..4];
    [
        all(&[&flags, NUMBERS]),
        all(&[&flags, NUMBERS, NUMBERS]),
        all(&[&flags, some, some, &[&[0], &[1], &[16], &[17], &[64], &[0x90, 0], &[0x80, 2]]]),
    ]
    .concat()
}

/// Operators of constant expressions, and a few others.
const OPS: &[&[u8]] = &[
    &[0x41, 0],
    &[0x41, 0x80, 0x80, 0x80, 0x80, 0x10],
    &[0x42, 1],
    &[0x43, 0, 0, 0, 0],
    &[0x44, 0, 0, 0, 0, 0, 0, 0, 0],
    &[0x23, 0],
    &[0x23, 1],
    &[0x23, 2],
    &[0x23, 3],
    &[0x23, 9],
    &[0xd0, FUNC],
    &[0xd0, EXTERN],
    &[0xd0, 0],
    &[0xd0, 0x6e],
    &[0xd2, 0],
    &[0xd2, 2],
    &[0xd2, 9],
    &[0x6a],
    &[0x6c],
    &[0x7d],
    &[0x01],
    &[0x1a],
    &[0x0b],
    &[0x10, 0],
    &[0x02, 0x40],
    &[0xfd, 12],
    &[0xfb, 0x1c],
    &[0xff],
];

/// Expressions of up to `most` of these operators.
fn expressions(most: usize) -> Vec<Vec<u8>> {
    (0..=most).flat_map(|count| all(&[&[OPS].repeat(count)[..], &[&[&[END]]]].concat())).collect()
}

#[test]
fn types_are_judged_alike() {
    let valued = types();
    let params = valued.iter().map(|ty| [&[0x60, 1][..], ty, &[0]].concat());
    let results = valued.iter().map(|ty| [&[0x60, 0, 1][..], ty].concat());
    let forms = (0..=255).map(|form| vec![form, 0, 0]);
    let several = (0..4).map(|count| [&[0x60, 0, count][..], &vec![I32; count.into()]].concat());
    let mut contents = single(params.chain(results).chain(forms).chain(several));
    contents.extend([vec![], vec![0], vec![2, 0x60, 0, 0], vec![1, 0x60, 0, 0, 0]]);
    // Functions have type 1 too.
    let all: Vec<_> = contents
        .iter()
        .map(|one| {
            let mut two = one.clone();
            if one.len() > 1 {
                two.splice(0..1, [2, 0x60, 0, 0]);
            }
            two
        })
        .collect();
    assert!(agree_on(1, &all, &switches()) > 100);
}

#[test]
fn limits_are_judged_alike() {
    let few = [Features::all_supported(), Features::MVP];
    assert!(agree_on(5, &single(limits()), &few) > 100);
    let tables = limits().into_iter().map(|limits| [vec![FUNC], limits].concat());
    assert!(agree_on(4, &single(tables), &few) > 100);
    let small = [vec![vec![0, 1]], limits().into_iter().step_by(7).collect()].concat();
    assert!(agree_on(5, &single(small), &switches()) > 100);
}

#[test]
fn tables_and_memories_are_judged_alike() {
    let of_type = types().into_iter().map(|ty| [ty, vec![0, 1]].concat());
    let initialised = [0, 1].into_iter().flat_map(|zero| {
        let expressions = expressions(1).into_iter();
        expressions.map(move |expr| [vec![0x40, zero, FUNC, 0, 1], expr].concat())
    });
    let mut tables = single(of_type.chain(initialised));
    let memories: Vec<_> =
        (0..4).map(|count| [vec![count], [0, 1].repeat(count.into())].concat()).collect();
    tables.extend((0..4).map(|count| [vec![count], [FUNC, 0, 1].repeat(count.into())].concat()));
    assert!(agree_on(4, &tables, &switches()) > 100);
    assert!(agree_on(5, &memories, &switches()) > 20);
    let many = [100, 101].map(|count| [leb(count), [0, 1].repeat(count)].concat());
    assert!(agree_on(5, &many, &switches()) > 5);
}

#[test]
fn imports_are_judged_alike() {
    let globals = types()
        .into_iter()
        .flat_map(|ty| (0..5).map(move |flag| [vec![3], ty.clone(), vec![flag]].concat()));
    let tables = types().into_iter().map(|ty| [vec![1], ty, vec![0, 1]].concat());
    let memories = limits().into_iter().step_by(5).map(|limits| [vec![2], limits].concat());
    let kinds = (0..=255).flat_map(|kind| (0..3).map(move |index| vec![kind, index]));
    let kinds = globals.chain(tables).chain(memories).chain(kinds);
    // Global 0 and a function are used by the other sections.
    let around =
        |item: &[u8]| [&[3, 0, 0, 3, I32, 0, 1, b'm', 1, b'n'], item, &[0, 0, 0, 0]].concat();
    let contents: Vec<_> = kinds.map(|kind| around(&kind)).collect();
    let few = [Features::all_supported(), Features::MVP];
    assert!(agree_on(2, &contents, &few) > 50);
    let small: Vec<_> = contents.into_iter().step_by(9).collect();
    assert!(agree_on(2, &small, &switches()) > 100);
    let names = [&[0][..], &[1, b'n'], &[1, 0xff], &[2, 0xc3, 0xa4], &[2, 0xc3], &[0x80], &[99]];
    let names: Vec<_> =
        all(&[&names, &names]).iter().map(|names| [&[1], &names[..], &[0, 0]].concat()).collect();
    agree_on(2, &names, &few);
}

/// With no other table or memory beside it.
#[test]
fn imports_alone_are_judged_alike() {
    let tables = types().into_iter().map(|ty| [&[1][..], &ty, &[0, 1]].concat());
    let limited = limits().into_iter().step_by(3);
    let limited = limited
        .flat_map(|limits| [[&[1, FUNC][..], &limits].concat(), [&[2][..], &limits].concat()]);
    let mut valid = 0;
    for kind in tables.chain(limited) {
        let bytes = module(&[section(2, &[&[1, 1, b'm', 1, b'n'][..], &kind].concat())]);
        valid += switches().iter().filter(|features| agree(&bytes, **features)).count();
    }
    assert!(valid > 100, "only {valid} were valid");
}

#[test]
fn constant_expressions_are_judged_alike() {
    let few = [Features::all_supported(), Features::MVP];
    let mut no_arithmetic = Features::all_supported();
    no_arithmetic.disable(Proposal::ExtendedConst);
    let of_type = |ty: u8, expressions: Vec<Vec<u8>>| {
        single(expressions.into_iter().map(|expr| [vec![ty, 0], expr].concat()))
    };
    assert_eq!(agree_on(6, &of_type(I32, expressions(3)), &few[..1]), 2 * (2 + 2 * 2 * 2));
    for ty in [I32, I64, 0x7d, 0x7c, FUNC, EXTERN] {
        agree_on(6, &of_type(ty, expressions(2)), &[few[0], no_arithmetic]);
    }
    assert!(agree_on(6, &of_type(I32, expressions(1)), &switches()) > 20);
    assert!(agree_on(6, &of_type(FUNC, expressions(1)), &switches()) > 20);
    let two: Vec<_> =
        (0..5).map(|global| vec![2, I32, 0, 0x41, 0, END, I32, 0, 0x23, global, END]).collect();
    assert!(agree_on(6, &two, &switches()) > 20);
    let typed = types()
        .into_iter()
        .flat_map(|ty| (0..5).map(move |flag| [ty.clone(), vec![flag, 0x41, 0, END]].concat()));
    assert!(agree_on(6, &single(typed), &few) > 0);
}

#[test]
fn exports_and_start_are_judged_alike() {
    let kinds = (0..=255).flat_map(|kind| (0..10).map(move |index| vec![1, b'n', kind, index]));
    assert!(agree_on(7, &single(kinds), &[Features::all_supported(), Features::MVP]) > 20);
    let few = (0..6).flat_map(|kind| (0..10).map(move |index| vec![1, b'n', kind, index]));
    assert!(agree_on(7, &single(few), &switches()) > 20);
    let name: &[&[u8]] = &[b"\x01a", b"\x01b", b"\0", b"\x02ab"];
    let names = all(&[name; 4]);
    let several: Vec<_> = names
        .iter()
        .filter_map(|names| {
            let mut bytes = vec![4];
            let mut rest = &names[..];
            while let Some((len, after)) = rest.split_first() {
                let (name, after) = after.split_at_checked(usize::from(*len))?;
                bytes.extend([&[*len], name, &[0, 0]].concat());
                rest = after;
            }
            Some(bytes)
        })
        .collect();
    assert!(agree_on(7, &several, &[Features::MVP]) > 10);
    let types =
        [&[0x60, 0, 0][..], &[0x60, 1, I32, 0], &[0x60, 0, 1, I32], &[0x60, 1, I32, 1, I32]];
    let types: Vec<_> = types.iter().map(|ty| [&[2, 0x60, 0, 0], *ty].concat()).collect();
    for types in &types {
        for func in [1, 2] {
            let types = section(1, types);
            let start = section(8, &[func]);
            let rest = [section(3, &[3, 0, 0, 1]), start, section(10, &[3, 1, 0, 1, 0, 1, 0])];
            agree(&module(&[&[types][..], &rest].concat()), Features::MVP);
        }
    }
    let starts: Vec<_> = (0..10).map(|func| vec![func]).chain([vec![], vec![0, 0]]).collect();
    assert!(agree_on(8, &starts, &switches()) > 20);
}

#[test]
fn segments_are_judged_alike() {
    let few = [Features::all_supported(), Features::MVP];
    let flags: Vec<_> = (0..10).map(|flags| [flags]).collect();
    let flags: Vec<&[u8]> = flags.iter().map(|flags| &flags[..]).collect();
    let index: &[&[u8]] = &[&[], &[0], &[1], &[2], &[9]];
    let offset: &[&[u8]] = &[&[], &[0x41, 0, END], &[0x42, 0, END], &[0x23, 0, END], &[0x41, 0]];
    let ty: &[&[u8]] = &[&[], &[0], &[1], &[9], &[FUNC], &[EXTERN], &[0x64, FUNC], &[0x63, FUNC]];
    let items: &[&[u8]] = &[
        &[0],
        &[1, 0],
        &[2, 2, 0],
        &[1, 9],
        &[1, 0xd2, 0, END],
        &[1, 0xd0, FUNC, END],
        &[2, 0xd0, EXTERN, END, 0xd0, EXTERN, END],
        &[1, 0x41, 0, END],
        &[9, 0],
    ];
    let elements = single(all(&[&flags, index, offset, ty, items]));
    assert!(agree_on(9, &elements, &few) > 50);
    let some: Vec<_> = elements.iter().step_by(13).cloned().collect();
    assert!(agree_on(9, &some, &switches()) > 50);
    let data = single(all(&[
        &flags,
        index,
        offset,
        &[&[], &[0], &[1, b'd'], &[2, b'd'], &[0xff, 0xff, 3]],
    ]));
    assert!(agree_on(11, &data, &switches()) > 50);
    let counts: Vec<_> =
        (0..3).map(|count| vec![count]).chain([vec![], vec![1, 0], vec![0x81, 0]]).collect();
    assert!(agree_on(12, &counts, &switches()) > 5);
}

#[test]
fn functions_and_bodies_are_counted_alike() {
    let functions: Vec<_> = (0..4)
        .flat_map(|count| {
            all(&[&[&[count]], &[&[], &[0], &[1], &[9]], &[&[], &[0], &[1]], &[&[], &[0]]])
        })
        .collect();
    assert!(agree_on(3, &functions, &switches()) > 5);
    let bodies: &[&[u8]] =
        &[&[], &[0], &[2, 0, END], &[3, 0, END], &[1, 0, END], &[0x82, 0, 0, END]];
    let code: Vec<_> =
        (0..4).flat_map(|count| all(&[&[&[count]], bodies, bodies, bodies])).collect();
    assert!(agree_on(10, &code, &[Features::MVP]) > 5);
}

#[test]
fn sections_come_in_the_same_order() {
    let empty = |id: u8| (id, if id == 8 { vec![] } else { vec![0] });
    let mut valid = 0;
    for first in 0..16 {
        for second in 0..16 {
            for third in [0, 1, 6, 9, 10, 11, 12, 13, 0x7f, 0x80, 0xff] {
                let sections = [first, second, third].map(empty);
                valid += usize::from(agree(&assemble(&sections), Features::all_supported()));
            }
        }
    }
    assert!(valid > 100, "only {valid} were valid");
    // Each section left out, or twice.
    for base in [plain(), rich()] {
        for at in 0..base.len() {
            let (mut without, mut twice) = (base.clone(), base.clone());
            without.remove(at);
            twice.insert(at, base[at].clone());
            agree(&assemble(&without), Features::all_supported());
            assert!(!agree(&assemble(&twice), Features::all_supported()));
        }
    }
}

#[test]
fn sizes_and_ends_are_judged_alike() {
    for base in [plain(), rich()] {
        let whole = assemble(&base);
        assert!(agree(&whole, Features::all_supported()));
        for end in 8..whole.len() {
            agree(&whole[..end], Features::all_supported());
        }
        for (at, (id, contents)) in base.iter().enumerate() {
            // One item more or less, a byte more or less, a size that is wrong.
            for count in [contents[0].wrapping_sub(1), contents[0] + 1, 0x7f] {
                let mut sections = base.clone();
                sections[at].1[0] = count;
                agree(&assemble(&sections), Features::all_supported());
            }
            let (mut longer, mut shorter) = (base.clone(), base.clone());
            longer[at].1.push(0);
            shorter[at].1.pop();
            agree(&assemble(&longer), Features::all_supported());
            agree(&assemble(&shorter), Features::all_supported());
            let before = assemble(&base[..at]);
            let after = &assemble(&base[at + 1..])[8..];
            for wrong in [contents.len() - 1, contents.len() + 1, 0x7f] {
                let bytes = [&before, &[*id][..], &leb(wrong), contents, after].concat();
                agree(&bytes, Features::all_supported());
            }
        }
    }
    let names = [&[0][..], &[1, b'n', 9], &[1, 0xff], &[9, 0], &[], &[0x80]];
    names.into_iter().for_each(|name| _ = agree(&module(&[section(0, name)]), Features::MVP));
    agree(&module(&[section(0, &sized(&[b'n'; 300]))]), Features::MVP);
}
