-- lua_pipe.lua: NDJSON on stdin to decisions on stdout, judged by lua_rules.lua.
--
--     lua5.4 lua_pipe.lua < records.ndjson > decisions.ndjson
--     lua5.4 lua_pipe.lua evaluate < records.ndjson     records judged per second, reading left out

local json = require "cjson"
local folder = arg[0]:match("^(.*)/") or "."
local judge = dofile(folder .. "/lua_rules.lua")

local function run_pipe()
  io.stdout:setvbuf("full", 1 << 16)
  for line in io.lines() do
    io.write(json.encode(judge(json.decode(line))), "\n")
  end
end

local function run_evaluate()
  local records = {}
  for line in io.lines() do
    records[#records + 1] = json.decode(line)
  end
  local start = os.clock()
  for i = 1, #records do
    judge(records[i])
  end
  local taken = os.clock() - start
  print(string.format("%.0f records/s, %.0f ns a record", #records / taken,
    taken / #records * 1e9))
end

if arg[1] == "evaluate" then
  run_evaluate()
else
  run_pipe()
end
