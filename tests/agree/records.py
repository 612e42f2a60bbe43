#!/usr/bin/env python3
"""Random enterprise records that stand on the borders of the ladder.

    records.py [--count N] [--seed S] [--start I]

Prints NDJSON. Record i depends only on (seed, i). A record begins as a firm
that passes and is then disturbed in up to three places: a figure moved exactly
to a threshold or the smallest step beside it, a year left out, a fact unknown,
a title that expired yesterday, a decimal longer than a double can hold. So
every title is met, unmet and undetermined often, and mostly by a hair.

The borders below come from the policy, not from the rules. A border that is
missing here is merely tested less often. No record is one the reader may
refuse: no unknown fact, no value outside its range.
"""
import argparse
import json
import random
import sys
from datetime import date, timedelta
from decimal import Decimal, getcontext

getcontext().prec = 80

# The two dates the records are judged at, and the last full years before them.
DATES = ("2025-06-15", "2026-11-23")
YEARS = (2022, 2023, 2024, 2025)
LAST_YEARS = (2024, 2025)

# ---- spelling ----

MONEY, RATIO, COUNT, AGE, SCORE = "money", "ratio", "count", "years", "score"

NUMBERS = {
    "employees": COUNT, "rd_staff": COUNT, "sci_tech_staff": COUNT,
    "revenue": MONEY, "main_revenue": MONEY, "total_assets": MONEY, "total_liabilities": MONEY,
    "net_profit": MONEY, "rd_expense": MONEY, "equity_new_2y": MONEY, "equity_new_3y": MONEY,
    "niche_years": AGE, "new_product_years": AGE,
    "ip1_count": COUNT, "ip1_self_count": COUNT, "ip1_top3_owner_count": COUNT,
    "ip1_highvalue_count": COUNT, "ip_recent_transfer_count": COUNT, "ip2_count": COUNT,
    "it_core_processes": COUNT, "supplies_major_firms": COUNT, "digital_level": COUNT,
    "share_national": RATIO, "share_world": RATIO, "rank_national": COUNT, "rank_world": COUNT,
    "srdi_dev_score_current": SCORE, "srdi_dev_score_prev": SCORE,
}

CHINESE_TITLES = {
    "employees": "从业人员数", "revenue": "营业收入", "main_revenue": "主营业务收入",
    "total_assets": "资产总额", "total_liabilities": "负债总额", "net_profit": "净利润",
    "rd_expense": "研发费用", "rd_staff": "研发人员数", "industry_code": "国民经济行业代码",
    "niche_years": "从事细分市场年限", "digital_level": "数字化自测等级",
    "has_own_brand": "自主品牌", "is_strategic_emerging": "属于战略性新兴产业",
    "in_abnormal_list": "列入经营异常名录", "science_awards": "科技奖励",
    "management_certs": "管理体系认证", "quality_award_level": "质量奖级别",
    "equity_new_2y": "近2年新增股权融资", "equity_new_3y": "近3年新增股权融资",
}


def spell_number(rng, number):
    """One of the spellings JSON has for a decimal."""
    text = format(number, "f")
    whole = number == number.to_integral_value()
    chance = rng.random()
    if chance < 0.03 and whole:
        return text.split(".")[0] + ".0"
    if chance < 0.05 and "." in text:
        return text + "0"
    if chance < 0.07 and len(text) < 20:
        return format(number, "E")
    return text.split(".")[0] if whole else text


