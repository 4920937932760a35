-- Begins the lease of a claim anew.
--
-- KEYS   1 the partition's prefix, under whose tag all its keys lie (see keys.go)
-- ARGV   1 id  2 platform  3 token of the claim  4 length of the lease, ms
-- Result 1: held  0: somebody else has it
local base = KEYS[1]
if redis.call('HGET', base .. 'vt', ARGV[1]) ~= ARGV[3] then return 0 end
local time = redis.call('TIME')
local ends = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[4]
redis.call('ZADD', base .. 'vl:' .. ARGV[2], ends, ARGV[1])
redis.call('ZREM', base .. 'vd:' .. ARGV[2], ARGV[1]) -- where it went when the lease ended unseen
return 1
