-- Stores what a push reports, in one partition.
--
-- KEYS   1 the partition's prefix, under whose tag all its keys lie (see keys.go)
-- ARGV   1 key of the nonce behind the prefix ("" none)  2 its value: 16 bytes of
--        digest, then more  3 its time to live, ms
--        4 "known": store nothing, unless everything is known already
--        5 type of the entries in the records stream, for what is new
--        6 now, ms  7 how many chunks of documents there are  8 what the items say of
--        recordings ("" nothing), as claim.lua files it
--        then the chunks, packed
--        then per item its sort and what belongs to it:
--        "t" touch       identity, content: it is known to have been here
--        "e" event       identity, content, chunk, position, call
--        "r" record      identity, content, chunk, position, call, X, caller, time,
--                        slice, id, document for the stream
--        "s" status      number, ms, value: the latest counts
--        "q" quarantine  id, time, document
--        "u" the same    id: it is known to lie there
--        identity, call ("" none): ten bytes  content: five bytes  position in its
--        chunk: one byte  caller: a key and the start of a member ("" and "": none)
--        X: a key ("" none)  time: six bytes that sort newest first
--        slice: platform, minute, two bytes within it
-- Result {verdict, result of each item}
--        verdict: "ok" | "known": the nonce belongs to another body, and all of
--        this part is known | "replayed": it does, and not all is; nothing is stored
--        result: "n" new  "d" duplicate  "c" conflict  "m" missing ("t" and "u" only)
--        "o" there are too many contents of this identity already: it is not kept
--
-- An identity's value is a list of contents of fourteen bytes, the first one that
-- came first: content, number of the chunk in the journal (five), position, and
-- how often it was pushed (three).
local base = KEYS[1]
local call, sub, byte, char, floor = redis.call, string.sub, string.byte, string.char, math.floor
local sizes = { t = 2, e = 5, r = 14, s = 3, q = 3, u = 1 }
local first = 9 + tonumber(ARGV[7])
local most = 4000 -- fields of one command: Lua's stack is limited

-- A hash, of which all that this push may touch is read at once, and what changed
-- is written at once.
local function hash(key) return { key = base .. key, values = {}, wanted = {}, dirty = {} } end

local function fetch(h)
  if #h.wanted == 0 then return end
  local found = call('HMGET', h.key, unpack(h.wanted))
  for i = 1, #h.wanted do h.values[h.wanted[i]] = found[i] end
  h.wanted = {}
end