def spell(rng, value):
    if isinstance(value, Decimal):
        return spell_number(rng, value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(str(key), ensure_ascii=False)}:{spell(rng, item)}"
                              for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(spell(rng, item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def spell_record(rng, record):
    facts = list(record.items())
    rng.shuffle(facts)
    named = {}
    for name, value in facts:
        if name in CHINESE_TITLES and rng.random() < 0.1:
            name = CHINESE_TITLES[name]
        named[name] = value
    return spell(rng, named)


# ---- firms that pass ----


def between(rng, low, high, places=0):
    step = Decimal(1).scaleb(-places)
    return (Decimal(str(rng.uniform(float(low), float(high)))) / step).to_integral_value() * step


def each_year(figure):
    return {year: figure(year) for year in YEARS}


def growing_revenue(rng, latest):
    """Revenue that grew by 6 to 20 percent a year to `latest`, in 2025."""
    years, value = {}, latest
    for year in reversed(YEARS):
        years[year] = value
        value = (value / between(rng, "1.06", "1.20", 3)).quantize(Decimal("0.01"))
    return years


def share_of(rng, base, low, high, places=2):
    """A figure that is from low to high percent of another, year by year."""
    return {year: (value * between(rng, low, high, 3) / 100).quantize(Decimal(1).scaleb(-places))
            for year, value in base.items()}


def passing_firm(rng):
    latest = between(rng, *rng.choice([(6000, 9900), (10100, 19000), (50000, 90000)]))
    revenue = growing_revenue(rng, latest)
    assets = share_of(rng, revenue, 70, 100, 0)
    return {
        "is_independent_legal_person": True, "is_mainland_registered": True,
        "in_abnormal_list": False, "is_seriously_dishonest": False,
        "is_restricted_product": False, "accident_grade_3y": "none",
        "cyber_incident_3y": "none", "env_violation_3y": rng.choice(["none", "general"]),
        "quality_problem_3y": rng.choice(["none", "general"]),
        "tax_violation_3y": False, "data_fraud_3y": False,
        "industry_code": rng.choice(["3489", "C3973", "C2651", "4011"]),
        "is_manufacturing": True, "is_producer_service": False,
        "employees": each_year(lambda year: between(rng, 100, 490)),
        "revenue": revenue,
        "main_revenue": share_of(rng, revenue, "92.5", "93.5"),
        "total_assets": assets,
        "total_liabilities": share_of(rng, assets, 20, 49),
        "net_profit": share_of(rng, revenue, 3, 15),
        "rd_expense": {year: max(amount, Decimal(650)) for year, amount in
                       share_of(rng, revenue, "6.5", 12).items()},
        "rd_staff": each_year(lambda year: between(rng, 20, 50)),
        "sci_tech_staff": each_year(lambda year: between(rng, 20, 60)),
        "equity_new_2y": between(rng, 0, 9000), "equity_new_3y": between(rng, 500, 9000),
        "niche_years": between(rng, 10, 20), "new_product_years": between(rng, 0, 8),
        "ip1_count": between(rng, 4, 9), "ip1_self_count": between(rng, 4, 9),
        "ip1_top3_owner_count": between(rng, 4, 9), "ip1_highvalue_count": between(rng, 0, 3),
        "ip_recent_transfer_count": between(rng, 0, 1), "ip2_count": between(rng, 0, 20),
        "ip_applied_benefit": True,
        "rd_institution_level": rng.choice(["city", "provincial", "national"]),
        "rd_institution_joint": rng.random() < 0.5,
        "science_awards": [], "maker_china_rank": [],
        "standards": [{"level": "industry", "role": "lead", "year": Decimal(2023)}],
        "management_certs": ["ISO9001", "ISO14001"], "foreign_product_certs": ["CE"],
        "quality_award_level": rng.choice(["none", "city", "provincial", "national"]),
        "digital_level": between(rng, 1, 4), "it_core_processes": between(rng, 1, 6),
        "is_strategic_emerging": True, "is_six_bases": True, "is_ten_fields": True,
        "is_network_power_field": False, "chain_gap_effect": True, "is_key_node": True,
        "is_time_honoured": False, "supplies_major_firms": between(rng, 0, 3),
        "has_own_brand": True, "has_reputation": True,
        "share_national": each_year(lambda year: between(rng, 10, 40, 1)),
        "rank_national": each_year(lambda year: between(rng, 1, 8)),
        "share_world": each_year(lambda year: between(rng, 1, 15, 1)),
        "rank_world": each_year(lambda year: between(rng, 1, 3)),
        "tech_level": "international_leading", "energy_advanced": each_year(lambda year: True),
        "srdi_dev_score_current": between(rng, 60, 90, 1),
        "srdi_dev_score_prev": between(rng, 50, 90, 1),
        "titles": [{"id": title, "granted": "2023-01-01", "expires": "2027-12-31"}
                   for title in ("hnte", "stsme", "inno", "srdi", "lg")],
    }


def make_score_decide(rng, firm):
    """No direct condition holds, and most indicators are in the middle."""
    firm.update(rd_institution_level=rng.choice(["none", "below_city", "city"]),
                rd_institution_joint=True, equity_new_2y=between(rng, 0, 1999),
                equity_new_3y=between(rng, 0, 499),
                standards=[{"level": "industry", "role": "join", "year": Decimal(2023)}],
                quality_award_level=rng.choice(["none", "city"]),
                ip1_count=between(rng, 0, 2), ip1_highvalue_count=Decimal(0),
                ip1_self_count=between(rng, 0, 1),
                is_strategic_emerging=rng.random() < 0.5)
    firm["titles"] = [entry for entry in firm["titles"] if entry["id"] != "hnte"]
    firm["main_revenue"] = share_of(rng, firm["revenue"], 50, 95)
    firm["rd_expense"] = share_of(rng, firm["revenue"], 3, 6)


def make_small(rng, firm):
    """Revenue below 50 million: the funded branch of the little giants of 2022."""
    firm["revenue"] = growing_revenue(rng, between(rng, 4000, 5000))
    firm["main_revenue"] = share_of(rng, firm["revenue"], "92.5", "93.5")
    firm["rd_expense"] = each_year(lambda year: between(rng, 3000, 3200))
    firm["equity_new_2y"] = between(rng, 8000, 9000)
    firm["employees"] = each_year(lambda year: Decimal(100))
    firm["rd_staff"] = each_year(lambda year: between(rng, 50, 60))


def make_newcomer(rng, firm):
    """Holds only the lower titles, with the first awards."""
    firm["titles"] = [entry for entry in firm["titles"] if entry["id"] in ("stsme", "inno", "srdi")]
    firm["science_awards"] = [random_award(rng)]


PROFILES = (lambda rng, firm: None, lambda rng, firm: None, make_score_decide, make_score_decide,
            make_small, make_newcomer)

# ---- disturbances ----

BORDERS = {
    "employees": (10, 20, 200, 300, 500, 1000, 2000),
    "revenue": (1000, 1500, 5000, 10000, 20000, 30000, 40000, 80000, 100000),
    "total_assets": (20000, 80000, 120000),
    "main_revenue": (40000,),
    "rd_expense": (100, 200, 300, 400, 500, 600, 1000, 1200, 3000),
    "equity_new_2y": (2000, 6000, 8000), "equity_new_3y": (500,),
    "niche_years": (2, 3, 4, 8, 10), "new_product_years": (3, 5),
    "ip1_count": (1, 2, 4), "ip1_self_count": (1, 4), "ip1_top3_owner_count": (1, 4),
    "ip1_highvalue_count": (1,), "ip_recent_transfer_count": (2,), "ip2_count": (1,),
    "it_core_processes": (1,), "supplies_major_firms": (1,), "digital_level": (2, 3),
    "share_national": (10,), "share_world": (10,), "rank_national": (3,), "rank_world": (3,),
    "srdi_dev_score_current": (50, 60), "srdi_dev_score_prev": (50, 60),
}
LOWEST = {"digital_level": 1, "rank_national": 1, "rank_world": 1}
HIGHEST = {"digital_level": 4, "share_national": 100, "share_world": 100,
           "srdi_dev_score_current": 100, "srdi_dev_score_prev": 100}
RATIO_BORDERS = {
    ("rd_expense", "revenue"): (1, 2, 3, 3, 3, 4, 5, 6, 8, 10),
    ("main_revenue", "revenue"): (50, 55, 60, 70, 80, 90, 90),
    ("total_liabilities", "total_assets"): (50, 55, 60, 70, 75, 80),
    ("net_profit", "revenue"): (2, 4, 6, 8, 10),
    ("rd_staff", "employees"): (5, 10, 20, 50),
}
FLAGS = (
    "is_independent_legal_person", "is_mainland_registered", "in_abnormal_list",
    "is_seriously_dishonest", "is_restricted_product", "tax_violation_3y", "data_fraud_3y",
    "is_manufacturing", "is_producer_service", "ip_applied_benefit", "rd_institution_joint",
    "is_strategic_emerging", "is_six_bases", "is_ten_fields", "is_network_power_field",
    "chain_gap_effect", "is_key_node", "is_time_honoured", "has_own_brand", "has_reputation",
)
CODES = {
    "accident_grade_3y": ("none", "general", "larger", "major", "extra_major"),
    "cyber_incident_3y": ("none", "general", "major"),
    "env_violation_3y": ("none", "general", "major"),
    "quality_problem_3y": ("none", "general", "serious"),
    "rd_institution_level": ("none", "below_city", "city", "provincial", "national"),
    "quality_award_level": ("none", "city", "provincial", "national"),
    "tech_level": ("general", "domestic_advanced", "domestic_leading", "international_advanced",
                   "international_leading"),
}
SETS = {
    "management_certs": ([], ["ISO14001"], ["ISO9001"], ["ISO45001", "ISO9001"],
                         ["GB/T 19001-2016"], ["ISO9001:2015"], ["IATF16949"], ["ISO 13485"],
                         ["AS9100", "CE"], ["ISO90011"], ["ISO 14001"]),
    "foreign_product_certs": ([], ["CE"], ["UL", "CE"]),
}
# Left out: divisions 05, 53, 59 and 70, whose sector the policy splits further.
SECTORS = {
    "agriculture": ("A0111", {"revenue": 20000}),
    "industry": ("3489", {"employees": 1000, "revenue": 40000}),
    "construction": ("E4710", {"revenue": 80000, "total_assets": 80000}),
    "wholesale": ("5179", {"employees": 200, "revenue": 40000}),
    "retail": ("F5211", {"employees": 300, "revenue": 20000}),
    "transport": ("5431", {"employees": 1000, "revenue": 30000}),
    "storage": (None, {"employees": 200, "revenue": 30000}),
    "post": ("6010", {"employees": 1000, "revenue": 30000}),
    "lodging": ("H6110", {"employees": 300, "revenue": 10000}),
    "catering": ("6210", {"employees": 300, "revenue": 10000}),
    "information": ("I6319", {"employees": 2000, "revenue": 100000}),
    "software": ("6513", {"employees": 300, "revenue": 10000}),
    "real_estate": (None, {"revenue": 200000, "total_assets": 10000}),
    "property": (None, {"employees": 1000, "revenue": 5000}),
    "leasing": ("L7211", {"employees": 300, "total_assets": 120000}),
    "other": ("M7320", {"employees": 300}),
}


def step_beside(rng, name):
    """The smallest step a value of this fact may be away from its border."""
    if NUMBERS[name] == COUNT:
        return Decimal(1)
    return Decimal(rng.choice(["1", "0.1", "0.01", "0.0001", "0.000000000001",
                               "0.00000000000000000001"]))


def near(rng, name, border):
    """Exactly at a border, or a step below or above it."""
    value = Decimal(border) + rng.choice([-1, 0, 0, 1]) * step_beside(rng, name)
    return min(max(value, Decimal(LOWEST.get(name, 0))), Decimal(HIGHEST.get(name, 10**9)))


def set_fact(rng, firm, name, value, year=None):
    if not isinstance(firm.get(name), dict):
        firm[name] = value
        return
    firm[name] = dict(firm[name])
    firm[name][year if year is not None else rng.choice(LAST_YEARS)] = value


def figure(firm, name, year):
    """A figure of a year, or None where an earlier disturbance took it away."""
    value = firm.get(name)
    return value.get(year) if isinstance(value, dict) else None


def move_to_border(rng, firm):
    name = rng.choice([name for name, borders in BORDERS.items() for _ in borders])
    set_fact(rng, firm, name, near(rng, name, rng.choice(BORDERS[name])))


def move_ratio_to_border(rng, firm):
    (above, under), borders = rng.choice(list(RATIO_BORDERS.items()))
    year = rng.choice(LAST_YEARS) - rng.choice([0, 0, 0, 1])
    base = figure(firm, under, year)
    if base is None or firm.get(above) is None:
        return
    if rng.random() < 0.3:
        base = lengthen(rng, under, base)
        set_fact(rng, firm, under, base, year)
    value = base * rng.choice(borders) / 100
    value += rng.choice([-1, 0, 0, 1]) * step_beside(rng, above)
    if NUMBERS[above] == COUNT:
        value = value.to_integral_value()
    if above != "net_profit":
        value = max(value, Decimal(0))
    set_fact(rng, firm, above, value, year)


def lengthen(rng, name, value):
    """More decimals than a double holds; the record stays a plausible firm."""
    if NUMBERS[name] == COUNT:
        return value
    return value.to_integral_value() + Decimal(rng.randrange(1, 10**15)).scaleb(-15)


def move_whole_ratio(rng, firm):
    """100 of 3,334 is 2.9994 percent, 100 of 3,333 is 3.0003 percent."""
    year = rng.choice(LAST_YEARS)
    share = rng.choice([3, 6])
    amount = Decimal(rng.randrange(100, 1500))
    base = (amount * 100 / share).to_integral_value()
    set_fact(rng, firm, "rd_expense", amount, year)
    set_fact(rng, firm, "revenue", base + rng.choice([-1, 0, 1]), year)
    set_fact(rng, firm, "main_revenue", base, year)


def move_growth_to_border(rng, firm):
    year = rng.choice(LAST_YEARS)
    base = figure(firm, "main_revenue", year - 1)
    if base is None:
        return
    value = base * (100 + rng.choice([0, 5, 10, 15])) / 100
    value += rng.choice([-1, 0, 0, 1]) * step_beside(rng, "main_revenue")
    set_fact(rng, firm, "main_revenue", max(value, Decimal(0)), year)


def move_mean_growth_to_border(rng, firm):
    year = rng.choice(LAST_YEARS)
    first = between(rng, 3000, 20000)
    earlier = Decimal(rng.randrange(80, 125)) / 100
    wanted = Decimal(rng.choice([0, 4, 5, 5, 6, 8, 10])) / 100
    middle = first * earlier
    last = middle * (2 * (1 + wanted) - earlier)
    last += rng.choice([-1, 0, 0, 1]) * step_beside(rng, "main_revenue")
    for offset, value in ((2, first), (1, middle), (0, last)):
        set_fact(rng, firm, "main_revenue", max(value, Decimal(0)), year - offset)
    set_fact(rng, firm, "revenue", last / Decimal("0.8") if rng.random() < 0.5 else last, year)


def move_compound_growth_to_border(rng, firm):
    year = rng.choice(LAST_YEARS)
    first = between(rng, 5000, 30000, rng.choice([0, 2, 6]))
    last = first * Decimal("1.1025")
    last += rng.choice([-1, 0, 0, 1]) * step_beside(rng, "revenue")
    set_fact(rng, firm, "revenue", first, year - 2)
    set_fact(rng, firm, "revenue", last, year)
    set_fact(rng, firm, "main_revenue", last * Decimal("0.95"), year)
    set_fact(rng, firm, "titles", [entry for entry in firm.get("titles") or []
                                   if entry["id"] != "lg"])


def choose_last_year(rng, firm, name):
    """A last full year of which the figure and that of the year before are known."""
    year = rng.choice(LAST_YEARS)
    known = figure(firm, name, year) is not None and figure(firm, name, year - 1) is not None
    return year if known else None


def shrink(rng, firm):
    """A firm so small that amounts decide, not ratios."""
    amounts = {year: near(rng, "rd_expense", 100) for year in YEARS}
    firm["rd_expense"] = amounts
    firm["revenue"] = each_year(lambda year: near(rng, "revenue", rng.choice([1000, 1500, 2500])))
    firm["main_revenue"] = share_of(rng, firm["revenue"], 90, 95)
    firm["equity_new_2y"] = near(rng, "equity_new_2y", 2000)


def split_a_sum_of_rd(rng, firm):
    """Two years that come to 1,200 or to 2,000 (a mean of 1,000)."""
    year = choose_last_year(rng, firm, "rd_expense")
    if year is None:
        return
    first = between(rng, 350, 900, rng.choice([0, 2, 8]))
    whole = near(rng, "rd_expense", rng.choice([1200, 2000]))
    set_fact(rng, firm, "rd_expense", first, year - 1)
    set_fact(rng, firm, "rd_expense", whole - first, year)
    for each, amount in ((year - 1, first), (year, whole - first)):
        set_fact(rng, firm, "revenue", max(amount * 16, Decimal(5000)), each)
        set_fact(rng, firm, "main_revenue", max(amount * 16, Decimal(5000)) * 95 / 100, each)


def let_last_years_score_decide(rng, firm):
    firm["srdi_dev_score_current"] = Decimal(rng.choice(["49.9", "59.9"]))
    firm["srdi_dev_score_prev"] = near(rng, "srdi_dev_score_prev", rng.choice([50, 60]))


def let_this_years_score_decide(rng, firm):
    firm["srdi_dev_score_prev"] = Decimal("49.9")
    firm["srdi_dev_score_current"] = near(rng, "srdi_dev_score_current", rng.choice([50, 60]))


def let_the_world_share_decide(rng, firm):
    firm["share_national"] = each_year(lambda year: Decimal("9.9"))
    firm["rank_national"] = each_year(lambda year: near(rng, "rank_national", 3))
    firm["share_world"] = each_year(lambda year: near(rng, "share_world", 10))


def spend_little_at_3_percent(rng, firm):
    """Below the least amount, so only the ratio can give points."""
    amount = between(rng, 60, 99, rng.choice([0, 3]))
    firm["rd_expense"] = each_year(lambda year: amount + rng.choice([-1, 0, 0, 1]) *
                                   step_beside(rng, "rd_expense") / 1000)
    firm["revenue"] = each_year(lambda year: amount * 100 / 3 if amount % 3 == 0 else amount * 40)
    firm["main_revenue"] = dict(firm["revenue"])


def rest_on_a_major_customer(rng, firm):
    firm["chain_gap_effect"] = firm["is_six_bases"] = firm["is_time_honoured"] = False
    firm["supplies_major_firms"] = near(rng, "supplies_major_firms", 1)


def move_mean_revenue_to_border(rng, firm):
    """The champions' 40,000 on average, for a firm that is no little giant."""
    year = rng.choice(LAST_YEARS)
    first, second = between(rng, 30000, 50000, 2), between(rng, 30000, 50000, 2)
    last = 120000 - first - second + rng.choice([-1, 0, 0, 1]) * step_beside(rng, "main_revenue")
    for offset, value in ((2, first), (1, second), (0, last)):
        set_fact(rng, firm, "main_revenue", value, year - offset)
        set_fact(rng, firm, "revenue", value * Decimal("1.05"), year - offset)
    firm["titles"] = [entry for entry in firm.get("titles") or [] if entry["id"] != "lg"]


def zero_a_base(rng, firm):
    name = rng.choice(["revenue", "main_revenue", "total_assets", "employees"])
    year = rng.choice(LAST_YEARS) - rng.choice([0, 1, 2])
    set_fact(rng, firm, name, Decimal(0), year)


def make_a_loss(rng, firm):
    set_fact(rng, firm, "net_profit", -between(rng, 0, 900, 2))


def forget_a_fact(rng, firm):
    name = rng.choice(list(firm))
    if rng.random() < 0.5:
        del firm[name]
    else:
        firm[name] = None


def forget_a_year(rng, firm):
    names = [name for name in firm if isinstance(firm[name], dict)]
    name, year = rng.choice(names), rng.choice(YEARS)
    firm[name] = dict(firm[name])
    if rng.random() < 0.5:
        firm[name].pop(year, None)
    else:
        firm[name][year] = None


def say_without_year(rng, firm):
    """A bare value means the last full financial year, whatever the date."""
    names = [name for name in firm if isinstance(firm[name], dict)]
    name = rng.choice(names)
    firm[name] = firm[name].get(rng.choice(LAST_YEARS))


def flip_a_flag(rng, firm):
    name = rng.choice(FLAGS)
    if firm.get(name) is not None:
        firm[name] = not firm[name]


def change_a_code(rng, firm):
    name = rng.choice(list(CODES))
    firm[name] = rng.choice(CODES[name])


def change_the_sets(rng, firm):
    for name, choices in SETS.items():
        firm[name] = rng.choice(choices)


def change_energy(rng, firm):
    set_fact(rng, firm, "energy_advanced", False)


def change_the_sector(rng, firm):
    sector = rng.choice(list(SECTORS))
    code, bounds = SECTORS[sector]
    if code is not None and rng.random() < 0.5:
        firm["industry_code"] = code
        firm.pop("size_sector", None)
    else:
        firm["size_sector"] = sector
    year = rng.choice(LAST_YEARS)
    for name, bound in bounds.items():
        set_fact(rng, firm, name, near(rng, name, bound), year)
    if rng.random() < 0.3:
        forget_a_size_figure(rng, firm, bounds)


def forget_a_size_figure(rng, firm, bounds):
    firm[rng.choice(list(bounds))] = None


def forget_the_sector(rng, firm):
    firm.pop("size_sector", None)
    firm.pop("industry_code", None)


def day_beside(rng, days):
    return str(date.fromisoformat(rng.choice(DATES)) + timedelta(days=days))


def is_in_order(entry):
    return entry.get("granted", "0000-01-01") <= entry.get("expires", "9999-12-31")


def change_a_title(rng, firm):
    """Granted or expired just before, on and just after a date. A title that
    expires before it is granted would be refused."""
    titles = [dict(entry) for entry in firm.get("titles") or []]
    if not titles:
        return
    entry = rng.choice(titles)
    chance = rng.random()
    if chance < 0.35:
        entry["expires"] = day_beside(rng, rng.choice([-1, 0, 1]))
    elif chance < 0.65:
        entry["granted"] = day_beside(rng, rng.choice([-1, 0, 1]))
    elif chance < 0.75:
        entry.pop("granted", None)
    elif chance < 0.85:
        entry.pop("expires", None)
    else:
        titles.remove(entry)
    if not is_in_order(entry):
        entry.pop("granted")
    if rng.random() < 0.1:
        titles.append({"id": entry["id"], "granted": "2020-01-01", "expires": "2022-12-31"})
    firm["titles"] = titles


def change_the_titles(rng, firm):
    kept = rng.sample(["hnte", "stsme", "inno", "srdi", "lg", "sc", "innovation_demonstration",
                       "ip_advantage", "ip_demonstration", "province_champion"], rng.randrange(5))
    firm["titles"] = [{"id": title} for title in kept]


def random_award(rng):
    award = {"level": rng.choice(["national", "national", "provincial"]),
             "rank": Decimal(rng.choice([1, 2, 3, 3, 4, 5, 6])),
             "year": Decimal(rng.randrange(2019, 2027))}
    if rng.random() < 0.15:
        award.pop(rng.choice(list(award)))
    return award


def win_awards(rng, firm):
    firm["science_awards"] = [random_award(rng) for _ in range(rng.randrange(3))]


def enter_the_contest(rng, firm):
    entry = {"rank": Decimal(rng.choice([1, 49, 50, 51, 499, 500, 501])),
             "year": Decimal(rng.randrange(2021, 2027))}
    if rng.random() < 0.15:
        entry.pop(rng.choice(list(entry)))
    firm["maker_china_rank"] = [entry]


def write_standards(rng, firm):
    firm["standards"] = [{"level": rng.choice(["industry", "national", "international"]),
                          "role": rng.choice(["join", "lead"]),
                          "year": Decimal(rng.randrange(2018, 2027))}
                         for _ in range(rng.randrange(3))]


def say_less_of_the_rights(rng, firm):
    """Class I rights at a border, of which a part or the whole is not stated."""
    for name in ("ip1_count", "ip1_self_count", "ip1_top3_owner_count"):
        firm[name] = None if rng.random() < 0.4 else near(rng, name, rng.choice(BORDERS[name]))


DISTURBANCES = (
    [move_to_border] * 10 + [move_ratio_to_border] * 6 + [move_whole_ratio] * 2 +
    [move_growth_to_border] * 2 + [move_mean_growth_to_border] * 2 +
    [move_compound_growth_to_border] * 2 + [zero_a_base, make_a_loss] +
    [forget_a_fact] * 3 + [forget_a_year] * 2 + [say_without_year] +
    [flip_a_flag] * 2 + [change_a_code] * 2 + [change_the_sets, change_energy] +
    [change_the_sector] * 3 + [forget_the_sector] + [change_a_title] * 3 +
    [shrink, split_a_sum_of_rd, let_last_years_score_decide, let_this_years_score_decide,
     let_the_world_share_decide, spend_little_at_3_percent, rest_on_a_major_customer,
     move_mean_revenue_to_border] + [say_less_of_the_rights] * 2 +
    [change_the_titles, win_awards, win_awards, enter_the_contest, write_standards]
)


def record(seed, number):
    """Record `number` of a seed as a line of JSON."""
    rng = random.Random(f"{seed}:{number}")
    firm = passing_firm(rng)
    rng.choice(PROFILES)(rng, firm)
    for _ in range(rng.choice([0, 1, 1, 1, 2, 2, 3])):
        rng.choice(DISTURBANCES)(rng, firm)
    firm["enterprise_name"] = f"{seed}-{number}"
    return spell_record(rng, firm)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=int, default=0)
    arguments = parser.parse_args()
    for number in range(arguments.start, arguments.start + arguments.count):
        sys.stdout.write(record(arguments.seed, number) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
