-- Logs decisions, in one partition.
--
-- KEYS   1 the partition's prefix, under whose tag all its keys lie (see keys.go)
-- ARGV   per decision: call (a key and a member in it), document
-- Result how many
local base, count = KEYS[1], #ARGV / 3
local n = redis.call('INCRBY', base .. 'seq', count) - count
for at = 1, #ARGV, 3 do
  n = n + 1
  redis.call('XADD', base .. 'j', string.format('%.0f-0', n), 'd', ARGV[at + 2])
  redis.call('ZADD', ARGV[at], 0, ARGV[at + 1] .. string.format('%010x', n))
end
return count
