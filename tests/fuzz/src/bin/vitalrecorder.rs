#![no_main]
chairside_fuzz::decoder!(VitalRecorder);
