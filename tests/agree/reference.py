#!/usr/bin/env python3
"""An independent judge of the national ladder, in exact arithmetic.

    reference.py --as-of DATE [FILE.ndjson]

Reads records as the protocol spells them and prints one line of JSON a record:
{"inno":"met","stsme":"undetermined",…,"criteria":{"lg/main_share":"unmet",…},
"scores":{"inno":[60,75],…}}: a score is the interval of points still possible.

One idea: this program and the engine were written from the same policy facts by
different hands and share no code, no rule text and no arithmetic. It computes
with fractions over the decimals a record spells and knows no floating point,
no blocks, no columns and no units. Where they agree, both are probably right;
where they differ, somebody reads the policy wrongly. README.md lists every
condition and every reading taken here.

It must not read the rules or the engine. It is slow and does not care.
"""
import argparse
import json
import sys
from fractions import Fraction

MET, UNMET, UNDETERMINED, ABSENT = "met", "unmet", "undetermined", "absent"

# ---- three-valued logic: True, False, and None for "nobody knows" ----


def all_of(*values):
    if any(value is False for value in values):
        return False
    return None if any(value is None for value in values) else True


def any_of(*values):
    if any(value is True for value in values):
        return True
    return None if any(value is None for value in values) else False


def negation(value):
    return None if value is None else not value


def at_least(value, bound):
    return None if value is None or bound is None else value >= bound


def at_most(value, bound):
    return None if value is None or bound is None else value <= bound


def below(value, bound):
    return None if value is None or bound is None else value < bound


def is_one_of(value, codes):
    return None if value is None else value in codes


def plus(*values):
    return None if any(value is None for value in values) else sum(values)


def quotient(above, under):
    """Unknown when either is, and when the divisor is zero."""
    if above is None or under is None or under == 0:
        return None
    return above / under


def percent(number):
    return Fraction(number) / 100


# ---- one record at one date ----

ANNUAL = {
    "employees", "revenue", "main_revenue", "total_assets", "total_liabilities", "net_profit",
    "rd_expense", "rd_staff", "sci_tech_staff", "leading_product_ratio", "share_national",
    "rank_national", "share_world", "rank_world", "energy_advanced", "export_revenue",
}

# Titles of facts that a record may use instead of their names.
CHINESE = {
    "从业人员数": "employees", "营业收入": "revenue", "主营业务收入": "main_revenue",
    "资产总额": "total_assets", "负债总额": "total_liabilities", "净利润": "net_profit",
    "研发费用": "rd_expense", "研发人员数": "rd_staff", "科技人员数": "sci_tech_staff",
    "国民经济行业代码": "industry_code", "划型行业": "size_sector",
    "从事细分市场年限": "niche_years", "国内细分市场占有率": "share_national",
    "数字化自测等级": "digital_level", "自主品牌": "has_own_brand",
    "属于战略性新兴产业": "is_strategic_emerging", "列入经营异常名录": "in_abnormal_list",
    "科技奖励": "science_awards", "管理体系认证": "management_certs",
    "质量奖级别": "quality_award_level", "研发机构级别": "rd_institution_level",
    "近2年新增股权融资": "equity_new_2y", "近3年新增股权融资": "equity_new_3y",
}

# How long a title is valid from the day it was granted (LC-1).
TERM_YEARS = {"inno": 3, "srdi": 3, "lg": 3, "sc": 3, "hnte": 3, "stsme": 1}


