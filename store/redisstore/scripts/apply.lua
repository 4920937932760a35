-- Writes and removes bindings of one X number: all of them, or none.
--
-- KEYS   1 routes  2 bodies  3 ids  4 expiry of extensions, any platform; that of
--        a platform is the same key with its name behind it, under the same tag
-- ARGV   1 now, ms  2 time of the lease, s ("" no lease)  3 longest lease, s
--        4 "1": check only  5 names of the platforms, each with a tab behind it
--        then per operation: verb, id, If-Match, body
--        verbs: put (create or replace), new (create), add (create, unless the
--        same binding lives), del, sweep (del, if expired)
--        If-Match: "" none, "*" any, else ETags separated by blanks
-- Result {"ok", then per operation: status, id, old body}
--        status: created replaced unchanged same deleted absent live
--        {"conflict", operation, id, body, route} | {"exists", operation}
--        {"precondition", operation} | {"stale"}: the lease ran out |
--        {"large"}: more routes than one step may write
--
-- A route's value is the id, a tab, and the body without the peers of a group:
-- what a decision needs, in one look. The routes "x" and "x"+platform hold the
-- latest expiry of the bindings with extensions.
--
-- Operations see those before them through an overlay; the keys are written at
-- the end, when nothing can fail any more.
local now, dry = tonumber(ARGV[1]), ARGV[4] == '1'
if ARGV[2] ~= '' and redis.call('TIME')[1] - ARGV[2] > tonumber(ARGV[3]) then return {'stale'} end

local routes, bodies, touched = {}, {}, 0 -- overlays; false: absent
local dirtyroutes, dirtyids = {}, {}

local function route(name)
  if routes[name] == nil then routes[name] = redis.call('HGET', KEYS[1], name) end
  return routes[name]
end

local function body(id)
  if bodies[id] == nil then bodies[id] = redis.call('HGET', KEYS[2], id) end
  return bodies[id]
end

-- Redis serves nobody else meanwhile: routes written are limited, and counted
-- before anything is written.
local most, written = 20000, 0

local function set(name, text)
  routes[name] = text
  dirtyroutes[name] = true
  written = written + 1
end

-- The id in a route's value.
local function holder(value) return value and string.match(value, '^%d+') end

local function parse(text)
  local expires, platform, extension, owner = string.match(text, '^(%d*)\t([^\t]*)\t([^\t\n]*)\t([^\t\n]*)')
  local peers = string.sub(text, string.find(text, '\n', 1, true) + 1)
  return { expires = tonumber(expires) or 0, platform = platform, extension = extension, owner = owner, peers = peers }
end

local function live(b) return b.expires == 0 or b.expires > now end

