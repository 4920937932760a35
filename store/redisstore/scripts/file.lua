-- Files the recordings that pushes have named, the oldest pushes first.
--
-- KEYS   1 the partition's prefix, under whose tag all its keys lie (see keys.go)
-- ARGV   1 of how many pushes at most  2 how many recordings are enough: the push that
--        names the last of them is filed whole
-- Result how many pushes are left
--
-- What a push names is a text of lines: its platform, when it came (ms), and four for
-- each recording: id, ms when it is due, first line of its value, what is said of it.
local base = KEYS[1]
local call, char, floor = redis.call, string.char, math.floor

-- A time as six bytes that sort newest first, as in all lists.
local function inverted(ms)
  local n, text = 281474976710655 - ms, ''
  for _ = 1, 6 do
    text = char(n % 256) .. text
    n = floor(n / 256)
  end
  return text
end

-- A recording is fetched once, however many items speak of it. What each says of it
-- is kept, a line each, and the earliest time counts. The same said again is nothing
-- new if only its end, which stands first, has moved on with the time of the push.
local function file(platform, member, id, due, line, name)
  local value = call('HGET', base .. 'v', id)
  if not value then
    call('HSET', base .. 'v', id, line .. '\n' .. name)
    call('ZADD', base .. 'vs:' .. platform .. ':pending', 0, member)
    call('ZADD', base .. 'vd:' .. platform, due, id)
  elseif #value < 8192 and not string.find(value .. '\n', string.match(name, '^{"x":%-?%d+(.*)$') .. '\n', 1, true) then
    call('HSET', base .. 'v', id, value .. '\n' .. name)
    call('ZADD', base .. 'vd:' .. platform, 'XX', 'LT', due, id)
  end
end

local filed, enough = 0, tonumber(ARGV[2])
for _ = 1, tonumber(ARGV[1]) do
  if filed >= enough then break end
  local push = call('LINDEX', base .. 'vq', 0)
  if not push then break end
  local platform, named, rest = string.match(push, '^([^\n]*)\n([^\n]*)\n(.*)$')
  for id, due, line, name in string.gmatch(rest or '', '([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n') do
    file(platform, inverted(tonumber(named)) .. id, id, due, line, name)
    filed = filed + 1
  end
  call('LPOP', base .. 'vq') -- once all of it is filed: a command that fails must not lose it
end
return call('LLEN', base .. 'vq')
