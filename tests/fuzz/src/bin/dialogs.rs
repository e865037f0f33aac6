#![no_main]
use chairside_fuzz::{dialogs, libfuzzer_sys::fuzz_target, seed_scripts};
use std::sync::LazyLock;

static PROTOCOLS: LazyLock<Vec<dialogs::Asked>> = LazyLock::new(dialogs::protocols);

fuzz_target!(init: seed_scripts("dialogs"), |input: &[u8]| dialogs::run(&PROTOCOLS, input));
