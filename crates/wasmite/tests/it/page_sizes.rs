//! Every page size with every index type: types, linking, sizes, and the edges of memories.

use crate::{call, instantiate_with};
use wasmite::{
    Config, Engine, ErrorKind, Instance, Linker, Memory, MemoryType, MemoryTypeError, Module,
    Store, Trap,
};

fn all_sizes() -> Config {
    let mut config = Config::new();
    config.wasm_custom_page_sizes_all(true);
    config
}

/// A type of memory from its parts.
fn memory_type(log2: u8, is_64: bool, min: u64, max: Option<u64>) -> MemoryType {
    let builder = MemoryType::builder().page_size_log2(log2).memory64(is_64);
    builder.min(min).max(max).build().unwrap()
}

/// All page sizes with both index types, and the type's name in text.
fn kinds() -> impl Iterator<Item = (u8, bool, &'static str)> {
    (0..=16).flat_map(|log2| [(log2, false, "i32"), (log2, true, "i64")])
}

#[test]
fn pages_in_between_are_refused_without_the_switch() {
    let text = "(module (memory 1 (pagesize 512)))";
    let mut config = Config::new();
    let error = |config: &Config| Module::new(&Engine::new(config).unwrap(), text).unwrap_err();
    assert!(error(&config).to_string().contains("custom page sizes"));
    config.wasm_custom_page_sizes(true);
    assert!(error(&config).to_string().contains("invalid custom page size"));
    config.wasm_custom_page_sizes_all(true);
    Module::new(&Engine::new(&config).unwrap(), text).unwrap();
    config.wasm_custom_page_sizes_all(false);
    assert!(error(&config).to_string().contains("invalid custom page size"));
    let odd = Module::new(&Engine::new(&all_sizes()).unwrap(), "(module (memory 1 (pagesize 3)))");
    assert!(odd.unwrap_err().to_string().contains("invalid custom page size"));
}

#[test]
fn the_builder_says_why_there_is_no_such_type() {
    let builder = MemoryType::builder;
    let too_large = |pages, max| Err(MemoryTypeError::TooLarge { pages, max });
    for log2 in [17, 32, 64, 255] {
        let built = builder().page_size_log2(log2).build();
        assert_eq!(built, Err(MemoryTypeError::InvalidPageSize { log2 }));
    }
    let bytes = builder().page_size_log2(0);
    assert!(bytes.min(u32::MAX.into()).build().is_ok());
    assert_eq!(bytes.min(1 << 32).build(), too_large(1 << 32, u32::MAX.into()));
    assert_eq!(bytes.max(Some(1 << 32)).build(), too_large(1 << 32, u32::MAX.into()));
    assert!(bytes.memory64(true).min(u64::MAX).build().is_ok());
    for log2 in 1..=16 {
        let (narrow, wide) = (1 << (32 - log2), 1 << (64 - log2));
        let sized = builder().page_size_log2(log2);
        assert!(sized.min(narrow).max(Some(narrow)).build().is_ok());
        assert_eq!(sized.min(narrow + 1).build(), too_large(narrow + 1, narrow));
        assert!(sized.memory64(true).max(Some(wide)).build().is_ok());
        assert_eq!(sized.memory64(true).max(Some(wide + 1)).build(), too_large(wide + 1, wide));
        assert_eq!(sized.min(2).max(Some(1)).build(), Err(MemoryTypeError::MinExceedsMax));
    }
}

/// Checks what a memory of `pages` pages says of itself.
fn assert_size(store: &Store<()>, memory: Memory, log2: u8, pages: u64) {
    let bytes = pages << log2;
    let told = (memory.page_size(store), memory.page_size_log2(store), memory.size(store));
    assert_eq!(told, (1 << log2, log2, pages));
    assert_eq!((memory.data_size(store), memory.data(store).len() as u64), (bytes, bytes));
    assert_eq!(memory.ty(store).minimum(), pages);
}

