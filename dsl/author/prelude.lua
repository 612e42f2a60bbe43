-- prelude.lua: the words authors use, and the Lua they see.
--
-- `words` says for each word which name it takes, which attributes it knows
-- and of what kind each is. bind.c reads these tables and nothing else: to add
-- an attribute, add it here. To add a word, add it here and give it a meaning
-- in dsl/compile/.
--
-- What scripts see of Lua gives the same results every time: no chance, no
-- clock, no addresses, and pairs() in a fixed order.

local native = ...
local error, ipairs, next, pairs, select, setmetatable, type =
  error, ipairs, next, pairs, select, setmetatable, type
local strip, fail = native.strip, native.fail

---------------------------------------------------------------- kinds of values

-- "text", "number", "flag", "expression", "table" (of Markdown), "data" (plain
-- values), "json" (the same, handed back as JSON), "condition" (an expression or a group), "part" (or a criterion).

local function list(of) return { kind = "list", of = of } end           -- { a, b, … }
local function map(of) return { kind = "map", of = of } end             -- { name = a, … }
local function row(...) return { kind = "row", ... } end                -- { a, b }: at most these
local function record(items, names)                                     -- { a, name = b, … }
  return { kind = "record", items = items, names = names }
end
local function either(want, ...) return { kind = "either", want = want, ... } end

local points = either("points", "number", "expression")
local scalar = either("scalar", "number", "text")
local texts = list "text"
local codes = list(either("text", "text", record(row "text", { zh = "text", en = "text" })))
local band = row("expression", points)
local cell = either("scalar", "expression", "number", "flag")
local dated = record(row "expression", { effective = "text", expires = "text", mark = "text" })

local field_names = {
  zh = "text", en = "text", alias = texts, type = "text", unit = "text", whole = "flag",
  low = "number", high = "number", values = codes, ordered = "flag", pattern = "text",
  sections = list(row("text", "text", "text")), normal = row("number", "number"),
}

-- The same attributes and some more.
local function plus(names, more)
  local all = {}
  for name, kind in pairs(names) do all[name] = kind end
  for name, kind in pairs(more) do all[name] = kind end
  return all
end

-- Names an author makes up: all of one kind, beside those that are known.
local function any(of, known)
  return setmetatable(known, { __index = function() return of end })
end

local titled = { zh = "text", en = "text" }
local noted = plus(titled, { mark = "text", note_zh = "text", note_en = "text" })

-------------------------------------------------------------------------- words

-- takes: "identifier", "name", "path" (names with / between), "text" (any text),
--        "optional" (a name or none), "number" (at_least(2)), "none"
-- items: values without a name: their kind, the fewest and the most; `unless`
--        names an attribute that may stand for them

local condition = { of = "condition", least = 1, most = 1 }
local formula = { of = "expression", least = 1, most = 1 }
local parts = { of = "part", least = 1 }
local perhaps = { of = "condition", least = 0, most = 1 }  -- no condition: for everyone
local value = { of = "expression", least = 0, most = 1 }
local dates = { effective = "text", expires = "text" }

