#![no_main]
chairside_fuzz::laws!(chairside_fuzz::mllp());
