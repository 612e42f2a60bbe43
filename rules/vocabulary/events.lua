-- What happened lately, for money: a title newly granted, a review passed, a
-- move into the place. No document that was seen says how long an event counts,
-- so one reading serves them all and stands only here (inferred): an event
-- counts in the calendar year it falls in and in the year after, because awards
-- are usually called for in the year after the announcement.
--
--   shared.first "lg"            newly granted, first recognition
--   shared.reviewed "lg"         passed a review; a title without a day of
--                                review has not been reviewed
--   shared.granted_in("lg", 2024)   granted in that year, where a document names it
--   shared.reviewed_in("lg", 2024)  reviewed in that year
--   shared.moved_in "3401"       moved in from outside the codes that begin so
--   shared.either(a, b, …)       any of these expressions
--
-- Each returns the text of an expression: subsidy "x" { …, shared.first "lg" }.

local function first(id)
  return ("(holds('%s') and year_of(as_of) - year_of(granted('%s')) <= 1)"):format(id, id)
end

local function reviewed(id)
  return ("(holds('%s') and known(reviewed('%s')) and year_of(as_of) - year_of(reviewed('%s')) <= 1)")
    :format(id, id, id)
end

local function granted_in(id, year)
  return ("(holds('%s') and year_of(granted('%s')) = %d)"):format(id, id, year)
end

local function reviewed_in(id, year)
  return ("(holds('%s') and known(reviewed('%s')) and year_of(reviewed('%s')) = %d)"):format(id, id, id, year)
end

local function moved_in(prefix)
  return ("any(moved_in, 0 <= year_of(as_of) - year_of(date) <= 1 and not (region within '%s'))"):format(prefix)
end

local function either(...)
  return "(" .. table.concat({ ... }, " or ") .. ")"
end

-- For scenarios: a title granted that day, three years long; `more` adds to it.
local function title(id, granted, more)
  local year, rest = granted:match "^(%d+)(.*)$"
  return with({ id = id, granted = granted, expires = (year + 3) .. rest }, more or {})
end

-- What a note says of this reading.
local lately = { zh = "新认定、复核、迁入按当年或上一年发生识别，是推定的；金额是文件当时的，现行与否须核对。",
                 en = "Newly granted, reviewed, moved in: this year or the last (inferred); check the amount's validity." }

-- For scenarios: each award at the borders of its event, seen from `day`. An
-- award is { id, event, title, amount, region }: event "first", "reviewed" or
-- "moved", amount as a scenario expects it, region the prefix one moves into.
local function event_cases(day, firm, awards)
  local year, cases = tonumber(day:sub(1, 4)), {}
  local function case(award, what, changes, status)
    local expect = { [award[1]] = status }
    if status == "met" then expect["amount:" .. award[1]] = award[4] end
    cases[#cases + 1] = { what = award[1] .. " " .. award[3] .. "：" .. what, as_of = day,
                          record = with(with(firm, { moved_in = {} }), changes), expect = expect }
  end
  for _, award in ipairs(awards) do
    local id = award[3]
    case(award, "没有称号", { titles = {} }, "unmet")
    if award[2] == "first" then
      case(award, "上一年第一天认定", { titles = { title(id, (year - 1) .. "-01-01") } }, "met")
      case(award, "前年最后一天认定", { titles = { title(id, (year - 2) .. "-12-31") } }, "unmet")
    elseif award[2] == "reviewed" then
      local function held(reviewed)
        return { titles = { title(id, (year - 4) .. "-01-01", { reviewed = reviewed, expires = (year + 1) .. "-12-31" }) } }
      end
      case(award, "上一年第一天通过复核", held((year - 1) .. "-01-01"), "met")
      case(award, "前年最后一天通过复核", held((year - 2) .. "-12-31"), "unmet")
    else
      local function moved(date, region)
        return { titles = { title(id, (year - 2) .. "-12-31") }, moved_in = { { date = date, region = region } } }
      end
      local outside, inside = "620100", (award[5] .. "0000"):sub(1, 6)
      case(award, "上一年第一天迁入", moved((year - 1) .. "-01-01", outside), "met")
      case(award, "本年第一天迁入", moved(year .. "-01-01", outside), "met")
      case(award, "迁入但没有称号", with(moved(year .. "-01-01", outside), { titles = {} }), "unmet")
      case(award, "前年最后一天迁入", moved((year - 2) .. "-12-31", outside), "unmet")
      case(award, "下一年才迁入", moved((year + 1) .. "-01-01", outside), "unmet")
      case(award, "当地内部搬迁", moved((year - 1) .. "-01-01", inside), "unmet")
    end
  end
  return cases
end

return { first = first, reviewed = reviewed, granted_in = granted_in, reviewed_in = reviewed_in, moved_in = moved_in,
         either = either, title = title, lately = lately, event_cases = event_cases }