#[test]
fn hosts_make_and_grow_memories_of_all_types() {
    let mut store = Store::new(&Engine::default(), ());
    for (log2, is_64, _) in kinds() {
        let memory = Memory::new(&mut store, memory_type(log2, is_64, 2, Some(5))).unwrap();
        assert_size(&store, memory, log2, 2);
        memory.data_mut(&mut store).fill(1);
        assert_eq!(memory.grow(&mut store, 3).unwrap(), 2);
        assert_size(&store, memory, log2, 5);
        let (old, new) = memory.data(&store).split_at(2 << log2);
        assert!(old.iter().all(|byte| *byte == 1) && new.iter().all(|byte| *byte == 0));
        for delta in [1, u64::from(u32::MAX), 1 << 32, u64::MAX] {
            assert!(memory.grow(&mut store, delta).is_err());
        }
        assert_eq!(memory.grow(&mut store, 0).unwrap(), 5);
        assert_size(&store, memory, log2, 5);
    }
}

/// A module with a memory of 2 to 5 pages, and functions whose addresses and counts are `index`.
fn guest(log2: u8, index: &str) -> String {
    format!(
        r#"(module
        (memory (export "memory") {index} 2 5 (pagesize {page}))
        (data $data "\01\02\03")
        (func (export "size") (result {index}) (memory.size))
        (func (export "grow") (param {index}) (result {index}) (memory.grow (local.get 0)))
        (func (export "load") (param {index}) (result i32) (i32.load8_u (local.get 0)))
        (func (export "store") (param {index}) (i32.store16 (local.get 0) (i32.const 0x0505)))
        (func (export "offset") (param {index}) (result i32) (i32.load8_u offset=1 (local.get 0)))
        (func (export "init") (param {index} i32 i32)
            (memory.init $data (local.get 0) (local.get 1) (local.get 2)))
        (func (export "fill") (param {index} {index})
            (memory.fill (local.get 0) (i32.const 7) (local.get 1)))
        (func (export "copy") (param {index} {index} {index})
            (memory.copy (local.get 0) (local.get 1) (local.get 2))))"#,
        page = 1u32 << log2
    )
}

/// Calls a function with as many indices as it wants, and the numbers of `rest`.
fn try_call(
    store: &mut Store<()>,
    instance: Instance,
    (name, indices, rest): (&str, &[u64], &[i32]),
    is_64: bool,
) -> wasmite::Result<Option<i64>> {
    use wasmite::Val;
    let index = |at: &u64| if is_64 { Val::I64(*at as i64) } else { Val::I32(*at as u32 as i32) };
    let args: Vec<Val> =
        indices.iter().map(index).chain(rest.iter().map(|value| Val::I32(*value))).collect();
    let func = instance.get_func(&*store, name).unwrap();
    let mut results = vec![Val::I32(0); func.ty(&*store).results().len()];
    func.call(store, &args, &mut results)?;
    Ok(results.first().map(|result| match result {
        Val::I32(value) => i64::from(*value),
        Val::I64(value) => *value,
        other => panic!("{other:?}"),
    }))
}

#[test]
fn guests_see_pages_and_bytes_of_all_types() {
    for (log2, is_64, index) in kinds() {
        let (mut store, instance) = instantiate_with(&all_sizes(), &guest(log2, index));
        let mut sized = |name, count: &[u64]| {
            try_call(&mut store, instance, (name, count, &[]), is_64).unwrap().unwrap()
        };
        assert_eq!(sized("size", &[]), 2);
        for (delta, old) in [(0, 2), (1, 2), (3, -1), (2, 3), (1, -1), (0, 5), (u64::MAX, -1)] {
            assert_eq!(sized("grow", &[delta]), old, "2^{log2} {index}: by {delta}");
        }
        assert_eq!(sized("size", &[]), 5);
        let memory = instance.get_memory(&store, "memory").unwrap();
        assert_size(&store, memory, log2, 5);
    }
}

/// A call at the edge of a memory of `end` bytes, and whether it is in bounds.
type Edge = (&'static str, Vec<u64>, &'static [i32], bool);

