use super::*;
use crate::story::{self, at};

fn clock() -> Clock {
    Arc::new(|| at(100))
}

#[tokio::test]
async fn sqlite_keeps_the_story() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.db");
    story::story(|| async {
        let log = SqliteLog::open(&path, "boot-1", clock()).await?;
        Ok(Arc::new(log) as Arc<dyn SessionLog>)
    })
    .await;
}
