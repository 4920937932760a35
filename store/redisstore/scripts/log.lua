-- Logs decisions, in one partition.
--
-- KEYS   1 the partition's prefix, under whose tag all its keys lie (see keys.go)
-- ARGV   1 how many chunks of documents there are, then the chunks, packed
--        then per decision: chunk, position in it (one byte), call
-- Result how many
local base, chunks = KEYS[1], tonumber(ARGV[1])
local n = redis.call('INCRBY', base .. 'seq', chunks) - chunks
local numbers = {}
for chunk = 1, chunks do
  local at, text = n + chunk, ''
  for _ = 1, 4 do
    text = string.char(at % 256) .. text
    at = math.floor(at / 256)
  end
  numbers[chunk] = text
  redis.call('XADD', base .. 'j', string.format('%.0f-0', n + chunk), 'd', ARGV[1 + chunk])
end
for at = 2 + chunks, #ARGV, 3 do
  local call, place = ARGV[at + 2], numbers[tonumber(ARGV[at])] .. ARGV[at + 1]
  if redis.call('HSETNX', base .. 'c', call, place) == 0 then
    redis.call('HSET', base .. 'c', call, redis.call('HGET', base .. 'c', call) .. place)
  end
end
return (#ARGV - 1 - chunks) / 3
