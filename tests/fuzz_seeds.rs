//! The inputs that fuzzing begins with go through the same doors as a plain test. With `SHIHYO_SEEDS` naming
//! a folder they are written there too, for the fuzz targets (tests/fuzz/README.md).

#[path = "support/dice.rs"]
mod dice;
#[path = "support/entries.rs"]
mod entries;
#[path = "support/forms/mod.rs"]
mod forms;

use std::path::Path;

use dice::Dice;

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

/// With `SHIHYO_FOUND` naming a folder, what a fuzzer found, a folder an entry, goes through its door as
/// well.
#[test]
fn whatever_was_found_goes_through_its_door() {
    let Some(folder) = std::env::var_os("SHIHYO_FOUND") else { return };
    for (entry, run) in entries::ENTRIES {
        let files = std::fs::read_dir(Path::new(&folder).join(entry)).into_iter().flatten();
        for path in files.map(|file| file.unwrap().path()) {
            let bytes = std::fs::read(&path).unwrap();
            assert!(std::panic::catch_unwind(|| run(&bytes)).is_ok(), "{}", path.display());
        }
    }
}

/// At this one a fuzzer on an overloaded machine gave up waiting.
#[test]
fn blanks_of_zero_bytes_in_a_plan_end() {
    let mut bytes = b"ti|i".to_vec();
    bytes.resize(21, 0);
    bytes.push(0xFF);
    bytes.resize(63, 0);
    entries::toml(&bytes);
}

/// A seed cut, overwritten, with a part left out or repeated, or a number of four bytes made as large or
/// small as can be.
fn changed(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..1 + dice.index(4) {
        if bytes.is_empty() {
            break;
        }
        let at = dice.index(bytes.len());
        let end = (at + 1 + dice.index(64)).min(bytes.len());
        match dice.index(8) {
            0 => bytes.truncate(at + 1),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let part = bytes[at..end].to_vec();
                let to = dice.index(bytes.len());
                bytes.splice(to..to, part);
            }
            3 => {
                let huge = dice.of(&[i32::MAX, -1, i32::MIN, 0, 65_536]).to_le_bytes();
                let to = at & !3;
                bytes.iter_mut().skip(to).zip(huge).for_each(|(b, h)| *b = h);
            }
            _ => {
                let any = dice.index(256) as u8;
                bytes[at] = dice.of(&[0, 0xFF, b'"', b'\n', 0x7F, b',', any, any])
            }
        }
    }
    bytes
}

/// Eight changes of each seed; with `SHIHYO_FUZZ_SECONDS` as many as there is time for, for each door.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "how long it tries is the clock's to say; what it finds is not"
)]
fn every_seed_may_be_changed_anywhere() {
    let seconds = std::env::var("SHIHYO_FUZZ_SECONDS").ok().and_then(|s| s.parse::<u64>().ok());
    let mut dice = Dice::new(20_260_402);
    for (entry, run) in entries::ENTRIES {
        let began = std::time::Instant::now();
        let seeds = entries::seeds();
        let own: Vec<_> = seeds.iter().filter(|(name, _, _)| *name == entry).collect();
        let mut rounds = 0;
        loop {
            for (_, _, seed) in &own {
                let bytes = changed(seed, &mut dice);
                if std::panic::catch_unwind(|| run(&bytes)).is_err() {
                    let path = std::env::temp_dir().join(format!("shihyo-{entry}"));
                    std::fs::write(&path, &bytes).unwrap();
                    panic!("{entry}: the input is kept as {}", path.display());
                }
                rounds += 1;
            }
            let enough = seconds.map_or(rounds >= 8 * own.len(), |s| began.elapsed().as_secs() >= s);
            if enough {
                break;
            }
        }
        println!("{entry}: {rounds} inputs");
    }
}
