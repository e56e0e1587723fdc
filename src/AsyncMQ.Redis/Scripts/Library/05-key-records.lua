-- Needs: 01-step, 02-records, 05-key-lanes
-- Simple records of keys, changed without taking them apart: most keys have jobs of one priority that are not parked, and neither limits of their own, nor permits,
-- nor a head. Where things are in such a record, as 05-key-storing and 05-key-lanes pack it: 1 waiting, 5 active, 9 held until, 17 look at, 25 bits and lengths,
-- 32 priority, 36 turn, 44 count, 48 here, 49 last, 57 length of bench, 59 length of jobs, 61 jobs.

local keyRecords = {}

lazily(keyRecords, function()

local SIMPLE, NO_BENCH, ZERO = char(1, 0, 0, 0, 0, 0, 1), '\0\0', pack('>I8', 0)

function keyRecords.isSimple(kept) return kept and sub(kept, 25, 31) == SIMPLE and sub(kept, 57, 58) == NO_BENCH end

function keyRecords.stands(kept) return sub(kept, 36, 43) ~= ZERO end

function keyRecords.active(kept) return (unpackFields('>I4', kept, 5)) end

-- Its first job, sequence and id, when that is here, and is not the only one that waits.
function keyRecords.first(kept)
  if byte(kept, 48) == 0 or sub(kept, 1, 4) == '\0\0\0\1' then return nil end
  local high, low = byte(kept, 61, 62)
  return sub(kept, 63, 70 + high * 256 + low)
end

-- Its first job was claimed; it stands anew, or, with turn 0, no more.
function keyRecords.take(kept, first, turn)
  local waiting, active = unpackFields('>I4I4', kept)
  local count, here = unpackFields('>I4B', kept, 44)
  local high, low = byte(kept, 59, 60)
  return pack('>I4I4', waiting - 1, active + 1) .. sub(kept, 9, 35) .. pack('>I8I4B', turn, count - 1, here - 1) .. sub(kept, 49, 58)
    .. pack('>I2', high * 256 + low - 2 - #first) .. sub(kept, 63 + #first)
end

-- A running job has ended.
function keyRecords.free(kept) return sub(kept, 1, 4) .. pack('>I4', unpackFields('>I4', kept, 5) - 1) .. sub(kept, 9) end

-- It stands from now on; nothing, when it opens by time.
function keyRecords.stand(kept, turn) return sub(kept, 1, 35) .. pack('>I8', turn) .. sub(kept, 44) end

function keyRecords.isTimed(kept) return sub(kept, 17, 24) ~= ZERO or unpackFields('>I8', kept, 9) > now end

-- A job comes last, of this priority (four bytes). Gives nothing, when it does not; else the record, and whether the job stands behind those that are here.
function keyRecords.append(kept, priority, sequence, id)
  if sub(kept, 32, 35) ~= priority then return nil end
  local waiting, count, here, last = unpackFields('>I4', kept), unpackFields('>I4BI8', kept, 44)
  if sequence < last then return nil end
  local head = pack('>I4', waiting + 1) .. sub(kept, 5, 43)
  if here < count or here == MOST_HERE then return head .. pack('>I4', count + 1) .. sub(kept, 48), true end
  local entry = pack('>I2I8', #id, sequence) .. id
  return head .. pack('>I4BI8', count + 1, here + 1, sequence) .. NO_BENCH .. pack('>I2', #kept - 60 + #entry) .. sub(kept, 61) .. entry, false
end

end)
