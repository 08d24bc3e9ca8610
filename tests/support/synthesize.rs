//! Rebuilds the data files of the model plans: `cargo run --example synthesize` writes `raw/`, byte for byte
//! as committed.

use std::error::Error;
use std::fs;
use std::path::Path;

#[path = "synthesis/mod.rs"]
mod synthesis;

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in synthesis::artifacts()? {
        let path = root.join(file.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, &file.bytes)?;
        println!("{}  {} bytes", file.path, file.bytes.len());
    }
    Ok(())
}
