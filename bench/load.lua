-- What one connection of wrk asks for, by MODE; row n and token n belong to organization n % 5. One JSON line at the end.
local mode, first, threads = os.getenv("MODE"), tonumber(os.getenv("FIRST")), {}
local kind, keyed, keys = mode:gsub("_keyed$", ""), mode:find("_keyed$"), os.getenv("KEYS")
local tokens = {}

local function id(kind, number) return string.format("%s-0000-4000-8000-%012x", kind, number) end

function setup(thread)
  thread:set("number", #threads)
  thread:set("asked", 0)
  table.insert(threads, thread)
end

function init()
  for line in io.lines(os.getenv("TOKENS")) do tokens[#tokens + 1] = "Bearer " .. line end
end

local function write(n, method, path, row, body)
  local headers = { ["Authorization"] = tokens[row % #tokens + 1], ["Content-Type"] = body and "application/json" }
  if keyed then headers["Idempotency-Key"] = keys .. n end
  return wrk.format(method, "/api/v1" .. path, headers, body)
end

local function book(n, slot, row)
  return write(n, "POST", "/bookings", row, '{"slot_id":"' .. slot .. '","notes":"Second floor, please ring"}')
end

local function look(path, row)
  return wrk.format("GET", "/api/v1" .. path, { ["Authorization"] = tokens[row % #tokens + 1] })
end

local ways = {
  book = function(n) return book(n, id("d0000000", first + n), first + n) end,
  cancel = function(n) return write(n, "DELETE", "/bookings/" .. id("c0000000", first + n), first + n) end,
  hold = function(n) return write(n, "POST", "/slots/" .. id("d0000000", first + n) .. "/holds", first + n) end,
  conflict = function(n) return book(n, id("d2000000", 0), n * 5) end,
  get = function(n) local row = n * 7919 % 20000; return look("/slots/" .. id("d1000000", row), row) end,
  list = function(n) local row = n * 7919 % 1000; return look("/properties/" .. id("e0000000", row) .. "/slots", row) end,
}
function ways.mixed(n)
  local turn = n % 10
  if turn < 7 then return ways.list(n) end
  if turn < 9 then return ways.get(n) end
  return ways.book(math.floor(n / 10))
end

function request()
  local n = asked
  asked = asked + 1
  return ways[kind](n)
end

function done(summary, latency)
  local most = 0
  for _, thread in ipairs(threads) do most = math.max(most, thread:get("asked")) end
  local failed = summary.errors
  io.write(string.format(
    'FOUND {"requests":%d,"seconds":%.6f,"p50":%.3f,"p99":%.3f,"refused":%d,"broken":%d,"asked":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    failed.status, failed.connect + failed.read + failed.write + failed.timeout, most))
end