local words = {
  policy = { takes = "none", names = {
    id = "text", zh = "text", en = "text", number = "text", issuer = texts,
    effective = "text", expires = "text", source = "text", mark = "text",
    sources = map "text", note_zh = "text", note_en = "text",
  } },
  fact = { takes = "identifier", names = plus(field_names, {
    annual = "flag", fields = list(record(row "text", field_names)), group = "text",
    source = "text", used_by = "text", judged = "flag", fairness = "text", personal = "flag",
    change = record(row(), { up = "number", down = "number", step = "number", yearly = "number" }),
    part_of = "text",
  }) },
  derive = { takes = "identifier", items = formula, names = plus(titled, {
    alias = texts, unit = "text", values = codes, ordered = "flag", group = "text",
  }) },
  decision = { takes = "identifier", names = plus(titled, {
    alias = texts, unit = "text", values = codes, ordered = "flag", group = "text",
    hit = "text", collect = "text", on = list "expression", table = "table", rows = list(list(cell)),
  }) },
  param = { takes = "identifier",
    items = { of = "expression", least = 1, most = 1, unless = "values" },
    names = plus(titled, { unit = "text", mark = "text", values = list(dated) }) },
  title = { takes = "name", names = plus(titled, { alias = texts, validity = "text" }) },
  designation = { takes = "name", names = plus(titled, {
    tier = "number", validity = scalar, note_zh = "text", note_en = "text", after = texts,
    ban = "text",
  }) },
  criterion = { takes = "name", items = condition, names = plus(noted, {
    waiver = "text", meant = "text",
  }) },
  all = { takes = "none", items = parts, names = titled },
  any = { takes = "none", items = parts, names = titled },
  none = { takes = "none", items = parts, names = titled },
  at_least = { takes = "number", items = parts, names = titled },
  scorecard = { takes = "optional", names = plus(titled, { max = "number" }) },
  indicator = { takes = "name", names = plus(noted, {
    max = "number", group = "text", on = "expression", table = "table", unknown = "text",
    points = points, each = list(band),
    bands = record(list(band), { otherwise = points }),
  }) },
  -- places and bodies
  regions = { takes = "none", names = {
    codes = "text", acts_as_province = texts, source = "text", mark = "text",
  } },
  body = { takes = "name", names = plus(plus(noted, dates), {
    alias = texts, province = "text", city = "text", county = "text", instead = "text",
    successor = "text", supports = "flag",
  }) },
  office = { takes = "name", names = plus(plus(noted, dates), { level = "text", by = "text" }) },
  responsible = { takes = "none", names = plus(noted, {
    lead = "text", joint = texts, support = texts, basis = "text",
  }) },
  -- support
  measure = { takes = "name", items = perhaps, names = plus(noted, {
    group = "text", tiers = texts, handler = texts, anchor = "text", government = "flag",
  }) },
  target = { takes = "name", names = plus(noted, {
    designation = "text", count = "number", by = "text",
  }) },
  demand = { takes = "name", names = plus(noted, {
    lead = "text", with = texts, level = "text",
  }) },
  route = { takes = "name", names = plus(plus(noted, dates), {
    lead = "text", with = texts, level = "text", headquarters = "flag",
    acknowledge_days = "number", plan_days = "number", settle_days = "number",
  }) },
  subsidy = { takes = "name", items = perhaps, names = plus(plus(noted, dates), {
    kind = "text", payer = "text", payer_en = "text", to = "text", period = "text",
    amount = "expression", cap = "expression", up_to = "flag", planned_cities = "flag", waiver = "text",
  }) },
  stack = { takes = "name", names = plus(noted, {
    rule = "text", of = texts, counts = texts, cap = "expression",
  }) },
  -- old rules that count beside the new
  from_old_or_new = { takes = "name", items = perhaps, names = plus(plus(noted, dates), {
    before = "text",
  }) },
  -- what a lower level may set
  slot = { takes = "name", items = value, names = plus(plus(noted, dates), {
    sets = "text", level = texts, unit = "text", tighten = "text", low = "expression",
    high = "expression", points = "number", indicators = row("number", "number"),
    group = "text", most = "number", tolerates = map "number",
  }) },
  fill = { takes = "path", items = value, names = plus(noted, dates) },
  -- what tidu review writes
  review = { takes = "text", names = { on = "text", clauses = map "text" } },
  -- what a change says it does
  expect = { takes = "none", names = any(map(either("number", "number", row("number", "number"))), {
    as_of = "text",
  }) },
  scenario = { takes = "text", names = {
    as_of = "text", record = "json", expect = "data", because = texts,
  } },
}
for name, word in pairs(words) do word.word = name end

------------------------------------------------------------------ tables in order

local rank = { number = 1, string = 2, boolean = 3 }

local function before(a, b)
  local rank_a, rank_b = rank[type(a)], rank[type(b)]
  if rank_a ~= rank_b then return rank_a < rank_b end
  if rank_a == 3 then return not a and b end
  return a < b
end

-- Merge sort: what compares equal keeps its order, and the pivot is no chance.
local function merge(from, to, low, middle, high, less)
  local left, right = low, middle
  for at = low, high - 1 do
    if left < middle and (right >= high or not less(from[right], from[left])) then
      to[at], left = from[left], left + 1
    else
      to[at], right = from[right], right + 1
    end
  end
end

local function sort(t, less)
  local count, width = #t, 1
  local from, to = table.move(t, 1, count, 1, {}), {}
  less = less or function(a, b) return a < b end
  while width < count do
    for low = 1, count, 2 * width do
      local middle, high = math.min(low + width, count + 1), math.min(low + 2 * width, count + 1)
      merge(from, to, low, middle, high, less)
    end
    from, to, width = to, from, 2 * width
  end
  table.move(from, 1, count, 1, t)
end

local frozen_values = setmetatable({}, { __mode = "k" })

local function ordered_pairs(t)
  t = frozen_values[t] or t
  if type(t) ~= "table" then error("pairs takes a table, not " .. type(t), 2) end
  local keys, count, at = {}, 0, 0
  for key in next, t do
    if not rank[type(key)] then error("pairs has no order for a key that is a " .. type(key), 2) end
    count = count + 1
    keys[count] = key
  end
  sort(keys, before)
  return function()
    local key, value
    repeat
      at = at + 1
      key = keys[at]
      value = t[key]
    until key == nil or value ~= nil
    return key, value
  end
end

---------------------------------------------------------------- Lua, as scripts see it

local not_offered = {}
for name in ([[
  io os debug package require dofile loadfile load loadstring collectgarbage coroutine
  pcall xpcall next rawget rawset rawequal rawlen getmetatable setmetatable warn
  setfenv getfenv _G module arg
]]):gmatch("%S+") do not_offered[name] = true end

local chance = { random = true, randomseed = true, dump = true }