-- The routes that a binding claims.
local function claims(b)
  if b.extension ~= '' then return { 'e' .. b.extension } end
  local list = { 'c' .. b.owner }
  for peer in string.gmatch(b.peers, '[^,]+') do list[#list + 1] = 'c' .. peer end
  if #list == 1 then list[2] = 'o' end
  return list
end

-- The routes that say whom an extension admits; they follow the extension.
local function guests(b)
  local list = {}
  if b.extension == '' then return list end
  for peer in string.gmatch(b.peers, '[^,]+') do list[#list + 1] = 'm' .. b.extension .. ':' .. peer end
  return list
end

local function open(b) return b.extension == '' and b.peers == '' end

-- What a decision needs of a binding: all but the peers of a group.
local function brief(id, text, b)
  if b.peers ~= '' and string.find(b.peers, ',', 2, true) ~= #b.peers then
    text = string.sub(text, 1, #text - #b.peers)
  end
  return id .. '\t' .. text
end

-- A live binding with an extension other than id, or nil.
local function extended(id)
  for other in pairs(dirtyids) do
    local text = bodies[other]
    if other ~= id and text then
      local b = parse(text)
      if b.extension ~= '' and live(b) then return other end
    end
  end
  for platform in string.gmatch('\t' .. ARGV[5], '([^\t]*)\t') do
    local found = redis.call('ZREVRANGEBYSCORE', KEYS[4] .. platform, '+inf', '(' .. ARGV[1], 'LIMIT', 0, touched + 2)
    for _, other in ipairs(found) do
      if other ~= id and not dirtyids[other] then return other end
    end
  end
end

-- The live binding in the way of b, and the route on which it stands.
local function obstacle(id, b)
  local function taken(name)
    local other = holder(route(name))
    return other and other ~= id and body(other) and live(parse(body(other))) and other
  end
  for _, name in ipairs(claims(b)) do
    if taken(name) then return taken(name), string.sub(name, 1, 1) end
  end
  if open(b) then return extended(id), 'x' end
  if b.extension ~= '' and taken('o') then return taken('o'), 'o' end
end

local function same(a, b)
  return a.platform == b.platform and a.extension == b.extension and a.owner == b.owner and a.peers == b.peers
end

local function matches(text, wanted)
  if wanted == '' then return true end
  if not text then return false end
  local etag = string.sub(redis.sha1hex(text), 1, 16)
  return wanted == '*' or string.find(' ' .. wanted .. ' ', ' ' .. etag .. ' ', 1, true) ~= nil
end

local function replace(id, text)
  local old = body(id) and parse(body(id))
  for _, list in ipairs(old and { claims(old), guests(old) } or {}) do
    for _, name in ipairs(list) do
      if holder(route(name)) == id then set(name, false) end
    end
  end
  if text then
    local b = parse(text)
    local value = brief(id, text, b)
    for _, name in ipairs(claims(b)) do set(name, value) end
    for _, name in ipairs(guests(b)) do set(name, id) end
  end
  bodies[id] = text
  if not dirtyids[id] then dirtyids[id] = true; touched = touched + 1 end
end

local result = { 'ok' }
local function report(status, id, old)
  local n = #result
  result[n + 1], result[n + 2], result[n + 3] = status, id, old or ''
end

for i = 6, #ARGV, 4 do
  local verb, id, wanted, text = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local old, operation = body(id), (i - 6) / 4
  if written > most then return { 'large' } end
  if not matches(old, wanted) then return { 'precondition', operation } end
  if verb == 'del' or verb == 'sweep' then
    if not old then report('absent', id)
    elseif verb == 'sweep' and live(parse(old)) then report('live', id, old)
    else replace(id, false); report('deleted', id, old) end
  elseif old == text then report('unchanged', id, old)
  elseif verb ~= 'put' and old and live(parse(old)) then return { 'exists', operation }
  else
    local b = parse(text)
    local other, name = obstacle(id, b)
    if other and verb == 'add' and same(parse(body(other)), b) then report('same', other, body(other))
    elseif other then return { 'conflict', operation, other, body(other), name }
    else replace(id, text); report(old and 'replaced' or 'created', id, old) end
  end
end
if written > most then return { 'large' } end
if dry then return result end

local function flush(command, key, args)
  for i = 1, #args, 1000 do
    redis.call(command, key, unpack(args, i, math.min(i + 999, #args)))
  end
end

local gone, kept, latest = {}, {}, {}
for name in pairs(dirtyroutes) do
  local value = routes[name]
  if value then kept[#kept + 1] = name; kept[#kept + 1] = value else gone[#gone + 1] = name end
end
flush('HDEL', KEYS[1], gone)
flush('HSET', KEYS[1], kept)
for id in pairs(dirtyids) do
  local text, member = bodies[id], string.rep('0', 16 - #id) .. id
  local old = redis.call('HGET', KEYS[2], id)
  if old then
    local was = parse(old)
    if was.extension ~= '' then
      redis.call('ZREM', KEYS[4] .. was.platform, id)
      latest[was.platform] = true
    end
  end
  if text then
    local b = parse(text)
    redis.call('HSET', KEYS[2], id, text)
    redis.call('ZADD', KEYS[3], 0, member)
    if b.extension ~= '' then
      redis.call('ZADD', KEYS[4] .. b.platform, b.expires == 0 and '+inf' or b.expires, id)
      latest[b.platform] = true
    end
  elseif old then
    redis.call('HDEL', KEYS[2], id)
    redis.call('ZREM', KEYS[3], member)
  end
end
for platform in pairs(latest) do
  local score = redis.call('ZREVRANGE', KEYS[4] .. platform, 0, 0, 'WITHSCORES')[2]
  if score then redis.call('HSET', KEYS[1], 'x' .. platform, score) else redis.call('HDEL', KEYS[1], 'x' .. platform) end
end
return result
