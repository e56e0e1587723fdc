-- Layout 1.1: how many jobs completed and failed, by the minute, in the last few: numbers of AsyncMQ.Storage.EndTally, seven bits a byte.
ALTER TABLE queue ADD COLUMN recent_ends BLOB;
