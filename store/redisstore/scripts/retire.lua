-- Removes the oldest entries of a partition's journal, and what leads to them.
--
-- KEYS   1 the partition's prefix, under whose tag all its keys lie (see keys.go)
-- ARGV   1 number of the last entry to go
--        then per entry: number, identity (key and member), call (key and member),
--        X, caller, time, slice, each "" where there is none, as deposit.lua has them
-- Result how many entries the journal lost
local base = KEYS[1]

-- Takes the content with this number out of an identity's value.
local function forget(key, field, n)
  local value = redis.call('HGET', key, field)
  if not value then return end
  local left, at = '', 1
  while at <= #value do
    local stop = string.find(value, ';', at + 8, true)
    local comma = string.find(value, ',', at + 8, true)
    if string.sub(value, at + 8, comma - 1) ~= n then left = left .. string.sub(value, at, stop) end
    at = stop + 1
  end
  if left == '' then redis.call('HDEL', key, field) else redis.call('HSET', key, field, left) end
end

local function unlist(slice, member)
  redis.call('ZREM', slice, member)
  if redis.call('EXISTS', slice) == 0 then
    local platform, minute = string.match(slice, ':t:(.*):(%d+)$')
    redis.call('ZREM', base .. 'm:' .. platform, minute)
  end
end

for at = 2, #ARGV, 9 do
  local n, identity, member, call, callmember, x, caller, time, slice = unpack(ARGV, at, at + 8)
  local suffix = string.format('%010x', tonumber(n))
  if identity ~= '' then forget(identity, member, n) end
  if call ~= '' then redis.call('ZREM', call, callmember .. suffix) end
  if x ~= '' then redis.call('ZREM', x, time .. suffix) end
  if caller ~= '' then redis.call('ZREM', caller, time .. suffix) end
  if slice ~= '' then unlist(slice, time .. suffix) end
end
return redis.call('XTRIM', base .. 'j', 'MINID', string.format('%.0f-0', tonumber(ARGV[1]) + 1))
