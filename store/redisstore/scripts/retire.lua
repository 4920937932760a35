-- Removes the oldest chunks of a partition's journal, and what leads to them.
--
-- KEYS   1 the partition's prefix, under whose tag all its keys lie (see keys.go)
-- ARGV   1 number of the last chunk to go ("" none)
--        2 minutes into which nothing came since this instant, ms, go as well
--        3 how many platforms, then their names
--        then per document: identity and call ("" none), place in the journal (six
--        bytes), number of lists that it is in, and of each the key and the member
-- Result how many minutes went
local base, platforms = KEYS[1], tonumber(ARGV[3])

-- Takes what speaks of this place out of a value of a hash: entries of a length, in
-- which the place begins after some bytes.
local function forget(key, field, place, length, after)
  local value = field ~= '' and redis.call('HGET', key, field)
  if not value then return end
  local left = ''
  for from = 1, #value, length do
    if string.sub(value, from + after, from + after + 5) ~= place then
      left = left .. string.sub(value, from, from + length - 1)
    end
  end
  if left == '' then
    redis.call('HDEL', key, field)
  elseif left ~= value then
    redis.pcall('HSET', key, field, left) -- refused where memory is full: then it leads nowhere
  end
end

local at = 4 + platforms
while at <= #ARGV do
  local place, lists = ARGV[at + 2], tonumber(ARGV[at + 3])
  forget(base .. 'i', ARGV[at], place, 14, 5)
  forget(base .. 'c', ARGV[at + 1], place, 6, 0)
  at = at + 4
  for _ = 1, lists do
    redis.call('ZREM', ARGV[at], ARGV[at + 1])
    at = at + 2
  end
end
if ARGV[1] ~= '' then redis.call('XTRIM', base .. 'j', 'MINID', string.format('%.0f-0', tonumber(ARGV[1]) + 1)) end

local gone = 0
for i = 4, 3 + platforms do
  local platform = ARGV[i]
  local minutes = redis.call('ZRANGEBYSCORE', base .. 'a:' .. platform, '-inf', '(' .. ARGV[2], 'LIMIT', 0, 100)
  for _, minute in ipairs(minutes) do
    redis.call('DEL', base .. 't:' .. platform .. ':' .. minute)
    redis.call('ZREM', base .. 'm:' .. platform, minute)
    redis.call('ZREM', base .. 'a:' .. platform, minute)
  end
  gone = gone + #minutes
end
return gone
