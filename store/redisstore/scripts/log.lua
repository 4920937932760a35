-- Logs decisions, in one partition.
--
-- KEYS   1 the partition's prefix, under whose tag all its keys lie (see keys.go)
-- ARGV   per decision: call (a bucket of four characters and a member of ten
--        bytes), document
-- Result how many
local base, count = KEYS[1], #ARGV / 2
local n = redis.call('INCRBY', base .. 'seq', count) - count
for at = 1, #ARGV, 2 do
  n = n + 1
  redis.call('XADD', base .. 'j', string.format('%.0f-0', n), 'd', ARGV[at + 1])
  redis.call('ZADD', base .. 'k:' .. string.sub(ARGV[at], 1, 4), 0, string.sub(ARGV[at], 5) .. string.format('%010x', n))
end
return count