fn edges(end: u64) -> Vec<Edge> {
    const NONE: &[i32] = &[];
    let far = u64::MAX;
    vec![
        ("load", vec![end - 1], NONE, true),
        ("load", vec![end], NONE, false),
        ("load", vec![far], NONE, false),
        ("offset", vec![end - 2], NONE, true),
        ("offset", vec![end - 1], NONE, false),
        ("offset", vec![far], NONE, false),
        ("store", vec![end - 2], NONE, true),
        ("store", vec![end - 1], NONE, false),
        ("store", vec![far], NONE, false),
        ("fill", vec![end, 0], NONE, true),
        ("fill", vec![end - 1, 1], NONE, true),
        ("fill", vec![end + 1, 0], NONE, false),
        ("fill", vec![end - 1, 2], NONE, false),
        ("fill", vec![1, far], NONE, false),
        ("fill", vec![far, 1], NONE, false),
        ("fill", vec![far, far], NONE, false),
        ("copy", vec![0, end, 0], NONE, true),
        ("copy", vec![end, 0, 0], NONE, true),
        ("copy", vec![0, end - 1, 1], NONE, true),
        ("copy", vec![0, end + 1, 0], NONE, false),
        ("copy", vec![end + 1, 0, 0], NONE, false),
        ("copy", vec![0, end - 1, 2], NONE, false),
        ("copy", vec![end - 1, 0, 2], NONE, false),
        ("copy", vec![0, 1, far], NONE, false),
        ("copy", vec![far, 0, 1], NONE, false),
        ("init", vec![end], &[0, 0], true),
        ("init", vec![end], &[3, 0], true),
        ("init", vec![end - 1], &[2, 1], true),
        ("init", vec![end - 1], &[1, 2], false),
        ("init", vec![end + 1], &[0, 0], false),
        ("init", vec![0], &[4, 0], false),
        ("init", vec![0], &[1, -1], false),
        ("init", vec![far], &[0, 1], false),
    ]
}

#[test]
fn access_ends_with_the_last_byte_of_all_types() {
    for (log2, is_64, index) in kinds() {
        let (mut store, instance) = instantiate_with(&all_sizes(), &guest(log2, index));
        for pages in [2u64, 3, 5] {
            let memory = instance.get_memory(&store, "memory").unwrap();
            let more = pages - memory.size(&store);
            memory.grow(&mut store, more).unwrap();
            for (name, indices, rest, fits) in edges(pages << log2) {
                let before = memory.data(&store).to_vec();
                let done = try_call(&mut store, instance, (name, &indices, rest), is_64);
                let what = format!("2^{log2} {index}, {pages} pages: {name} {indices:?} {rest:?}");
                match done {
                    Ok(_) => assert!(fits, "{what}"),
                    Err(error) => {
                        assert!(!fits, "{what}: {error}");
                        assert_eq!(error.as_trap(), Some(Trap::MemoryOutOfBounds), "{what}");
                        assert_eq!(memory.data(&store), before, "{what}");
                    }
                }
            }
        }
    }
}

#[test]
fn inline_data_is_rounded_up_to_pages() {
    for (log2, _, index) in kinds() {
        for length in [0usize, 1, 2, 5, (1 << log2) - 1, 1 << log2, (1 << log2) + 1] {
            let (data, page) = ("x".repeat(length), 1u32 << log2);
            let text = format!(
                r#"(module (memory (export "memory") {index} (pagesize {page}) (data "{data}")))"#
            );
            let (store, instance) = instantiate_with(&all_sizes(), &text);
            let memory = instance.get_memory(&store, "memory").unwrap();
            let pages = length.div_ceil(1 << log2) as u64;
            assert_size(&store, memory, log2, pages);
            assert_eq!(memory.ty(&store).maximum(), Some(pages));
            assert!(memory.data(&store)[..length].iter().all(|byte| *byte == b'x'));
            assert!(memory.data(&store)[length..].iter().all(|byte| *byte == 0));
        }
    }
}