class Record:
    """What a record states, as of a date. Annual facts are asked for with the
    number of years before the last full year: 0, 1, 2."""

    def __init__(self, stated, as_of):
        self.facts = {CHINESE.get(name, name): value for name, value in stated.items()}
        self.as_of = as_of
        self.year = int(as_of[:4])
        self.ratios = {}

    def get(self, name, years_before=0):
        value = self.facts.get(name)
        if name in ANNUAL:
            if isinstance(value, dict):
                value = value.get(str(self.year - 1 - years_before))
            elif years_before > 0:
                value = None
        return value

    def ratio(self, above, under, years_before=0):
        key = above, under, years_before
        if key not in self.ratios:
            self.ratios[key] = quotient(self.get(above, years_before),
                                        self.get(under, years_before))
        return self.ratios[key]

    def holds(self, title):
        held = self.facts.get("titles")
        if held is None:
            return None
        return any_of(*[self.counts(entry) for entry in held if entry["id"] == title])

    def counts(self, entry):
        """C5: valid for a term, then reviewed. Where nobody says when it
        expires, nobody knows what came of the review."""
        granted, expires = entry.get("granted"), entry.get("expires")
        if granted is not None and self.as_of < granted:
            return False
        if expires is not None:
            return self.as_of <= expires
        term = TERM_YEARS.get(entry["id"])
        if granted is None or term is None:
            return True
        anniversary = f"{int(granted[:4]) + term:04}{granted[4:]}"
        return True if self.as_of < anniversary else None

    def some(self, name, years, test):
        """Whether some item of a list of yearly events passes, of the last
        `years` calendar years up to that of the date; None: of any year."""
        items = self.facts.get(name)
        if items is None:
            return None
        if years is None:
            return any_of(*[test(item) for item in items])
        first = self.year - years + 1
        return any_of(*[all_of(at_least(item.get("year"), first),
                               at_most(item.get("year"), self.year), test(item))
                        for item in items])

    def has_one_of(self, name, codes):
        held = self.facts.get(name)
        return None if held is None else not codes.isdisjoint(held)

    def count(self, name):
        items = self.facts.get(name)
        return None if items is None else len(items)


# ---- common conditions ----

# Lower bounds of the class "large": X employees, Y revenue, Z total assets.
LARGE = {
    "agriculture": {"revenue": 20000},
    "industry": {"employees": 1000, "revenue": 40000},
    "construction": {"revenue": 80000, "total_assets": 80000},
    "wholesale": {"employees": 200, "revenue": 40000},
    "retail": {"employees": 300, "revenue": 20000},
    "transport": {"employees": 1000, "revenue": 30000},
    "storage": {"employees": 200, "revenue": 30000},
    "post": {"employees": 1000, "revenue": 30000},
    "lodging": {"employees": 300, "revenue": 10000},
    "catering": {"employees": 300, "revenue": 10000},
    "information": {"employees": 2000, "revenue": 100000},
    "software": {"employees": 300, "revenue": 10000},
    "real_estate": {"revenue": 200000, "total_assets": 10000},
    "property": {"employees": 1000, "revenue": 5000},
    "leasing": {"employees": 300, "total_assets": 120000},
    "other": {"employees": 300},
}

# First and last division of GB/T 4754-2017, and the sector.
DIVISIONS = [
    (1, 5, "agriculture"), (6, 46, "industry"), (47, 50, "construction"), (51, 51, "wholesale"),
    (52, 52, "retail"), (53, 58, "transport"), (59, 59, "storage"), (60, 60, "post"),
    (61, 61, "lodging"), (62, 62, "catering"), (63, 64, "information"), (65, 65, "software"),
    (71, 72, "leasing"),
]


def digits_of(code):
    return code.lstrip("ABCDEFGHIJKLMNOPQRST")


def division_of(code):
    return int(digits_of(code)[:2])


def sector_of_industry(code):
    digits = digits_of(code)
    if digits.startswith("701"):
        return "real_estate"
    if digits.startswith("702"):
        return "property"
    division = division_of(code)
    for first, last, sector in DIVISIONS:
        if first <= division <= last:
            return sector
    return "other"


def size_sector(record):
    stated = record.get("size_sector")
    if stated is not None:
        return stated
    code = record.get("industry_code")
    return None if code is None else sector_of_industry(code)


def is_sme_in(record, sector):
    return any_of(*[below(record.get(name), bound) for name, bound in LARGE[sector].items()])


def is_sme(record):
    """Not large: one known indicator below its bound suffices. In a sector that
    nobody knows, a firm that would be an SME in every sector is one."""
    sector = size_sector(record)
    if sector is not None:
        return is_sme_in(record, sector)
    return True if all(is_sme_in(record, each) for each in LARGE) else None


def is_registered_legal_person(record):
    return all_of(record.get("is_independent_legal_person"),
                  record.get("is_mainland_registered"))


