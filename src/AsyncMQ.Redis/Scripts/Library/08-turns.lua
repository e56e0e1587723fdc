-- Needs: 01-step, 02-records, 03-queues, 04-windows, 05-keys, 08-claims
-- Claims where jobs with keys wait: of the lowest priority the key that has stood longest gives its first job, and stands behind all others then. Done a round at a
-- time: what stands is read once, and followed here as the claims change it, so that the cost is that of a few commands whatever the number of jobs.

lazily(turns, function()

local STOP, AGAIN = -1, -2
local taken -- how many jobs were claimed

local function isBefore(one, other)
  if one.priority ~= other.priority then return one.priority < other.priority end
  return one.turn < other.turn
end

-- Whoever stands on the benches of this session, so many at most, in order; and the last of whom that is the whole truth, when there are more.
local function standing(queue, names, most)
  local line, seen, cut = {}, {}, nil
  for i = 0, #names do
    local bench = i == 0 and '' or names[i]
    local first = call('ZRANGE', keys.turnsKey(queue, bench), 0, most - 1, 'WITHSCORES')
    local last
    for at = 1, #first, 2 do
      last = {priority = tonumber(first[at + 1]), turn = unpackFields('>I8', first[at]), name = sub(first[at], 9), bench = bench}
      -- A key stands in one place on all benches.
      local place = first[at] .. first[at + 1]
      if not seen[place] then
        seen[place] = true
        line[#line + 1] = last
      end
    end
    if #first == 2 * most and (not cut or isBefore(last, cut)) then cut = last end
  end
  return line, cut
end

-- The lane of a key that an entry of the line means: that of the head, or that with the earliest job. Nothing: it does not stand there any more.
local function laneOf(queue, key, entry, benches)
  local best
  for i = 1, #key.lanes do
    local lane = key.lanes[i]
    if lane.priority == entry.priority and lane.turn == entry.turn and benches[lane.bench] then
      if not best or keyLanes.first(queue, key, lane) < keyLanes.first(queue, key, best) then best = lane end
    end
  end
  return best
end

-- How many jobs of a key may be claimed one after the other.
local function roomOf(queue, key)
  local limits = keys.limitsOf(queue, key)
  if not limits then return UNLIMITED end
  if limits.strict then return 1 end
  return limits.most > 0 and math.max(1, limits.most - key.active) or UNLIMITED
end

-- What a round needs: who stands, the first jobs of each, their records.
local function readRound(queue, most)
  local names = rarely.lanesFor(queue)
  local line, cut = standing(queue, names, most)
  local round = {queue = queue, cut = cut, benches = {['']  = true}, records = {}, plain = {}, goesOn = false}
  for i = 1, #names do round.benches[names[i]] = true end

  local share = math.ceil(most / math.max(1, #line))
  local plain, plainCut, isPlainBefore = rarely.firstPlain(queue, names, share)
  round.plainCut = plainCut
  local ids = {}
  for i = 1, #plain do
    local job = plain[i]
    if not plainCut or not isPlainBefore(plainCut, job) then
      local list = round.plain[job.priority]
      if not list then
        list = {next = 1}
        round.plain[job.priority] = list
        line[#line + 1] = {priority = job.priority, turn = keys.plainTurn(queue, job.priority), isPlain = true}
      end
      list[#list + 1] = job
      ids[#ids + 1] = idOf(job.member)
    end
  end
  if #names > 0 or #ids > 0 then table.sort(line, isBefore) end

  local wanted = {}
  for i = 1, #line do wanted[#wanted + 1] = line[i].name end
  keys.loadWithJobs(queue, wanted)
  round.line = {}
  for i = 1, #line do
    local entry = line[i]
    if not cut or not isBefore(cut, entry) then
      round.line[#round.line + 1] = entry
      if not entry.isPlain then
        local key = keys.of(queue, entry.name)
        local lane = laneOf(queue, key, entry, round.benches)
        if key.head then
          ids[#ids + 1] = key.head.id
        elseif lane then
          keyLanes.firstIds(queue, key, lane, math.min(share, roomOf(queue, key)), ids)
        end
      end
    end
  end
  for from = 1, #ids, MOST do
    local last = math.min(from + MOST - 1, #ids)
    local records = call('HMGET', queue.jobsKey, unpack(ids, from, last))
    for i = from, last do round.records[ids[i]] = records[i - from + 1] end
  end
  return round
end

local function recordOf(round, id)
  local record = round.records[id]
  if record == nil then record = call('HGET', round.queue.jobsKey, id) end
  if not record or #record < FIXED or byte(record) ~= WAITING then return nil end
  return record
end

-- Whether a job can start now, or be held until it can, as far as its key goes: else neither it nor those behind it are claimed.
local function isGiven(queue, record, canStart, allowsAhead)
  if has(byte(record, 86), MORTAL) then return canStart and unpackFields('>I8', record, 73) > now end
  if canStart then return true end
  local limits = limitsOf(queue)
  return not (limits and limits.bounds) and allowsAhead
end

-- Claims the next job without a key. Gives the turn that they have then; nothing: there is none any more.
local function takePlain(round, entry, canStart)
  local queue, list = round.queue, round.plain[entry.priority]
  local job = list[list.next]
  if not job then return round.plainCut and AGAIN or nil end
  list.next = list.next + 1
  local id = idOf(job.member)
  local record = recordOf(round, id)
  if not record then
    setAside(queue, id)
    zrem(job.place, job.member)
    return AGAIN
  end
  if not isGiven(queue, record, canStart, true) then return STOP end
  zrem(job.place, job.member)
  queue.plainThere = nil
  taken = taking.add(id, record, byte(record, 2), byte(record, 86))
  return keys.standPlain(queue, entry.priority)
end

-- Claims the next job of a key. Gives the turn that it has then in this priority; nothing: none.
local function takeKeyed(round, entry, canStart)
  local queue = round.queue
  local key = keys.of(queue, entry.name)
  if queue.reviewFrom and key.exists then keys.review(queue, key) end
  local lane = laneOf(queue, key, entry, round.benches)
  if not lane then
    -- It stands there no more, or never should have.
    zrem(keys.turnsKey(queue, entry.bench), pack('>I8', entry.turn) .. entry.name)
    round.goesOn = true
    return nil
  end

  local sequence, id = keyLanes.first(queue, key, lane)
  if key.head then id = key.head.id end
  local record = recordOf(round, id)
  if not record then
    if key.head then
      key.head = nil
    else
      setAside(queue, id)
      zrem(keys.waitingKey(queue, lane.bench), member(sequence, id))
      keys.rise(queue, key, lane, sequence, id)
    end
    keys.review(queue, key)
    return AGAIN
  end
  if key.head then sequence = unpackFields('>I8', record, 57) end
  if not isGiven(queue, record, canStart, canStart or keys.allowAhead(queue, key)) then return STOP end

  zrem(keys.waitingKey(queue, lane.bench), member(sequence, id))
  keys.claim(queue, key, lane, sequence, id, (unpackFields('>I8', record, 45)))
  taken = taking.add(id, record, byte(record, 2), byte(record, 86))
  for i = 1, #key.lanes do
    local other = key.lanes[i]
    if other.turn > 0 and other.priority == entry.priority and round.benches[other.bench] then return other.turn end
  end
  return nil
end

-- One round. True: the same again gives more.
local function takeRound(queue, most, slots)
  local round = readRound(queue, most - taken)
  local lists, at = {}, 1
  for _, entry in ipairs(round.line) do
    local list = lists[#lists]
    if not list or list.priority ~= entry.priority then
      list = {priority = entry.priority, next = 1}
      lists[#lists + 1] = list
    end
    list[#list + 1] = entry
  end

  while taken < most do
    while lists[at] and lists[at].next > #lists[at] do at = at + 1 end
    local list = lists[at]
    if not list then return round.cut ~= nil or round.plainCut ~= nil or round.goesOn end
    local entry = list[list.next]
    list.next = list.next + 1
    local turn = (entry.isPlain and takePlain or takeKeyed)(round, entry, taken < slots)
    if turn == STOP then return false end
    if turn == AGAIN then return true end
    -- Behind all others of its priority: of which only the first are known, when the line was cut in it.
    if turn and not (round.cut and round.cut.priority == list.priority) then
      list[#list + 1] = {priority = entry.priority, turn = turn, name = entry.name, bench = entry.bench, isPlain = entry.isPlain}
    end
  end
  return false
end

-- A round of keys with short records, of one priority: what of all is in their turn is read with a few commands, and their records are not taken apart. Gives
-- STOP as the others do.
local function takeShort(queue, most, slots)
  local place, wanted, each = keys.turnsKey(queue, ''), most - taken, keys.mostOfEach(queue)
  if not each or queue.parked > 0 or 2 * call('ZCARD', place) < wanted or call('EXISTS', queue.waitingKey) == 1 then return nil end

  local popped, names, firsts, ids = call('ZPOPMIN', place, wanted), {}, {}, {}
  local score, count = popped[2], 0
  while popped[2 * count + 2] == score do -- whoever is claimed before stands before those of a higher priority
    count = count + 1
    names[count] = sub(popped[2 * count - 1], 9)
  end
  keys.loadWithJobs(queue, names)
  for i = 1, count do
    firsts[i] = keys.firstShort(queue, names[i]) or false
    ids[i] = firsts[i] and sub(firsts[i], 9) or ''
  end
  local records = call('HMGET', queue.jobsKey, unpack(ids))

  local standing, risen, done, outcome = {}, {}, 0, nil
  for i = 1, count do
    local name, first, record = names[i], firsts[i], records[i]
    if first and record and #record >= FIXED and byte(record) == WAITING then
      local canStart = taken < slots
      if not isGiven(queue, record, canStart, canStart or keys.letsAhead(queue, name, each)) then
        outcome = STOP
        break
      end
      local turn = keys.claimShort(queue, name, first, each)
      if turn then
        standing[#standing + 1] = score
        standing[#standing + 1] = pack('>I8c0', turn, name)
      end
      risen[#risen + 1] = first
      taken = taking.add(ids[i], record, byte(record, 2), byte(record, 86))
      done = i
    else
      call('ZADD', place, score, popped[2 * i - 1])
      local entry = {priority = tonumber(score), turn = unpackFields('>I8', popped[2 * i - 1]), name = name, bench = ''}
      outcome = takeKeyed({queue = queue, benches = {[''] = true}, records = {}}, entry, taken < slots)
      done = i
      if outcome == STOP or outcome == AGAIN then break end
    end
  end
  for i = 2 * done + 1, #popped, 2 do
    standing[#standing + 1] = popped[i + 1]
    standing[#standing + 1] = popped[i]
  end
  bulk('ZADD', place, standing)
  bulk('ZREM', keys.waitingKey(queue, ''), risen)
  keys.count(queue, -#risen)
  flush()
  return outcome
end

-- As claimFrom.
function turns.claim(queue, most, slots, reply)
  taking.begin(queue, reply)
  taken = 0
  local goesOn = takeShort(queue, most, slots) ~= STOP
  while goesOn and taken < most do
    goesOn = takeRound(queue, most, slots)
    flush()
  end
  return taking.finish()
end

end)
