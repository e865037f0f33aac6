#![no_main]
chairside_fuzz::decoder!(Cms50);
