#!/usr/bin/env python3
"""The independent judge against cases worked out by hand.

Case numbers T4 to T24 are those of the ladder's suggested tests; the others
are borders and unknowns. Exit status: 0 passed, 1 failed.
"""
import json
import sys

import reference
from reference import MET, UNDETERMINED, UNMET

OLD, NEW = "2025-06-15", "2026-11-23"


def exact(facts):
    """Facts as the judge reads them; decimals have to come as JSON text."""
    return reference.parse(facts if isinstance(facts, str) else json.dumps(facts))


def record_of(facts, as_of):
    return reference.Record(exact(facts), as_of)


def criterion(name, facts, as_of):
    return reference.judge(exact(facts), as_of)["criteria"][name]


def points(facts, *names):
    indicators = reference.inno_indicators(record_of(facts, OLD))
    return reference.total(*[indicators[name] for name in names or indicators])


def holding(title, **days):
    return {"titles": [{"id": title, **days}]}


def money(name, first_year, *values):
    """Figures of a year and the years before it."""
    return {name: {str(first_year - i): value for i, value in enumerate(values)}}


def no_ip_with_rd_of(share):
    return (f'{{"ip1_count":0,"ip1_self_count":0,"ip1_highvalue_count":0,"ip2_count":0,'
            f'"rd_expense":{share},"revenue":100}}')


def award(rank, year):
    return {"science_awards": [{"level": "national", "rank": rank, "year": year}]}


