// Runs every program of list.toml in Node.js, twice in one instance, and compares the results with the list; with --write it
// puts the results into the list, with --times it prints how long the larger run takes there. Node is only the reference:
// an engine with nothing in common with this project. Run as: node --experimental-wasm-return-call check.mjs
import { readFileSync, writeFileSync } from "node:fs";

const folder = new URL("./", import.meta.url);
const listFile = new URL("list.toml", folder);
const write = process.argv.includes("--write");
const times = process.argv.includes("--times");

function milliseconds(work) {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function median(numbers) {
  return numbers.sort((a, b) => a - b)[numbers.length >> 1];
}

let failures = 0;
let list = readFileSync(listFile, "utf8");
for (const entry of list.split("[[program]]").slice(1)) {
  const field = (name) => entry.match(new RegExp(`^${name} = "?([^"\\n]*)"?$`, "m"))[1];
  const bytes = readFileSync(new URL(field("file"), folder));
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
  let updated = entry;
  for (const prefix of ["small_", ""]) {
    const argument = Number(field(`${prefix}arg`));
    const result = run(argument);
    if (run(argument) !== result) throw new Error(`${field("name")}: a second run differs`);
    updated = updated.replace(new RegExp(`^${prefix}expected = .*$`, "m"), `${prefix}expected = ${result}`);
  }
  if (updated !== entry && !write) {
    console.error(`${field("name")}: results differ from the list`);
    failures++;
  }
  list = list.replace(entry, () => updated);
  if (times) {
    const runs = Array.from({ length: 21 }, () => milliseconds(() => run(Number(field("arg")))));
    console.log(`${field("name").padEnd(16)} ${String(bytes.length).padStart(6)} bytes ${median(runs).toFixed(2).padStart(6)} ms`);
  }
}
if (write) writeFileSync(listFile, list);
process.exitCode = failures > 0 ? 1 : 0;