def is_in_good_standing(record):
    return all_of(negation(record.get("in_abnormal_list")),
                  negation(record.get("is_seriously_dishonest")))


def is_clean(record, barred_accidents):
    """No grave accident, incident, violation or fraud in three years."""
    return all_of(negation(is_one_of(record.get("accident_grade_3y"), barred_accidents)),
                  negation(is_one_of(record.get("cyber_incident_3y"), {"major"})),
                  negation(is_one_of(record.get("env_violation_3y"), {"major"})),
                  negation(is_one_of(record.get("quality_problem_3y"), {"serious"})),
                  negation(record.get("data_fraud_3y")))


BARRED_2022 = {"major", "extra_major"}
BARRED_2026 = {"larger", "major", "extra_major"}


def admission_2022(record):
    return {
        "registered": is_registered_legal_person(record),
        "sme": is_sme(record),
        "standing": is_in_good_standing(record),
        "product": negation(record.get("is_restricted_product")),
        "clean": is_clean(record, BARRED_2022),
        "tax": negation(record.get("tax_violation_3y")),
    }


def admission_2026(record):
    """"Lawfully established in China"; tax is no longer named."""
    return {
        "registered": record.get("is_mainland_registered"),
        "sme": is_sme(record),
        "standing": is_in_good_standing(record),
        "product": negation(record.get("is_restricted_product")),
        "clean": is_clean(record, BARRED_2026),
    }


# ---- figures that several titles use ----


def main_share(record):
    return record.ratio("main_revenue", "revenue")


def debt_ratio(record):
    return record.ratio("total_liabilities", "total_assets")


def rd_ratio(record, years_before=0):
    return record.ratio("rd_expense", "revenue", years_before)


def growth(record, name, years_before=0):
    now, then = record.get(name, years_before), record.get(name, years_before + 1)
    return plus(quotient(now, then), -1)


def mean_growth(record):
    """X-11: the mean of the growth of y1 and that of y2."""
    return quotient(plus(growth(record, "main_revenue", 0), growth(record, "main_revenue", 1)), 2)


def compound_growth_reaches_5_percent(record):
    """X-12 without a root: revenue[y1] / revenue[y3] against (21/20) squared."""
    first, last = record.get("revenue", 2), record.get("revenue", 0)
    if first is None or last is None or first <= 0 or last < 0:
        return None
    return last / first >= Fraction(21, 20) ** 2


def each_of_two_years(test):
    return all_of(test(0), test(1))


def own_class1_reaches(record, least):
    """X-3: filed by the firm itself, and the firm among the first three holders.
    Either is part of the class I rights: too few of these decide."""
    whole = record.get("ip1_count")
    return all_of(at_least(record.get("ip1_self_count"), least),
                  at_least(record.get("ip1_top3_owner_count"), least),
                  True if whole is None else whole >= least)


def class1_2022(record):
    """X-2: those transferred less than a year ago do not count, where it is
    known how many they are."""
    whole, recent = record.get("ip1_count"), record.get("ip_recent_transfer_count")
    return whole if whole is None or recent is None else whole - recent


def has_class1(record, kind):
    """A part of the class I rights: none where there is no class I right at all."""
    whole = class1_2022(record)
    return all_of(at_least(record.get(kind), 1), True if whole is None else whole >= 1)


def class_bands(record, highvalue, own, class1, class2):
    return first_band([(has_class1(record, "ip1_highvalue_count"), highvalue),
                       (has_class1(record, "ip1_self_count"), own),
                       (at_least(class1_2022(record), 1), class1),
                       (at_least(record.get("ip2_count"), 1), class2)])


def national_award(record, years, last_rank):
    return record.some("science_awards", years, lambda award: all_of(
        is_one_of(award.get("level"), {"national"}), at_most(award.get("rank"), last_rank)))


def maker_place(record, last_rank):
    return record.some("maker_china_rank", 3, lambda entry: at_most(entry.get("rank"), last_rank))


def has_institution(record):
    return any_of(
        is_one_of(record.get("rd_institution_level"),
                  {"below_city", "city", "provincial", "national"}),
        record.get("rd_institution_joint"))


def has_high_institution(record):
    return is_one_of(record.get("rd_institution_level"), {"provincial", "national"})