CASES = [
    ("T4 innovative score is 85", points(
        '{"ip1_highvalue_count":0,"ip1_self_count":0,"ip1_count":0,"ip2_count":1,"revenue":164,'
        '"rd_expense":8.2,"main_revenue":{"2024":115,"2023":100},"total_liabilities":55,'
        '"total_assets":100,"is_strategic_emerging":true}'), (85, 85)),
    ("T5 no IP, R&D at 5 % makes innovation 20", points(no_ip_with_rd_of("5"), "ip", "rd_ratio"),
     (20, 20)),
    ("T6 no IP, R&D at 4.9 % makes innovation 15",
     points(no_ip_with_rd_of("4.9"), "ip", "rd_ratio"), (15, 15)),
    ("rights transferred less than a year ago are no class I", points(
        {"ip1_count": 2, "ip_recent_transfer_count": 2, "ip2_count": 1}, "ip"), (5, 5)),
    ("one of them is left", points(
        {"ip1_count": 2, "ip_recent_transfer_count": 1, "ip1_highvalue_count": 0,
         "ip1_self_count": 0}, "ip"), (10, 10)),
    ("T7 a certificate that expired yesterday does not count",
     record_of(holding("hnte", granted="2022-06-15", expires="2025-06-14"), OLD).holds("hnte"),
     False),
    ("a certificate that expires today counts",
     record_of(holding("hnte", expires=OLD), OLD).holds("hnte"), True),
    ("a certificate granted today counts",
     record_of(holding("hnte", granted=OLD), OLD).holds("hnte"), True),
    ("one that does not say when it expires counts for three years",
     record_of(holding("srdi", granted="2022-06-16"), OLD).holds("srdi"), True),
    ("after that a review decides, of which nobody knows",
     record_of(holding("srdi", granted="2022-06-15"), OLD).holds("srdi"), None),
    ("without titles nobody knows", record_of({}, OLD).holds("hnte"), None),
    ("T8 revenue 999 with equity 1,999 is too small",
     criterion("srdi/scale", {"revenue": 999, "equity_new_2y": 1999}, OLD), UNMET),
    ("T9 revenue 999 with equity 2,000 will do",
     criterion("srdi/scale", {"revenue": 999, "equity_new_2y": 2000}, OLD), MET),
    ("T9 R&D of 100 at 10.01 % will do",
     criterion("srdi/rd", {"revenue": 999, "rd_expense": 100}, OLD), MET),
    ("T10 100 of 3,334 is below 3 %",
     criterion("srdi/rd", '{"revenue":3334,"rd_expense":100}', OLD), UNMET),
    ("3 % to the last of many decimals is 3 %",
     criterion("srdi/rd", '{"revenue":12345.678901234567,'
                                '"rd_expense":370.37036703703701}', OLD), MET),
    ("one digit less is not",
     criterion("srdi/rd", '{"revenue":12345.678901234567,'
                                '"rd_expense":370.37036703703700}', OLD), UNMET),
    ("T11 R&D of the year before at 99 fails",
     criterion("srdi/rd", '{"revenue":{"2025":10000,"2024":1980},'
                                '"rd_expense":{"2025":300,"2024":99}}', NEW), UNMET),
    ("a failing year decides though the other is unknown",
     criterion("srdi/rd", money("rd_expense", 2025, None, 99), NEW), UNMET),
    ("T12 main share of 79.99 % fails",
     criterion("srdi/main_share", '{"revenue":10000,"main_revenue":7999}', NEW), UNMET),
    ("T13 revenue of 10,000 with 3 % twice passes the first branch",
     reference.rd_by_revenue(record_of(money("revenue", 2024, 10000, 9000) |
                                       money("rd_expense", 2024, 300, 270), OLD)), True),
    ("T14 revenue of 9,999 with 5.9 % fails",
     reference.rd_by_revenue(record_of(money("revenue", 2024, 9999, 9000) |
                                       money("rd_expense", 2024, 589, 720), OLD)), False),
    ("T15 revenue of 4,000 with equity, R&D and staff passes",
     reference.rd_by_revenue(record_of({"revenue": 4000, "equity_new_2y": 8000,
                                        "rd_expense": 3000, "rd_staff": 50, "employees": 100},
                                       OLD)), True),
    ("revenue of exactly 5,000 may take the funded branch",
     reference.rd_by_revenue(record_of({"revenue": 5000, "equity_new_2y": 8000,
                                        "rd_expense": 3000, "rd_staff": 50, "employees": 100},
                                       OLD)), True),
    ("T16 the same firm is too small in 2026", criterion("lg/scale", {"revenue": 4000}, NEW),
     UNMET),
    ("T17 700 and 499 are 1,199", criterion("lg/rd", money("revenue", 2025, 5000, 5000) |
                                            money("rd_expense", 2025, 700, 499), NEW), UNMET),
    ("T18 a national award of two years ago waives the IP",
     criterion("lg/ip", {"ip1_count": 3, "ip_applied_benefit": True} | award(2, 2024), NEW), MET),
    ("an award of three years ago does not",
     criterion("lg/ip", {"ip1_count": 3, "ip_applied_benefit": True} | award(2, 2023), NEW),
     UNMET),
    ("an award of next year does not",
     criterion("lg/ip", {"ip1_count": 3, "ip_applied_benefit": True} | award(2, 2027), NEW),
     UNMET),
    ("class I rights that nobody says are the firm's own leave it open",
     criterion("srdi/ip", {"ip1_count": 6, "ip1_top3_owner_count": 6, "ip_applied_benefit": True},
               NEW), UNDETERMINED),
    ("or that it leads",
     criterion("srdi/ip", {"ip1_count": 6, "ip1_self_count": 6, "ip_applied_benefit": True},
               NEW), UNDETERMINED),
    ("too few of them decide, whoever owns them",
     criterion("lg/ip", {"ip1_count": 3, "ip_applied_benefit": True, "science_awards": []}, NEW),
     UNMET),
    ("enough of both parts will do, whatever the whole",
     criterion("lg/ip", {"ip1_self_count": 4, "ip1_top3_owner_count": 4,
                         "ip_applied_benefit": True}, NEW), MET),
    ("T19 a share of 4 % with national rank 3 passes",
     criterion("lg/share", {"share_national": 4, "share_world": 0, "rank_national": 3,
                            "has_reputation": True}, NEW), MET),
    ("T20 growth is not examined in a review",
     criterion("lg/growth", money("revenue", 2025, 80, 90, 100) | holding("lg"), NEW), MET),
    ("growth of exactly 5 % a year passes",
     criterion("lg/growth", '{"revenue":{"2025":11025,"2024":1,"2023":10000},'
                                  '"titles":[]}', NEW), MET),
    ("a missing third year leaves growth undetermined",
     criterion("lg/growth", money("revenue", 2025, 100, 90) | {"titles": []}, NEW),
     UNDETERMINED),
    ("T22 a little giant is exempt from the champion's revenue",
     criterion("sc/scale", money("main_revenue", 2025, 39000, 39000, 39000) | holding("lg"),
               NEW), MET),
    ("T23 an expired one is not",
     criterion("sc/scale", money("main_revenue", 2025, 39000, 39000, 39000) |
               holding("lg", expires="2026-11-22"), NEW), UNMET),
    ("T24 the rules of 2022 hold on 31 March 2026",
     reference.version_in_force("lg", "2026-03-31"), reference.judge_lg_2022),
    ("T24 those of 2026 from 1 April",
     reference.version_in_force("lg", "2026-04-01"), reference.judge_lg_2026),
    ("T1 1,000 employees and revenue of 40,000 are large in industry",
     reference.is_sme(record_of({"industry_code": "3489", "employees": 1000, "revenue": 40000},
                                OLD)), False),
    ("T2 999 employees are not",
     reference.is_sme(record_of({"industry_code": "C3489", "employees": 999,
                                 "revenue": 400000}, OLD)), True),
    ("one figure below its bound decides though the other is unknown",
     reference.is_sme(record_of({"size_sector": "industry", "revenue": 39999}, OLD)), True),
    ("one figure above its bound does not",
     reference.is_sme(record_of({"size_sector": "industry", "revenue": 40000}, OLD)), None),
    ("an unknown indicator is the points still possible",
     reference.first_band([(None, 5), (True, 3)]), (3, 5)),
    ("a division by zero is unknown", reference.quotient(1, 0), None),
    ("before its first rules a title is absent",
     reference.judge({}, "2022-07-31")["srdi"], reference.ABSENT),
]


def main():
    failed = [(name, found, wanted) for name, found, wanted in CASES if found != wanted]
    for name, found, wanted in failed:
        print(f"  {name}: {found}, wanted {wanted}")
    print(f"reference_test: {len(CASES)} cases, {len(failed)} failed: "
          f"{'FAILED' if failed else 'passed'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
