//! Generated modules, whole and damaged, are valid here but for their bodies if and only if they are to wasmparser.
//!
//! Not rule by rule (`sections_oracle`). Invariant: the same modules each time.

use crate::sections_oracle::{agree, switches};
use arbitrary::Unstructured;
use wasm_smith::Config;
use wasmite_core::Features;

/// What is arbitrary but always the same.
fn random(state: &mut u64) -> u8 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
    (*state >> 33) as u8
}

#[test]
fn generated_modules_get_the_same_verdict() {
    let mut state = 1;
    let mut verdicts = [0, 0];
    for number in 0..150_usize {
        let input: Vec<u8> = (0..200 + number * 8).map(|_| random(&mut state)).collect();
        let config = Config {
            gc_enabled: false,
            exceptions_enabled: false,
            max_instructions: 20,
            allow_start_export: true,
            memory64_enabled: true,
            custom_page_sizes_enabled: true,
            max_memories: 3,
            max_tables: 3,
            ..Config::default()
        };
        let Ok(module) = wasm_smith::Module::new(config, &mut Unstructured::new(&input)) else {
            continue;
        };
        let good = module.to_bytes();
        let switches = switches();
        for damage in 0..300_usize {
            let mut bytes = good.clone();
            let wide = usize::from(random(&mut state)) << 8 | usize::from(random(&mut state));
            let at = (8 + wide % (good.len() - 7)).min(good.len() - 1);
            match damage % 4 {
                0 => bytes[at] ^= 1 << (random(&mut state) % 8),
                1 => bytes[at] = random(&mut state),
                2 => bytes[at] = random(&mut state) % 4,
                _ => {}
            }
            let features = switches[damage % switches.len()];
            let features = if damage % 3 == 0 { features } else { Features::all_supported() };
            verdicts[usize::from(agree(&bytes, features))] += 1;
        }
    }
    assert!(verdicts.iter().all(|count| *count > 1000), "{verdicts:?}");
}
