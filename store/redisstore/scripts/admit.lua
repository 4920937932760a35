-- Takes one of the questions that all endpoints together may put to a platform in
-- this second.
--
-- KEYS   1 the first partition's prefix, under whose tag all its keys lie (see keys.go)
-- ARGV   1 platform  2 how many questions a second
-- Result 0: taken, else how many ms to wait
local base, platform = KEYS[1], ARGV[1]
local pause = redis.call('PTTL', base .. 'vp:' .. platform)
if pause > 0 then return pause end
local time = redis.call('TIME')
local key = base .. 'va:' .. platform .. ':' .. time[1]
local asked = redis.call('INCR', key)
if asked == 1 then redis.call('PEXPIRE', key, 2000) end
if asked <= tonumber(ARGV[2]) then return 0 end
return 1000 - math.floor(time[2] / 1000)
