//! Reads lines, writes them in capitals, and exits with their number; measures time and knows its variables.

use std::{
    collections::HashMap,
    env,
    io::{self, BufRead},
    process,
    thread,
    time::{Duration, Instant},
};

fn main() {
    let start = Instant::now();
    let lines: Vec<String> = io::stdin().lock().lines().map(|line| line.expect("text")).collect();
    for line in &lines {
        println!("{}", line.to_uppercase());
    }
    let variables: HashMap<String, String> = env::vars().collect();
    eprintln!("greeting: {:?}", variables.get("GREETING"));
    thread::sleep(Duration::from_millis(5));
    eprintln!("time passes: {}", start.elapsed() >= Duration::from_millis(5));
    process::exit(lines.len() as i32);
}