#[test]
fn imports_and_exports_agree_on_page_sizes() {
    let engine = Engine::new(&all_sizes()).unwrap();
    let importer = |log2: u8| {
        let page = 1u32 << log2;
        let text = format!(r#"(module (import "m" "m" (memory 1 9 (pagesize {page}))))"#);
        Module::new(&engine, text).unwrap()
    };
    let importers: Vec<Module> = (0..=16).map(importer).collect();
    for given in 0..=16u8 {
        let page = 1u32 << given;
        let text = format!(r#"(module (memory (export "m") 1 9 (pagesize {page})))"#);
        let exporter = Module::new(&engine, text).unwrap();
        let mut store = Store::new(&engine, ());
        let exported = Instance::new(&mut store, &exporter, &[]).unwrap();
        let of_host = Memory::new(&mut store, memory_type(given, false, 1, Some(9))).unwrap();
        for memory in [exported.get_memory(&store, "m").unwrap(), of_host] {
            for (wanted, module) in (0..).zip(&importers) {
                let linked = Instance::new(&mut store, module, &[memory.into()]);
                match linked {
                    Ok(_) => assert_eq!(wanted, given),
                    Err(error) => {
                        assert_ne!(wanted, given);
                        assert_eq!(error.kind(), ErrorKind::Link);
                        let named = format!("found a memory of pages of {page} bytes");
                        assert!(error.to_string().contains(&named), "{error}");
                    }
                }
            }
        }
    }
}

#[test]
fn bytes_are_copied_between_memories_of_all_types() {
    const MEMORIES: [(&str, u64, u64); 5] = [
        ("i32 20 20 (pagesize 1)", 20, 1),
        ("i64 7 7 (pagesize 2)", 14, 2),
        ("i32 1 1 (pagesize 512)", 512, 512),
        ("i64 1 1", 1 << 16, 1 << 16),
        ("i32 1 1 (pagesize 65536)", 1 << 16, 1 << 16),
    ];
    let wide = |at: usize| MEMORIES[at].0.starts_with("i64");
    let index = |value: &str, is_64: bool| {
        if is_64 { format!("(i64.extend_i32_u {value})") } else { value.to_string() }
    };
    let mut text: String =
        MEMORIES.iter().map(|(memory, ..)| format!("(memory {memory})")).collect();
    for to in 0..MEMORIES.len() {
        text += &format!(r#"(export "{to}" (memory {to}))"#);
        for from in 0..MEMORIES.len() {
            let (at, source) =
                (index("(local.get 0)", wide(to)), index("(local.get 1)", wide(from)));
            let count = index("(local.get 2)", wide(to) && wide(from));
            text += &format!(
                r#"(func (export "{to}<{from}") (param i32 i32 i32)
                    (memory.copy {to} {from} {at} {source} {count}))"#
            );
        }
    }
    let (mut store, instance) = instantiate_with(&all_sizes(), &format!("(module {text})"));
    let memory =
        |store: &Store<()>, at: usize| instance.get_memory(store, &at.to_string()).unwrap();
    for (to, (_, to_bytes, page)) in MEMORIES.iter().enumerate() {
        assert_eq!(memory(&store, to).page_size(&store), *page);
        for (from, (_, from_bytes, _)) in MEMORIES.iter().enumerate() {
            let name = format!("{to}<{from}");
            let count = *to_bytes.min(from_bytes);
            let pattern: Vec<u8> = (0..*from_bytes).map(|at| (at % 251) as u8 + 1).collect();
            memory(&store, to).data_mut(&mut store).fill(0);
            memory(&store, from).data_mut(&mut store).copy_from_slice(&pattern);
            let args = ((to_bytes - count) as i32, (from_bytes - count) as i32, count as i32);
            call::<_, (), _>(&mut store, instance, &name, args).unwrap();
            let copied = &memory(&store, to).data(&store)[(to_bytes - count) as usize..];
            assert_eq!(copied, &pattern[(from_bytes - count) as usize..], "{name}");
            for beyond in [
                (args.0 + 1, args.1, args.2),
                (args.0, args.1 + 1, args.2),
                (args.0, args.1, args.2 + 1),
                (0, 0, -1),
            ] {
                let error = call::<_, (), _>(&mut store, instance, &name, beyond).unwrap_err();
                assert_eq!(error.as_trap(), Some(Trap::MemoryOutOfBounds), "{name} {beyond:?}");
            }
        }
    }
}

#[test]
fn memories_of_all_types_live_in_one_module() {
    let memories: String = kinds()
        .map(|(log2, _, index)| {
            format!(r#"(memory (export "{index} {log2}") {index} 1 3 (pagesize {}))"#, 1u32 << log2)
        })
        .collect();
    let engine = Engine::new(&all_sizes()).unwrap();
    let module = Module::new(&engine, format!("(module {memories})")).unwrap();
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate(&mut store, &module).unwrap();
    for (log2, is_64, index) in kinds() {
        let memory = instance.get_memory(&store, &format!("{index} {log2}")).unwrap();
        assert_eq!(memory.ty(&store), memory_type(log2, is_64, 1, Some(3)));
        assert_eq!(memory.grow(&mut store, 2).unwrap(), 1);
    }
    let sizes: Vec<u64> = store.memory_usage().map(|usage| usage.bytes).collect();
    let expected: Vec<u64> = kinds().map(|(log2, ..)| 3 << log2).collect();
    assert_eq!(sizes, expected);
}
