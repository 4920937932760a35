-- Everything that one decision needs to know about an X number, in one look.
--
-- KEYS   1 routes  2 bodies  3 last caller of the caller  4 asks of the call
--        5 expiry of extensions, any platform  6 the same, the query's platform
-- ARGV   1 caller ("" unknown)  2 extension ("" none)  3 digest of the message
-- Result 1 body reached by the extension  2 1 if it admits the caller
--        3 id  4 body of the caller's own binding  5 id  6 body of the open one
--        7, 8 latest expiry of extensions (any, platform)
--        9 last caller  10 id  11 body of their binding  12 1 if it admits them
--        13 asks before this message  14 id of 1
--        Absent things are "". A body with several peers comes without them.
local function peers(body) return string.sub(body, string.find(body, '\n', 1, true) + 1) end

local function admits(body, number)
  return body and number ~= '' and string.find(peers(body), ',' .. number .. ',', 1, true) and 1 or 0
end

local function brief(body)
  if not body then return '' end
  local list = peers(body)
  if list ~= '' and string.find(list, ',', 2, true) ~= #list then
    return string.sub(body, 1, #body - #list)
  end
  return body
end

local caller, extension, digest = ARGV[1], ARGV[2], ARGV[3]
local ids = redis.call('HMGET', KEYS[1], 'e' .. extension, 'c' .. caller, 'o')
local last = redis.call('GET', KEYS[3]) or ''
local tab = string.find(last, '\t', 1, true) or 0
local lastcaller, lastid = string.sub(last, 1, tab - 1), string.sub(last, tab + 1)
local bodies = redis.call('HMGET', KEYS[2], ids[1] or '', ids[2] or '', ids[3] or '', lastid)

local function latest(key)
  return redis.call('ZREVRANGE', key, 0, 0, 'WITHSCORES')[2] or ''
end

local asks = redis.call('LRANGE', KEYS[4], 0, -1)
local asked = #asks
for i, d in ipairs(asks) do
  if d == digest then asked = i - 1 break end
end

return {
  brief(bodies[1]), admits(bodies[1], caller),
  ids[2] or '', brief(bodies[2]), ids[3] or '', brief(bodies[3]),
  latest(KEYS[5]), latest(KEYS[6]),
  lastcaller, lastid, brief(bodies[4]), admits(bodies[4], lastcaller),
  asked, ids[1] or '',
}
