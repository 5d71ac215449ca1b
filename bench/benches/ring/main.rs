//! What finding the backend of a key costs, on the Collector's ring and on the balanced one.
//!
//! `cargo bench -p sluice-bench --bench ring`. Keys are trace ids; hashing is part of it.

use divan::{Bencher, black_box};
use sluice_ring::{Generation, Ring};

const BACKENDS: [usize; 3] = [4, 20, 200];
/// Keys that take turns.
const KEYS: usize = 1024;

/// The gateway's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

/// A thousand keys on the Collector's present ring.
#[divan::bench(args = BACKENDS)]
fn three(bencher: Bencher<'_, '_>, backends: usize) {
    locate(bencher, Generation::Three, backends);
}

/// A thousand keys on the balanced ring.
#[divan::bench(args = BACKENDS)]
fn balanced(bencher: Bencher<'_, '_>, backends: usize) {
    locate(bencher, Generation::Balanced, backends);
}

fn locate(bencher: Bencher<'_, '_>, generation: Generation, backends: usize) {
    let endpoints: Vec<String> = (0..backends).map(|number| format!("10.0.0.{number}:4317")).collect();
    let ring = Ring::new(generation, &endpoints);
    let mut random = fastrand::Rng::with_seed(1);
    let keys: Vec<[u8; 16]> = (0..KEYS).map(|_| random.u128(..).to_be_bytes()).collect();
    bencher.counter(divan::counter::ItemsCount::new(KEYS)).bench_local(|| {
        for key in &keys {
            black_box(ring.locate(black_box(key)));
        }
    });
}
