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
--        {"precondition", operation} | {"stale"}: the lease ran out
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

local function set(name, id) routes[name] = id; dirtyroutes[name] = true end

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

local function open(b) return b.extension == '' and b.peers == '' end

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
    local found = redis.call('ZREVRANGEBYSCORE', KEYS[4] .. platform, '+inf', '(' .. ARGV[1], 'LIMIT', 0, touched + 1)
    for _, other in ipairs(found) do
      if other ~= id and not dirtyids[other] then return other end
    end
  end
end

-- The live binding in the way of b, and the route on which it stands.
local function obstacle(id, b)
  for _, name in ipairs(claims(b)) do
    local other = route(name)
    if other and other ~= id and body(other) and live(parse(body(other))) then return other, string.sub(name, 1, 1) end
  end
  if open(b) then return extended(id), 'x' end
  local other = b.extension ~= '' and route('o')
  if other and other ~= id and body(other) and live(parse(body(other))) then return other, 'o' end
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
  local old = body(id)
  if old then
    for _, name in ipairs(claims(parse(old))) do
      if route(name) == id then set(name, false) end
    end
  end
  if text then
    for _, name in ipairs(claims(parse(text))) do set(name, id) end
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
if dry then return result end

local function flush(command, key, args)
  for i = 1, #args, 1000 do
    redis.call(command, key, unpack(args, i, math.min(i + 999, #args)))
  end
end

local gone, kept = {}, {}
for name in pairs(dirtyroutes) do
  local id = routes[name]
  if id then kept[#kept + 1] = name; kept[#kept + 1] = id else gone[#gone + 1] = name end
end
flush('HDEL', KEYS[1], gone)
flush('HSET', KEYS[1], kept)
for id in pairs(dirtyids) do
  local text, member = bodies[id], string.rep('0', 16 - #id) .. id
  local old = redis.call('HGET', KEYS[2], id)
  if old then
    local was = parse(old)
    if was.extension ~= '' then redis.call('ZREM', KEYS[4] .. was.platform, id) end
  end
  if text then
    local b = parse(text)
    redis.call('HSET', KEYS[2], id, text)
    redis.call('ZADD', KEYS[3], 0, member)
    if b.extension ~= '' then redis.call('ZADD', KEYS[4] .. b.platform, b.expires == 0 and '+inf' or b.expires, id) end
  elseif old then
    redis.call('HDEL', KEYS[2], id)
    redis.call('ZREM', KEYS[3], member)
  end
end
return result
