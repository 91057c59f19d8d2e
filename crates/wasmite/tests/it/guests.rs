//! The guests of `examples/guests` as their builds are: what they compute, and the bytes of memory they take for it.

use crate::call;
use wasmite::{
    Config, Engine, Instance, Linker, Memory, Module, Store, StoreLimits, StoreLimitsBuilder, Trap,
};

const MORSE: &[u8] = include_bytes!("../../../../examples/guests/c/morse.wasm");
const WORDS: &[u8] = include_bytes!("../../../../examples/guests/rust/words.wasm");

/// What guests may take at most.
const BUDGET: u64 = 4096;

struct Guest {
    store: Store<StoreLimits>,
    instance: Instance,
    memory: Memory,
}

impl Guest {
    /// An instance whose memory cannot exceed `bytes`.
    fn new(wasm: &[u8], bytes: u64) -> Self {
        let engine = Engine::new(Config::new().wasm_custom_page_sizes(true)).unwrap();
        let limits = StoreLimitsBuilder::new().memory_size(bytes as usize).build();
        let mut store = Store::new(&engine, limits);
        store.limiter(|limits| limits);
        let module = Module::new(&engine, wasm).unwrap();
        let instance = Linker::new(&engine).instantiate(&mut store, &module).unwrap();
        let memory = instance.get_memory(&store, "memory").unwrap();
        assert_eq!(memory.page_size(&store), 1);
        Self { store, instance, memory }
    }

    fn call<P: wasmite::WasmParams>(&mut self, name: &str, params: P) -> wasmite::Result<i32> {
        call(&mut self.store, self.instance, name, params)
    }

    fn bytes(&self) -> u64 {
        self.memory.data_size(&self.store)
    }

    fn read(&self, at: i32, len: i32) -> String {
        let bytes = &self.memory.data(&self.store)[at as usize..][..len as usize];
        String::from_utf8(bytes.to_vec()).unwrap()
    }
}

#[test]
fn the_c_guest_keeps_within_its_fixed_budget() {
    const BYTES: u64 = 624;
    let mut guest = Guest::new(MORSE, BYTES);
    let (text, code) = (guest.call("text", ()).unwrap(), guest.call("code", ()).unwrap());
    let capacity = guest.call("capacity", ()).unwrap();
    guest.memory.write(&mut guest.store, text as usize, b"SOS 73 de Wasmite").unwrap();
    let len = guest.call("encode", 17).unwrap();
    let signals = "... --- ... / --... ...-- / -.. . / .-- .- ... -- .. - . ";
    assert_eq!(guest.read(code, len), signals);
    assert_eq!(guest.call("decode", len).unwrap(), 17);
    assert_eq!(guest.read(text, 17), "SOS 73 DE WASMITE");
    // A full buffer of the longest letters does not fit, and says so.
    guest.memory.write(&mut guest.store, text as usize, &[b'0'; 64]).unwrap();
    assert_eq!((guest.call("encode", 64).unwrap(), capacity), (-1, 64));
    assert_eq!(guest.bytes(), BYTES);
}

#[test]
fn the_rust_guest_grows_by_what_it_needs() {
    const TEXT: &[u8] = b"the quick brown fox jumps over the lazy dog, the end";
    let mut guest = Guest::new(WORDS, BUDGET);
    let before = guest.bytes();
    let at = guest.call("reserve", TEXT.len() as i32).unwrap();
    assert_eq!(at as u64, before, "the heap begins where the memory ended");
    assert_eq!(guest.bytes(), before + TEXT.len() as u64, "and has grown to the byte");
    guest.memory.write(&mut guest.store, at as usize, TEXT).unwrap();
    assert_eq!(guest.call("count", ()).unwrap(), 9);
    assert_eq!(guest.call("most", ()).unwrap(), 3);
    assert!(guest.bytes() <= 2048, "{} bytes", guest.bytes());
}

#[test]
fn the_rust_guest_traps_where_its_budget_ends() {
    let mut guest = Guest::new(WORDS, BUDGET);
    let room = (BUDGET - guest.bytes()) as i32;
    let error = guest.call("reserve", room + 1).unwrap_err();
    assert_eq!(error.as_trap(), Some(Trap::Unreachable));
    assert!(guest.bytes() < BUDGET);
    let mut guest = Guest::new(WORDS, BUDGET);
    guest.call("reserve", room).unwrap();
    assert_eq!(guest.bytes(), BUDGET);
}
