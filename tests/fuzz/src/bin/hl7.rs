#![no_main]
chairside_fuzz::decoder!(Hl7);
