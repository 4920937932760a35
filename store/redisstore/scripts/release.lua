-- Gives the write lease on a binding id back.
--
-- KEYS   1 index, id -> X number  2 due ids  3 lease
-- ARGV   1 id  2 token  3 "drop" the id, "keep" it, or "repair" it later
--        4 expiry of the binding, ms ("" never), for keep
-- Result 1, or 0 where the lease was lost: then the repair stays due
if redis.call('GET', KEYS[3]) ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[3])
if ARGV[3] == 'repair' then return 1 end
if ARGV[3] == 'drop' then redis.call('HDEL', KEYS[1], ARGV[1]) end
if ARGV[3] == 'keep' and ARGV[4] ~= '' then
  redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
else
  redis.call('ZREM', KEYS[2], ARGV[1])
end
return 1
