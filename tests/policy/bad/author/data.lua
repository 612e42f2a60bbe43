local loop = {}
loop.loop = loop
scenario "plain data only" {
  as_of = "2026-01-01",
  record = { revenue = { ["2025"] = 1, [2025] = 2 }, f = function() end, d = title "t" { zh = "x" },
    mixed = { 1, 2, x = 3 }, holes = { 1, nil, 3 }, [true] = 1, [1.5] = 2, [-1] = 3 },
  expect = loop,
  because = { "a", 5 },
}
scenario "not a table" { record = 5, expect = "met" }
scenario "bad text" { as_of = "\xff", record = { a = "\0", b = "中" .. ("中"):sub(1, 1), c = 0/0 } }
