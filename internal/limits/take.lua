-- KEYS: the counters of all asks, one after another. ARGV: for each ask its number of counters and 1 where it
-- counts only if the ask before it had room, else 0; and for each counter its limit and how many
-- milliseconds it is kept. Answers for each ask 1 where there was room in all of its counters, which then have
-- counted it, else 0; and the counts after that. It counts first and takes back where there was no room, which
-- is rare.
local answer, key, arg, room = {}, 1, 1, 1
while arg <= #ARGV do
  local n, skipped = tonumber(ARGV[arg]), ARGV[arg + 1] == '1' and room == 0
  local counts = {}
  room = skipped and 0 or 1
  for i = 1, n do
    counts[i] = skipped and 0 or redis.call('INCR', KEYS[key + i - 1])
    if counts[i] == 1 then redis.call('PEXPIRE', KEYS[key + i - 1], ARGV[arg + 2 * i + 1]) end
    if counts[i] > tonumber(ARGV[arg + 2 * i]) then room = 0 end
  end
  answer[#answer + 1] = room
  for i = 1, n do
    if room == 0 and not skipped then counts[i] = redis.call('DECR', KEYS[key + i - 1]) end
    answer[#answer + 1] = counts[i]
  end
  key, arg = key + n, arg + 2 + 2 * n
end
return answer
