-- Logs decisions, in one partition.
--
-- KEYS   1 the partition's prefix, under whose tag all its keys lie (see keys.go)
-- ARGV   1 how many chunks of documents there are, then the chunks, packed
--        then per decision: chunk, position in it (one byte), call
-- Result how many
local base, chunks = KEYS[1], tonumber(ARGV[1])
local n = redis.call('INCRBY', base .. 'seq', chunks) - chunks
local numbers = {}
for chunk = 1, chunks do
  local at, text = n + chunk, ''
  for _ = 1, 5 do
    text = string.char(at % 256) .. text
    at = math.floor(at / 256)
  end
  numbers[chunk] = text
  redis.call('XADD', base .. 'j', string.format('%.0f-0', n + chunk), 'd', ARGV[1 + chunk])
end

-- What is known of the calls, read and written all at once: a decision log holds
-- far fewer decisions than one command may have fields.
local calls, values, fields = {}, {}, {}
for at = 2 + chunks, #ARGV, 3 do calls[#calls + 1] = ARGV[at + 2] end
local known = redis.call('HMGET', base .. 'c', unpack(calls))
for i, call in ipairs(calls) do values[call] = known[i] or '' end
for at = 2 + chunks, #ARGV, 3 do
  local call = ARGV[at + 2]
  values[call] = values[call] .. numbers[tonumber(ARGV[at])] .. ARGV[at + 1]
end
for call, value in pairs(values) do
  fields[#fields + 1] = call
  fields[#fields + 1] = value
end
redis.call('HSET', base .. 'c', unpack(fields))
return #calls
