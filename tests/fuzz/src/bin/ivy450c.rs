#![no_main]
chairside_fuzz::decoder!(Ivy450c);
