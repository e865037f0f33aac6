//! Sends the `.hl7` files of a folder to an EHR by the program's own queue, and ends when none waits: for the tests that let
//! somebody else's receiver hear them (`tests/readers`).

use chairside::ehr::{Ehr, Pace, To};
use chairside_observation::Micros;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [to, folder, queue] = arguments.as_slice() else {
        return Err("name the EHR as host:port, the folder of the messages, and one for the queue".into());
    };
    let ehr = Ehr::open(Path::new(queue), chairside::clock::system()).map_err(|error| format!("{queue}: {error}"))?;
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{folder}: {error}"))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "hl7"));
    files.sort();
    let read = |path: &PathBuf| std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
    let messages: Vec<Vec<u8>> = files.iter().map(read).collect::<Result<_, _>>()?;
    ehr.put("1-1", Micros(1), &messages).map_err(|error| format!("{queue}: {error}"))?;
    let pace = Pace { first: Duration::from_millis(10), most: Duration::from_millis(100), ..Pace::default() };
    ehr.drain(&To { at: to.clone(), tls: None }, pace);
    let status = ehr.status();
    println!("{} sent", status.sent);
    status.refused.iter().for_each(|(_, why)| println!("refused {why}"));
    Ok(())
}
