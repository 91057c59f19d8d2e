//! Walks a directory with Rust's standard library: names, sizes, and the first line of each file. Then writes a file of
//! its own, reads it back and removes it.

use std::{env, fs, io, path::Path, time::SystemTime};

fn main() -> io::Result<()> {
    let root = env::args().nth(1).unwrap_or_else(|| ".".into());
    walk(Path::new(&root))?;
    let own = Path::new(&root).join("own.txt");
    fs::write(&own, "one\ntwo\n")?;
    let copied = fs::copy(&own, own.with_extension("copy"))?;
    let age = SystemTime::now().duration_since(fs::metadata(&own)?.modified()?);
    println!("copied {copied}, new: {}", age.map_or(true, |age| age.as_secs() < 60));
    fs::rename(own.with_extension("copy"), &own)?;
    println!("{:?}", fs::read_to_string(&own)?.lines().collect::<Vec<_>>());
    fs::remove_file(&own)?;
    fs::create_dir_all(Path::new(&root).join("x/y/z"))?;
    fs::remove_dir_all(Path::new(&root).join("x"))?;
    println!("missing: {}", fs::File::open("nowhere").unwrap_err().kind() == io::ErrorKind::NotFound);
    Ok(())
}

fn walk(dir: &Path) -> io::Result<()> {
    let mut paths = fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            println!("{}/", path.display());
            walk(&path)?;
        } else {
            let text = fs::read_to_string(&path)?;
            println!("{} {} {:?}", path.display(), text.len(), text.lines().next());
        }
    }
    Ok(())
}