-- Text of a value; what Lua would print as an address is only its kind.
local function plain_text(value)
  local kind = type(value)
  if kind == "table" or kind == "function" or kind == "userdata" then return kind end
  return tostring(value)
end

-- A table to read from, whose members are known.
local function frozen(name, values)
  local proxy = {}
  frozen_values[proxy] = values
  return setmetatable(proxy, {
    __index = function(_, key)
      local value = values[key]
      if value ~= nil then return value end
      if chance[key] then fail("AUTHOR_NOT_OFFERED", key, name .. "." .. key) end
      if type(key) ~= "string" then return nil end
      local near = native.nearest(values, strip(key))
      fail(near and "AUTHOR_MEMBER" or "AUTHOR_MEMBER_ALONE", key, name, key, near)
    end,
    __newindex = function(_, key) fail("AUTHOR_FROZEN", key, name .. "." .. plain_text(key)) end,
  })
end

local function stripped(value)
  if type(value) == "string" then return strip(value) end
  return value
end

-- Functions that look into a text must not find its mark.
local function unmarked(f)
  return function(text, ...) return f(stripped(text), ...) end
end

local function format(pattern, ...)
  if type(pattern) == "string" and pattern:gsub("%%%%", ""):find("%%[-+ #0-9.]*p") then
    error("string.format has no %p here", 2)
  end
  local values = { ... }
  for i = 1, select("#", ...) do
    local value = values[i]
    local kind = type(value)
    if kind == "table" or kind == "function" or kind == "userdata" then values[i] = kind
    else values[i] = stripped(value) end
  end
  return string.format(pattern, table.unpack(values, 1, select("#", ...)))
end

-- What is made from a text by replacing stays that text: its mark remains.
local function gsub(text, ...)
  if type(text) ~= "string" then return string.gsub(text, ...) end
  local result, count = string.gsub(strip(text), ...)
  return native.mark(text) .. result, count
end

local texts_library = {
  format = format, gsub = gsub, char = string.char, upper = string.upper, lower = string.lower,
  packsize = string.packsize,
}
for name in ("byte find gmatch len match rep reverse sub"):gmatch("%S+") do
  texts_library[name] = unmarked(string[name])
end

local characters = { char = utf8.char, charpattern = utf8.charpattern }
for name in ("codepoint codes len offset"):gmatch("%S+") do
  characters[name] = unmarked(utf8[name])
end

local lists = {
  concat = table.concat, insert = table.insert, remove = table.remove, pack = table.pack,
  unpack = table.unpack, move = table.move, sort = sort,
}

local numbers = {}
for name, value in pairs(math) do
  if not chance[name] then numbers[name] = value end
end

getmetatable("").__index = frozen("string", texts_library)

----------------------------------------------------------------------- helpers

-- A copy of a record in which some facts are other ones; null takes one away.
local function with(facts, changes)
  if type(facts) ~= "table" or type(changes) ~= "table" then
    error("with takes a record and a table of changes", 2)
  end
  return native.with(facts, changes)
end

-- The values of a year and of the years before it.
local function years(year, ...)
  local values = {}
  for i = 1, select("#", ...) do values[year - i + 1] = (select(i, ...)) end
  return values
end

------------------------------------------------------------------- environments

local shared_values = {}
local shared = frozen("shared", shared_values)

local shared_from = {}

-- What a file under vocabulary/ returned.
local function share(values, path)
  if values == nil then return end
  if type(values) ~= "table" then fail("AUTHOR_SHARED", nil, plain_text(values)) end
  for name, value in ordered_pairs(values) do
    local other = shared_from[name]
    if other then fail("AUTHOR_SHARED_TWICE", name, plain_text(name), other) end
    shared_values[name], shared_from[name] = value, path
  end
end

local base = {
  assert = assert, error = error, ipairs = ipairs, pairs = ordered_pairs, select = select,
  tonumber = unmarked(tonumber), tostring = plain_text, type = type,
  string = frozen("string", texts_library), table = frozen("table", lists),
  math = frozen("math", numbers), utf8 = frozen("utf8", characters),
  with = with, years = years, null = native.null, shared = shared, _VERSION = _VERSION,
}

local function unknown(_, name)
  if type(name) ~= "string" then return nil end
  name = strip(name)
  if name == "above" then fail("AUTHOR_NO_TABLE", name) end
  if name == "print" then fail("AUTHOR_PRINT", name) end
  if not_offered[name] then fail("AUTHOR_NOT_OFFERED", name, name) end
  local near = native.nearest(base, name)
  fail(near and "AUTHOR_UNKNOWN_WORD" or "AUTHOR_UNKNOWN_ALONE", name, name, near)
end

local function assigned(_, name)
  fail("AUTHOR_GLOBAL", plain_text(name), plain_text(name))
end

setmetatable(base, { __index = unknown })

-- The layer below a document's environment holds what the loader puts there:
-- the table above a block.
local function environment()
  local layer = setmetatable({}, { __index = base })
  return setmetatable({}, { __index = layer, __newindex = assigned }), layer
end

return { words = words, base = base, environment = environment, share = share }
