-- Deeds are few among millions of other notes; sessions are put together from those of a chair at each start.
-- Deeds are the notes that come neither from a source nor from a frame.
CREATE INDEX note_deed ON note (timeline, seq) WHERE source IS NULL AND frame IS NULL;
