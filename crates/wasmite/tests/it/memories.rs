//! Memories: builder, custom page sizes, access from the host.

use crate::{call, instantiate, instantiate_with};
use wasmite::{Config, Engine, Memory, MemoryAccessError, MemoryType, Module, Store, Trap};

const BYTES: &str = r#"(module
    (memory (export "memory") 1000 2000 (pagesize 1))
    (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
    (func (export "load4") (param i32) (result i32) (i32.load (local.get 0)))
    (func (export "store") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
    (func (export "size") (result i32) (memory.size))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"#;

#[test]
fn the_builder_fits_on_a_line() {
    let ty = MemoryType::builder().min(1000).page_size_log2(0).build().unwrap();
    let mut store = Store::new(&Engine::default(), ());
    let memory = Memory::new(&mut store, ty).unwrap();
    assert_eq!((memory.size(&store), memory.data_size(&store)), (1000, 1000));
    assert_eq!((memory.page_size(&store), memory.page_size_log2(&store)), (1, 0));
    assert_eq!(memory.grow(&mut store, 1).unwrap(), 1000);
    assert_eq!(memory.ty(&store).minimum(), 1001);
}

#[test]
fn pages_of_one_byte_end_at_the_byte() {
    let (mut s, i) = instantiate_with(Config::new().wasm_custom_page_sizes(true), BYTES);
    call::<(i32, i32), (), _>(&mut s, i, "store", (999, 5)).unwrap();
    assert_eq!(call::<i32, i32, _>(&mut s, i, "load", 999).unwrap(), 5);
    for (name, at) in [("load", 1000), ("load", -1), ("load4", 997), ("load4", 999)] {
        let error = call::<i32, i32, _>(&mut s, i, name, at).unwrap_err();
        assert_eq!(error.as_trap(), Some(Trap::MemoryOutOfBounds), "{name} {at}");
    }
    assert_eq!(call::<i32, i32, _>(&mut s, i, "load4", 996).unwrap(), 5 << 24);
    for grown in 1000..1003 {
        assert_eq!(call::<(), i32, _>(&mut s, i, "size", ()).unwrap(), grown);
        assert!(call::<i32, i32, _>(&mut s, i, "load", grown).is_err());
        assert_eq!(call::<i32, i32, _>(&mut s, i, "grow", 1).unwrap(), grown);
        assert_eq!(call::<i32, i32, _>(&mut s, i, "load", grown).unwrap(), 0);
    }
    assert_eq!(call::<i32, i32, _>(&mut s, i, "grow", 998).unwrap(), -1);
    assert_eq!(call::<i32, i32, _>(&mut s, i, "grow", 997).unwrap(), 1003);
    assert_eq!(i.get_memory(&s, "memory").unwrap().data_size(&s), 2000);
}

#[test]
fn custom_page_sizes_are_off_by_default() {
    let error = Module::new(&Engine::default(), BYTES).unwrap_err();
    assert!(error.to_string().contains("custom"), "{error}");
}

#[test]
fn host_access_is_checked() {
    let text = r#"(module (memory (export "memory") 1 2) (data (i32.const 0) "hello"))"#;
    let (mut s, i) = instantiate(text);
    let memory = i.get_memory(&s, "memory").unwrap();
    let mut buffer = [0; 5];
    memory.read(&s, 0, &mut buffer).unwrap();
    assert_eq!(&buffer, b"hello");
    memory.write(&mut s, 65531, b"world").unwrap();
    assert_eq!(&memory.data(&s)[65531..], b"world");
    for offset in [65532, 65536, 65537, usize::MAX] {
        assert_eq!(memory.read(&s, offset, &mut buffer), Err(MemoryAccessError));
        assert_eq!(memory.write(&mut s, offset, &buffer), Err(MemoryAccessError));
    }
    assert_eq!(&buffer, b"hello");
    assert_eq!(memory.read(&s, 65536, &mut []), Ok(()));
    memory.data_mut(&mut s)[0] = b'j';
    assert_eq!(memory.data(&s)[0], b'j');
    assert_eq!(memory.data_and_store_mut(&mut s).0.len(), 65536);
    assert_eq!(memory.grow(&mut s, 1).unwrap(), 1);
    assert!(memory.grow(&mut s, 1).is_err());
    assert!(memory.grow(&mut s, u64::MAX).is_err());
    assert_eq!((memory.size(&s), memory.ty(&s).maximum()), (2, Some(2)));
}

#[test]
fn impossible_sizes_are_errors() {
    let mut s = Store::new(&Engine::default(), ());
    let huge = MemoryType::builder().memory64(true).min(1 << 48).build().unwrap();
    assert!(Memory::new(&mut s, huge).is_err());
    let bytes = MemoryType::builder().memory64(true).page_size_log2(0).min(u64::MAX);
    assert!(Memory::new(&mut s, bytes.build().unwrap()).is_err());
    let small = MemoryType::builder().memory64(true).min(1).build().unwrap();
    let memory = Memory::new(&mut s, small).unwrap();
    assert!(memory.grow(&mut s, (1 << 48) - 1).is_err());
    assert_eq!(memory.size(&s), 1);
}