# ---- scores: a pair (least, most) of points still possible ----


def first_band(cases, otherwise=0):
    """The first true condition gives the points; one that is unknown may."""
    possible = []
    for condition, points in cases:
        if condition is False:
            continue
        possible.append(points)
        if condition is True:
            break
    else:
        possible.append(otherwise)
    return min(possible), max(possible)


def bands_at_least(value, bands):
    return first_band([(at_least(value, bound), points) for bound, points in bands])


def bands_at_most(value, bands):
    return first_band([(at_most(value, bound), points) for bound, points in bands])


def add_up(cases, most):
    """All that are true count, at most `most` points."""
    sure = sum(points for condition, points in cases if condition is True)
    perhaps = sum(points for condition, points in cases if condition is None)
    return min(sure, most), min(sure + perhaps, most)


def total(*intervals):
    return sum(least for least, _ in intervals), sum(most for _, most in intervals)


def score_reaches(interval, bound):
    least, most = interval
    if least >= bound:
        return True
    return False if most < bound else None


def percent_bands(*bands):
    return [(percent(bound), points) for bound, points in bands]


# ---- tier 1: innovative SME (INNO-2022) ----


def inno_indicators(record):
    return {
        "ip": class_bands(record, 20, 15, 10, 5),
        "rd_ratio": bands_at_least(rd_ratio(record),
                                   percent_bands((5, 20), (3, 15), (2, 10), (1, 5))),
        "growth": bands_at_least(growth(record, "main_revenue"),
                                 percent_bands((15, 20), (10, 15), (5, 10), (0, 5))),
        "debt": bands_at_most(debt_ratio(record), percent_bands((55, 10), (75, 5))),
        "field": first_band([(record.get("is_strategic_emerging"), 10)], otherwise=5),
        "main_share": bands_at_least(main_share(record),
                                     percent_bands((70, 20), (60, 15), (55, 10), (50, 5))),
    }


def inno_direct(record):
    return any_of(
        record.some("science_awards", 3, lambda award: is_one_of(
            award.get("level"), {"national", "provincial"})),
        record.holds("hnte"), record.holds("innovation_demonstration"),
        record.holds("ip_advantage"), record.holds("ip_demonstration"),
        has_high_institution(record),
        at_least(record.get("equity_new_3y"), 500))


def judge_inno(record):
    points = inno_indicators(record)
    scored = all_of(score_reaches(total(*points.values()), 60),
                    score_reaches(total(points["ip"], points["rd_ratio"]), 20),
                    score_reaches(total(points["growth"], points["debt"]), 15),
                    score_reaches(total(points["field"], points["main_share"]), 15))
    return {**admission_2022(record), "score_or_direct": any_of(scored, inno_direct(record))}


# ---- tier 1: sci-tech SME (STSME-2017) ----


def judge_stsme(record):
    scored = None  # the bands were not found: any score from 0 to 100 is possible
    direct = any_of(
        record.holds("hnte"), national_award(record, 5, 3), has_high_institution(record),
        record.some("standards", 5, lambda standard: all_of(
            is_one_of(standard.get("level"), {"international", "national", "industry"}),
            is_one_of(standard.get("role"), {"lead"}))))
    return {
        "resident": record.get("is_mainland_registered"),
        "employees": at_most(record.get("employees"), 500),
        "sales": at_most(record.get("revenue"), 20000),
        "assets": at_most(record.get("total_assets"), 20000),
        "product": negation(record.get("is_restricted_product")),
        "clean": all_of(negation(is_one_of(record.get("accident_grade_3y"), BARRED_2022)),
                        negation(is_one_of(record.get("quality_problem_3y"), {"serious"})),
                        negation(is_one_of(record.get("env_violation_3y"), {"major"}))),
        "standing": is_in_good_standing(record),
        "score_or_direct": any_of(scored, direct),
    }


# ---- tier 2: SRDI SME ----


def rd_input_bands(record):
    amount, ratio = record.get("rd_expense"), rd_ratio(record)
    return first_band([(any_of(at_least(amount, least), at_least(ratio, percent(share))), points)
                       for least, share, points in ((500, 10, 10), (400, 8, 8), (300, 6, 6),
                                                    (200, 4, 4), (100, 3, 2))])


