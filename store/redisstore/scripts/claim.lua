-- Claims recordings of a platform that are due, in one partition.
--
-- KEYS   1 the partition's prefix, under whose tag all its keys lie (see keys.go)
-- ARGV   1 platform  2 now, ms  3 length of the lease, ms  4 how many at most
-- Result for each of them: id, token, "taken" or "", value. Taken: an earlier claim
--        was never settled
local base, platform, most = KEYS[1], ARGV[1], tonumber(ARGV[4])
local due, leases = base .. 'vd:' .. platform, base .. 'vl:' .. platform
local time = redis.call('TIME') -- leases go by this clock alone
local clock = time[1] * 1000 + math.floor(time[2] / 1000)

-- Tokens only grow, also past those that a server has forgotten which lost its last
-- second: they are never less than the time in microseconds.
local function grow()
  local last = tonumber(redis.call('GET', base .. 'vn') or 0)
  local token = math.max(last + 1, time[1] * 1000000 + time[2])
  redis.call('SET', base .. 'vn', string.format('%.0f', token))
  return token
end

-- Whose lease ended is due again, before the others.
for _, id in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', clock, 'LIMIT', 0, most)) do
  redis.call('ZADD', due, 0, id)
  redis.call('ZREM', leases, id)
end

local claimed = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', ARGV[2], 'LIMIT', 0, most)) do
  local value = redis.call('HGET', base .. 'v', id)
  if value then
    local taken = redis.call('HEXISTS', base .. 'vt', id) == 1 and 'taken' or ''
    local token = grow()
    redis.call('HSET', base .. 'vt', id, string.format('%.0f', token))
    redis.call('ZADD', leases, clock + ARGV[3], id)
    for _, part in ipairs({ id, token, taken, value }) do claimed[#claimed + 1] = part end
  end
  redis.call('ZREM', due, id)
end
return claimed
