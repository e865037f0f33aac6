-- Which entries a step of erasing took: asked when it is done in a second database, too.
CREATE INDEX tombstone_step ON tombstone (erasure);