def niche_points(years):
    if years is None:
        return 0, 5
    points = min(years // 2, 5)
    return points, points


# Certificates of quality management, spelled with a space or without, with a
# year or without.
QUALITY_SYSTEMS = {
    spelling + edition
    for standards, edition_of_today in (
        (("ISO9001", "ISO 9001"), (":2015",)), (("GB/T19001", "GB/T 19001"), ("-2016",)),
        (("IATF16949", "IATF 16949", "ISO13485", "ISO 13485"), (":2016",)),
        (("AS9100", "AS 9100", "AS9100D", "GJB9001C", "GJB 9001C"), ()))
    for spelling in standards for edition in ("",) + edition_of_today
} | {"ISO9001-2015", "ISO9001：2015"}


def srdi_2022_indicators(record):
    chain_role = any_of(record.get("is_six_bases"), record.get("is_time_honoured"),
                        at_least(record.get("supplies_major_firms"), 1))
    standards = record.count("standards")
    return {
        "main_share": bands_at_least(main_share(record), percent_bands((80, 5), (70, 3), (60, 1))),
        "growth": bands_at_least(mean_growth(record), percent_bands(
            (10, 10), (8, 8), (6, 6), (4, 4), (0, 2))),
        "niche_years": niche_points(record.get("niche_years")),
        "field": first_band([(record.get("chain_gap_effect"), 5), (chain_role, 3)]),
        "digital": bands_at_least(record.get("digital_level"), [(3, 5), (2, 3)]),
        "quality": add_up([
            (is_one_of(record.get("quality_award_level"), {"provincial", "national"}), 3),
            (record.has_one_of("management_certs", QUALITY_SYSTEMS), 3),
            (record.get("has_own_brand"), 3),
            (at_least(standards, 1), 3)], 5),
        "margin": bands_at_least(record.ratio("net_profit", "revenue"), percent_bands(
            (10, 10), (8, 8), (6, 6), (4, 4), (2, 2))),
        "debt": bands_at_most(debt_ratio(record), percent_bands((50, 5), (60, 3), (70, 1))),
        "local": (0, 15),
        "ip": class_bands(record, 10, 8, 6, 2),
        "rd_input": rd_input_bands(record),
        "rd_staff": bands_at_least(record.ratio("rd_staff", "employees"),
                                   percent_bands((20, 5), (10, 3), (5, 1))),
        "institution": first_band([
            (is_one_of(record.get("rd_institution_level"), {level}), points)
            for level, points in (("national", 10), ("provincial", 8), ("city", 4),
                                  ("below_city", 2))]),
    }


def srdi_2022_direct(record):
    mean_rd = quotient(plus(record.get("rd_expense", 0), record.get("rd_expense", 1)), 2)
    return any_of(
        record.some("science_awards", 3, lambda award: any_of(
            all_of(is_one_of(award.get("level"), {"provincial"}), at_most(award.get("rank"), 3)),
            all_of(is_one_of(award.get("level"), {"national"}), at_most(award.get("rank"), 5)))),
        at_least(mean_rd, 1000),
        at_least(record.get("equity_new_2y"), 6000),
        maker_place(record, 500))


def judge_srdi_2022(record):
    revenue, equity = record.get("revenue"), record.get("equity_new_2y")
    scored = score_reaches(total(*srdi_2022_indicators(record).values()), 60)
    return {
        **admission_2022(record),
        "gate": record.holds("inno"),
        "niche_years": at_least(record.get("niche_years"), 2),
        "rd": all_of(at_least(record.get("rd_expense"), 100),
                     at_least(rd_ratio(record), percent(3))),
        "scale": any_of(at_least(revenue, 1000),
                        all_of(below(revenue, 1000), at_least(equity, 2000))),
        "score_or_direct": any_of(scored, srdi_2022_direct(record)),
    }


def development_score(record, title, least):
    """This year's; for a review last year's will do as well."""
    return any_of(at_least(record.get("srdi_dev_score_current"), least),
                  all_of(record.holds(title),
                         at_least(record.get("srdi_dev_score_prev"), least)))


def judge_srdi_2026(record):
    return {
        **admission_2026(record),
        "gate": any_of(record.holds("stsme"), record.holds("inno")),
        "niche_years": at_least(record.get("niche_years"), 3),
        "scale": any_of(at_least(record.get("revenue"), 1500),
                        at_least(record.get("equity_new_2y"), 2000)),
        "main_share": at_least(main_share(record), percent(80)),
        "debt": at_most(debt_ratio(record), percent(80)),
        "rd": each_of_two_years(lambda before: all_of(
            at_least(record.get("rd_expense", before), 100),
            at_least(rd_ratio(record, before), percent(3)))),
        "ip": all_of(own_class1_reaches(record, 1), record.get("ip_applied_benefit")),
        "standing_in_market": record.get("has_reputation"),
        "development": development_score(record, "srdi", 50),
    }


# ---- tier 3: little giant ----


def rd_by_revenue(record):
    revenue = record.get("revenue")
    at_3 = each_of_two_years(lambda before: at_least(rd_ratio(record, before), percent(3)))
    at_6 = each_of_two_years(lambda before: at_least(rd_ratio(record, before), percent(6)))
    funded = all_of(at_least(record.get("equity_new_2y"), 8000),
                    at_least(record.get("rd_expense"), 3000),
                    at_least(record.ratio("rd_staff", "employees"), percent(50)))
    return any_of(all_of(at_least(revenue, 10000), at_3),
                  all_of(at_least(revenue, 5000), below(revenue, 10000), at_6),
                  all_of(at_most(revenue, 5000), funded))


def judge_lg_2022(record):
    general = all_of(rd_by_revenue(record), has_institution(record),
                     at_least(class1_2022(record), 2), record.get("ip_applied_benefit"))
    direct = any_of(national_award(record, 3, 3), maker_place(record, 50))
    certificates = any_of(at_least(record.count("management_certs"), 1),
                          at_least(record.count("foreign_product_certs"), 1))
    return {
        **admission_2022(record),
        "gate": record.holds("srdi"),
        "niche_years": at_least(record.get("niche_years"), 3),
        "main_share": at_least(main_share(record), percent(70)),
        "growth": at_least(mean_growth(record), percent(5)),
        "it": at_least(record.get("it_core_processes"), 1),
        "certificates": certificates,
        "debt": at_most(debt_ratio(record), percent(70)),
        "share": all_of(at_least(record.get("share_national"), 10), record.get("has_reputation")),
        "brand": record.get("has_own_brand"),
        "innovation": any_of(general, direct),
        "chain": all_of(record.get("is_key_node"), record.get("chain_gap_effect")),
        "field": any_of(record.get("is_six_bases"), record.get("is_ten_fields"),
                        record.get("is_network_power_field")),
    }


def judge_lg_2026(record):
    share = any_of(at_least(record.get("share_national"), 10),
                   at_least(record.get("share_world"), 10),
                   at_most(record.get("rank_national"), 3))
    ip = any_of(national_award(record, 3, 3),
                all_of(own_class1_reaches(record, 4), record.get("ip_applied_benefit")))
    return {
        **admission_2026(record),
        "gate": record.holds("srdi"),
        "niche_years": at_least(record.get("niche_years"), 3),
        "scale": at_least(record.get("revenue"), 5000),
        "main_share": at_least(main_share(record), percent(90)),
        "growth": any_of(record.holds("lg"), compound_growth_reaches_5_percent(record)),
        "debt": at_most(debt_ratio(record), percent(75)),
        "rd": all_of(
            at_least(plus(record.get("rd_expense", 0), record.get("rd_expense", 1)), 1200),
            each_of_two_years(lambda before: at_least(rd_ratio(record, before), percent(3)))),
        "ip": ip,
        "share": all_of(share, record.get("has_reputation")),
        "field": any_of(record.get("is_six_bases"), record.get("is_strategic_emerging"),
                        record.get("chain_gap_effect")),
        "node": record.get("is_key_node"),
        "development": development_score(record, "lg", 60),
    }


# ---- tier 4: single champion ----


def is_manufacturer(record):
    stated, code = record.get("is_manufacturing"), record.get("industry_code")
    if stated is not None or code is None:
        return stated
    return 13 <= division_of(code) <= 43


def sc_common(record):
    return {
        "world_rank": at_most(record.get("rank_world"), 3),
        "energy": record.get("energy_advanced"),
        "standards": at_least(record.count("standards"), 1),
        "ip": any_of(at_least(record.get("ip1_count"), 1), at_least(record.get("ip2_count"), 1)),
    }


def judge_sc_2019(record):
    """A champion product: it asks no share of revenue, so it decides."""
    return {
        **sc_common(record),
        "kind": is_manufacturer(record),
        "product": at_least(record.get("leading_product_count"), 1),
        "years": any_of(at_least(record.get("niche_years"), 10),
                        at_least(record.get("new_product_years"), 3)),
        "scale": any_of(at_least(record.get("revenue"), 40000), record.holds("lg")),
        "technology": is_one_of(record.get("tech_level"), {"international_leading"}),
        "brand": record.get("has_own_brand"),
        "clean": all_of(*[is_one_of(record.get(name), {"none"}) for name in (
            "accident_grade_3y", "env_violation_3y", "quality_problem_3y")]),
    }


def judge_sc_2023(record):
    mean_revenue = quotient(plus(*[record.get("main_revenue", before) for before in range(3)]), 3)
    return {
        **sc_common(record),
        "registered": is_registered_legal_person(record),
        "standing": is_in_good_standing(record),
        "product": negation(record.get("is_restricted_product")),
        "clean": all_of(is_clean(record, BARRED_2022), negation(record.get("tax_violation_3y"))),
        "kind": any_of(is_manufacturer(record), record.get("is_producer_service")),
        "years": any_of(at_least(record.get("niche_years"), 10),
                        at_least(record.get("new_product_years"), 5)),
        "scale": any_of(at_least(mean_revenue, 40000), record.holds("lg")),
        "technology": is_one_of(record.get("tech_level"),
                                {"international_advanced", "international_leading"}),
        "institution": has_institution(record),
        "benefit": record.get("ip_applied_benefit"),
    }


# ---- which version when ----

# Scorecards whose bands are known.
SCORECARDS = {judge_inno: inno_indicators, judge_srdi_2022: srdi_2022_indicators}

VERSIONS = {
    "inno": [("2022-08-01", judge_inno)],
    "stsme": [("2017-01-01", judge_stsme)],
    "srdi": [("2022-08-01", judge_srdi_2022), ("2026-04-01", judge_srdi_2026)],
    "lg": [("2022-08-01", judge_lg_2022), ("2026-04-01", judge_lg_2026)],
    "sc": [("2019-01-01", judge_sc_2019), ("2023-09-14", judge_sc_2023)],
}


def version_in_force(designation, as_of):
    chosen = None
    for effective, judge in VERSIONS[designation]:
        if effective <= as_of:
            chosen = judge
    return chosen


def outcome(value):
    return UNDETERMINED if value is None else MET if value else UNMET


def judge(stated, as_of):
    """The answer for one record, stated as parse() reads it: designations to
    outcomes, "criteria" and "scores"."""
    record = Record(stated, as_of)
    answer, criteria, scores = {}, {}, {}
    for designation in VERSIONS:
        conditions_of = version_in_force(designation, as_of)
        if conditions_of is None:
            answer[designation] = ABSENT
            continue
        conditions = conditions_of(record)
        answer[designation] = outcome(all_of(*conditions.values()))
        for name, value in conditions.items():
            criteria[f"{designation}/{name}"] = outcome(value)
        if conditions_of in SCORECARDS:
            indicators = SCORECARDS[conditions_of](record)
            scores[designation] = [int(bound) for bound in total(*indicators.values())]
    answer["criteria"] = criteria
    answer["scores"] = scores
    return answer


def parse(line):
    """A record with every number exact."""
    return json.loads(line, parse_float=Fraction, parse_int=Fraction)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--as-of", required=True, metavar="DATE")
    parser.add_argument("file", nargs="?", default="-")
    arguments = parser.parse_args()
    source = sys.stdin if arguments.file == "-" else open(arguments.file, encoding="utf-8")
    for line in source:
        if line.strip():
            print(json.dumps(judge(parse(line), arguments.as_of), ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