local function want(h, field)
  h.wanted[#h.wanted + 1] = field
  if #h.wanted == most then fetch(h) end
end

local function set(h, field, value)
  h.values[field] = value
  h.dirty[field] = true
end

local function flush(h)
  local fields = {}
  for field in pairs(h.dirty) do
    fields[#fields + 1] = field
    fields[#fields + 1] = h.values[field]
    if #fields == most then
      call('HSET', h.key, unpack(fields))
      fields = {}
    end
  end
  if #fields > 0 then call('HSET', h.key, unpack(fields)) end
end

local identities, calls = hash('i'), hash('c')
local values = identities.values
local at = first
while at <= #ARGV do
  local sort = ARGV[at]
  if sort == 't' or sort == 'e' or sort == 'r' then want(identities, ARGV[at + 1]) end
  if (sort == 'e' or sort == 'r') and ARGV[at + 5] ~= '' then want(calls, ARGV[at + 5]) end
  at = at + 1 + sizes[sort]
end
fetch(identities)
fetch(calls)
local stream = base .. 'records'
call('XLEN', stream)

-- The place of a content in an identity's value.
local function find(value, content)
  if not value then return nil end
  for from = 1, #value, 14 do
    if sub(value, from, from + 4) == content then return from end
  end
end

local function known(sort, at)
  if sort == 'q' or sort == 'u' then return call('HEXISTS', base .. 'q', ARGV[at + 1]) == 1 end
  if sort == 's' then
    local told = call('HGET', base .. 'numbers', ARGV[at + 1])
    return told and string.match(told, '\t(.*)') == string.match(ARGV[at + 3], '\t(.*)')
  end
  return find(values[ARGV[at + 1]], ARGV[at + 2]) ~= nil
end

local function allknown()
  local at = first
  while at <= #ARGV do
    if not known(ARGV[at], at) then return false end
    at = at + 1 + sizes[ARGV[at]]
  end
  return true
end

local verdict = 'ok'
local bound = ARGV[4] == 'known'
if ARGV[1] ~= '' then
  local used = call('SET', base .. ARGV[1], ARGV[2], 'NX', 'GET', 'PX', ARGV[3])
  bound = used and sub(used, 1, 16) ~= sub(ARGV[2], 1, 16)
end
if bound then
  verdict = 'known'
  if not allknown() then return { 'replayed', '' } end
end

-- A number as bytes, the highest first.
local function bytes(n, length)
  local text = ''
  for _ = 1, length do
    text = char(n % 256) .. text
    n = floor(n / 256)
  end
  return text
end

-- Numbers of the chunks in the journal, taken together when the first one is due;
-- a chunk that holds nothing new is not kept.
local base0
local numbers = {}
local function number(chunk)
  local n = numbers[chunk]
  if not n then
    base0 = base0 or call('INCRBY', base .. 'seq', ARGV[7]) - ARGV[7]
    n = bytes(base0 + chunk, 5)
    numbers[chunk] = n
  end
  return n
end

-- Counts one push more of a content; three bytes are enough for sixteen million.
local function again(identity, value, from)
  local a, b, c = byte(value, from + 11, from + 13)
  local pushes = math.min(a * 65536 + b * 256 + c + 1, 16777215)
  set(identities, identity, sub(value, 1, from + 10) .. bytes(pushes, 3) .. sub(value, from + 14))
  return 'd'
end

-- Files a content under an identity, and gives its place in the journal.
local function file(at)
  local identity, content = ARGV[at + 1], ARGV[at + 2]
  local value = values[identity]
  local from = find(value, content)
  if from then return again(identity, value, from) end
  if value and #value >= 14 * 64 then return 'o' end
  local place = number(tonumber(ARGV[at + 3])) .. ARGV[at + 4]
  set(identities, identity, (value or '') .. content .. place .. '\0\0\1')
  local joined = ARGV[at + 5]
  if joined ~= '' then set(calls, joined, (calls.values[joined] or '') .. place) end
  return value and 'c' or 'n', place
end

local function touch(at)
  local identity = ARGV[at + 1]
  local from = find(values[identity], ARGV[at + 2])
  if not from then return 'm' end
  return again(identity, values[identity], from)
end

-- The lists of all records, by minute. A push holds calls that ended close together,
-- so that many share a minute.
local slices = {}
local function list(at, place)
  local member = ARGV[at + 9] .. place
  if ARGV[at + 6] ~= '' then call('ZADD', ARGV[at + 6], 0, member) end
  if ARGV[at + 7] ~= '' then call('ZADD', ARGV[at + 7], 0, ARGV[at + 8] .. member) end
  local name = ARGV[at + 10] .. ':' .. ARGV[at + 11]
  local slice = slices[name]
  if not slice then
    slice = { ARGV[at + 10], ARGV[at + 11] }
    slices[name] = slice
  end
  slice[#slice + 1] = ARGV[at + 12] .. place
end

local entries = {} -- of the stream for consumers
local function record(at)
  local result, place = file(at)
  if not place then return result end
  list(at, place)
  local kind, document = ARGV[5], ARGV[at + 14]
  if result == 'c' then
    kind, document = 'conflict', string.gsub(document, '"conflict":false', '"conflict":true', 1)
  end
  entries[#entries + 1] = { ARGV[at + 13], kind, document }
  return result
end

local function status(at)
  local told = call('HGET', base .. 'numbers', ARGV[at + 1])
  if told and (told == ARGV[at + 3] or (tonumber(string.match(told, '^%-?%d+')) or 0) > tonumber(ARGV[at + 2])) then return 'd' end
  call('HSET', base .. 'numbers', ARGV[at + 1], ARGV[at + 3])
  return 'n'
end

local function quarantine(at)
  local id = ARGV[at + 1]
  if call('HINCRBY', base .. 'qn', id, 1) > 1 then return 'd' end
  call('HSET', base .. 'q', id, ARGV[at + 3])
  call('ZADD', base .. 'qt', 0, ARGV[at + 2] .. id)
  return 'n'
end

local function stillthere(at)
  if call('HEXISTS', base .. 'q', ARGV[at + 1]) == 0 then return 'm' end
  call('HINCRBY', base .. 'qn', ARGV[at + 1], 1)
  return 'd'
end

local take = { t = touch, r = record, e = file, s = status, q = quarantine, u = stillthere }
local results = {}
at = first
while at <= #ARGV do
  local sort = ARGV[at]
  results[#results + 1] = take[sort](at)
  at = at + 1 + sizes[sort]
end

-- Redis takes nothing back if a command fails half-way. What leads to the journal
-- is written before it, since what leads nowhere does no harm; what makes a record
-- known, and the stream for consumers, come last, and cannot fail any more: they
-- were read from, or asked for their length, before anything was written.
for name, slice in pairs(slices) do
  call('APPEND', base .. 't:' .. name, table.concat(slice, '', 3))
  call('ZADD', base .. 'm:' .. slice[1], slice[2], slice[2])
  call('ZADD', base .. 'a:' .. slice[1], 'GT', ARGV[6], slice[2]) -- a requeued record came long ago
end
for chunk = 1, tonumber(ARGV[7]) do
  if numbers[chunk] then
    call('XADD', base .. 'j', string.format('%.0f-0', base0 + chunk), 'd', ARGV[8 + chunk])
  end
end
if ARGV[8] ~= '' then call('RPUSH', base .. 'vq', ARGV[8]) end
flush(identities)
flush(calls)
for _, entry in ipairs(entries) do
  call('XADD', stream, '*', 'id', entry[1], 'type', entry[2], 'record', entry[3])
end
-- A wait for replicas or for the disk is for the last write of its connection: there
-- has to be one, for duplicates alone too.
call('SET', base .. 'ping', '', 'PX', 5000)
return { verdict, table.concat(results) }
