-- Stores what a push reports, in one partition.
--
-- KEYS   1 the partition's prefix, under whose tag all its keys lie (see keys.go)
-- ARGV   1 key of the nonce behind the prefix ("" none)  2 its value: 16 bytes of
--        digest, then more  3 its time to live, ms
--        4 "known": store nothing, unless everything is known already
--        5 type of the entries in the records stream, for what is new
--        then per item its sort and what belongs to it:
--        "t" touch       identity, content: it is known to have been here
--        "r" record      identity, content, call, X, caller, time, slice, id,
--                        document, document for the stream
--        "e" event       identity, content, call, document
--        "s" status      number, ms, value: the latest counts
--        "q" quarantine  id, time, document
--        identity, call: a key and a member in it ("" and "": no call)
--        content: eight bytes  X, caller, slice: keys ("" none)
--        time: six bytes that sort newest first
-- Result {verdict, result of each item}
--        verdict: "ok" | "known": the nonce belongs to another body, and all of
--        this part is known | "replayed": it does, and not all is; nothing is stored
--        result: "n" new  "d" duplicate  "c" conflict  "m" missing (touches only)
--
-- An identity's value is a list of contents, the first one that came first: eight
-- bytes, number in the journal, comma, pushes, semicolon.
local base = KEYS[1]
local call, format, sub = redis.call, string.format, string.sub
local sizes = { t = 3, r = 12, e = 6, s = 3, q = 3 }

-- The place of a content in an identity's value.
local function find(value, content)
  local at = 1
  while at <= #value do
    local stop = string.find(value, ';', at + 8, true)
    if sub(value, at, at + 7) == content then return at, stop end
    at = stop + 1
  end
end

local function known(sort, at)
  if sort == 'q' then return call('HEXISTS', base .. 'q', ARGV[at + 1]) == 1 end
  if sort == 's' then
    local told = call('HGET', base .. 'numbers', ARGV[at + 1])
    return told and string.match(told, '\t(.*)') == string.match(ARGV[at + 3], '\t(.*)')
  end
  local value = call('HGET', ARGV[at + 1], ARGV[at + 2])
  return value and find(value, ARGV[at + 3]) ~= nil
end

local function allknown()
  local at = 6
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

-- Numbers in the journal, taken together when the first one is due.
local nextnumber
local function number()
  if not nextnumber then nextnumber = call('INCRBY', base .. 'seq', #ARGV) - #ARGV end
  nextnumber = nextnumber + 1
  return nextnumber
end

local journal = base .. 'j'

local function write(n, document) call('XADD', journal, format('%.0f-0', n), 'd', document) end

-- Counts one push more of a content.
local function again(key, field, value, at, stop)
  local comma = string.find(value, ',', at + 8, true)
  local pushes = tonumber(sub(value, comma + 1, stop - 1)) + 1
  call('HSET', key, field,
    sub(value, 1, comma) .. format('%.0f', pushes) .. sub(value, stop))
  return 'd'
end

-- Files a content under an identity. A new one gets a number.
local function file(at)
  local key, field, content = ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local n = number()
  local entry = content .. format('%.0f', n) .. ',1;'
  if call('HSETNX', key, field, entry) == 1 then return 'n', n end
  local value = call('HGET', key, field)
  local from, stop = find(value, content)
  if from then return again(key, field, value, from, stop) end
  call('HSET', key, field, value .. entry)
  return 'c', n
end

local function touch(at)
  local key, field = ARGV[at + 1], ARGV[at + 2]
  local value = call('HGET', key, field)
  local from, stop
  if value then from, stop = find(value, ARGV[at + 3]) end
  if not from then return 'm' end
  return again(key, field, value, from, stop)
end

local function join(at, suffix)
  if ARGV[at + 4] ~= '' then call('ZADD', ARGV[at + 4], 0, ARGV[at + 5] .. suffix) end
end

-- The lists of all records, by minute: a push holds calls that ended close
-- together, so that most share one, and each minute is written once, at the end.
local slices = {}

local function index(at, suffix)
  local slice, member = ARGV[at + 9], ARGV[at + 8] .. suffix
  if ARGV[at + 6] ~= '' then call('ZADD', ARGV[at + 6], 0, member) end
  if ARGV[at + 7] ~= '' then call('ZADD', ARGV[at + 7], 0, member) end
  local list = slices[slice] or {}
  slices[slice] = list
  list[#list + 1] = 0
  list[#list + 1] = member
end

local function writeslices()
  for slice, list in pairs(slices) do
    for from = 1, #list, 1000 do
      call('ZADD', slice, unpack(list, from, math.min(from + 999, #list)))
    end
    local platform, minute = string.match(slice, ':t:(.*):(%d+)$')
    call('ZADD', base .. 'm:' .. platform, minute, minute)
  end
end

local stream = base .. 'records'

local function record(at)
  local result, n = file(at)
  if result == 'd' then return result end
  local suffix, kind, document = format('%010x', n), ARGV[5], ARGV[at + 12]
  write(n, ARGV[at + 11])
  join(at, suffix)
  index(at, suffix)
  if result == 'c' then
    kind, document = 'conflict', string.gsub(document, '"conflict":false', '"conflict":true', 1)
  end
  call('XADD', stream, '*', 'id', ARGV[at + 10], 'type', kind, 'record', document)
  return result
end

local function event(at)
  local result, n = file(at)
  if result == 'd' then return result end
  write(n, ARGV[at + 6])
  join(at, format('%010x', n))
  return result
end

local function status(at)
  local told = call('HGET', base .. 'numbers', ARGV[at + 1])
  if told and (told == ARGV[at + 3] or tonumber(string.match(told, '^%d+')) > tonumber(ARGV[at + 2])) then return 'd' end
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

local take = { t = touch, r = record, e = event, s = status, q = quarantine }
local results, at = {}, 6
while at <= #ARGV do
  local sort = ARGV[at]
  results[#results + 1] = take[sort](at)
  at = at + 1 + sizes[sort]
end
writeslices()
return { verdict, table.concat(results) }
