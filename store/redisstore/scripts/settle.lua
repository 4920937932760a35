-- Writes how far a recording has come, or removes it.
--
-- KEYS   1 the partition's prefix, under whose tag all its keys lie (see keys.go)
-- ARGV   1 id  2 platform  3 its member in the lists by state
--        4 token of the claim ("": nobody may have a claim)
--        5 the first line of its value as it has to be ("": any)
--        6 state ("": it is removed)  7 new first line
--        8 when it is due, ms ("": not by itself)
-- Result 1: done  0: somebody else has it, or it is not what it was
local base, id, platform, member = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local held = redis.call('HGET', base .. 'vt', id) or ''
if held ~= ARGV[4] then return 0 end
local value = redis.call('HGET', base .. 'v', id)
if not value then return 0 end
local before, names = string.match(value, '^([^\n]*)(.*)$')
if ARGV[5] ~= '' and before ~= ARGV[5] then return 0 end

if ARGV[6] == '' then
  redis.call('HDEL', base .. 'v', id)
else -- what may be refused for want of memory comes first
  redis.call('HSET', base .. 'v', id, ARGV[7] .. names)
  redis.call('ZADD', base .. 'vs:' .. platform .. ':' .. ARGV[6], 0, member)
end
local state = string.match(before, '^(%a+) ')
if state ~= ARGV[6] then redis.call('ZREM', base .. 'vs:' .. platform .. ':' .. state, member) end
if ARGV[8] == '' then
  redis.call('ZREM', base .. 'vd:' .. platform, id)
else
  redis.call('ZADD', base .. 'vd:' .. platform, ARGV[8], id)
end
redis.call('ZREM', base .. 'vl:' .. platform, id)
redis.call('HDEL', base .. 'vt', id)
return 1
