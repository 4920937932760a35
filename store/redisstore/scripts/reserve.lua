-- Takes the write lease on one binding id and points the id at its X number.
-- Whoever holds the lease is the id's only writer; should they die, the id is
-- due for repair.
--
-- KEYS   1 index, id -> X number  2 due ids  3 lease
-- ARGV   1 id  2 X number ("": where the id is)  3 token  4 lease, ms
--        5 when to repair, ms
-- Result {"new" or "known", X number, time s} | {"busy"} | {"elsewhere", X number} | {"none"}
if redis.call('EXISTS', KEYS[3]) == 1 then return { 'busy' } end
local x = redis.call('HGET', KEYS[1], ARGV[1])
if not x and ARGV[2] == '' then return { 'none' } end
if x and ARGV[2] ~= '' and x ~= ARGV[2] then return { 'elsewhere', x } end
redis.call('SET', KEYS[3], ARGV[3], 'PX', ARGV[4])
redis.call('ZADD', KEYS[2], ARGV[5], ARGV[1])
if not x then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
return { x and 'known' or 'new', x or ARGV[2], redis.call('TIME')[1] }
