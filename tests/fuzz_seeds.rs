//! The inputs that fuzzing begins with go through the same doors as a plain test. With `SHIHYO_SEEDS` naming a folder they are
//! written there too, for the fuzz targets (tests/fuzz/README.md).

#[path = "support/entries.rs"]
mod entries;
#[path = "support/forms/mod.rs"]
mod forms;

use std::path::Path;

#[test]
fn every_seed_goes_through_its_door() {
    let seeds = entries::seeds();
    for (entry, run) in entries::ENTRIES {
        let own: Vec<_> = seeds.iter().filter(|(name, _, _)| *name == entry).collect();
        assert!(!own.is_empty(), "{entry}");
        for (_, name, bytes) in own {
            run(bytes);
            if let Some(folder) = std::env::var_os("SHIHYO_SEEDS") {
                let folder = Path::new(&folder).join(entry);
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(folder.join(name), bytes).unwrap();
            }
        }
    }
}

/// Bytes that look random and are the same in every run (xorshift).
fn noise(state: &mut u64) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state >> 32) as usize
}

#[test]
fn every_seed_may_be_cut_and_overwritten_anywhere() {
    let mut state = 20_260_402;
    for (entry, run) in entries::ENTRIES {
        for (_, _, seed) in entries::seeds().iter().filter(|(name, _, _)| *name == entry) {
            for _ in 0..8 {
                let mut bytes = seed.clone();
                bytes.truncate(1 + noise(&mut state) % seed.len());
                run(&bytes);
                let mut bytes = seed.clone();
                for _ in 0..1 + noise(&mut state) % 4 {
                    let at = noise(&mut state) % bytes.len();
                    bytes[at] = [0, 0xFF, b'"', b'\n', 0x7F, noise(&mut state) as u8][noise(&mut state) % 6];
                }
                run(&bytes);
            }
        }
    }
}
