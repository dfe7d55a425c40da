"""Rules of RFC 5545; the good ones are examples of its section 3.8.5.3."""

import pytest

from lupcms.shows.recurrence import problem


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;COUNT=10",
        "FREQ=DAILY;UNTIL=19971224T000000Z",
        "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA",
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
        "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
        "FREQ=MONTHLY;BYMONTHDAY=-3",
        "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
        "FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16",
    ],
)
def test_a_rule_of_the_standard_is_one(rule):
    assert problem(rule) == ""


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("BYDAY=SU", "It does not say how often: begin with FREQ=WEEKLY, for example."),
        ("FREQ=SOMETIMES", "“FREQ” cannot be “SOMETIMES”."),
        ("FREQ=WEEKLY;BYDAY=SUN", "“BYDAY” cannot be “SUN”."),
        ("FREQ=WEEKLY,DAILY", "“FREQ” cannot be “WEEKLY,DAILY”."),
        ("FREQ=WEEKLY;DAY=SU", "“DAY” is no part of a rule."),
        ("FREQ=WEEKLY;INTERVAL=0", "“INTERVAL” cannot be “0”."),
        ("FREQ=WEEKLY;FREQ=DAILY", "“FREQ” is there twice."),
        ("FREQ=WEEKLY;COUNT=2;UNTIL=20261125", "“UNTIL” and “COUNT” exclude each other."),
        ("FREQ=WEEKLY;", "“” is no part of a rule."),
    ],
)
def test_anything_else_is_told_what_is_wrong(rule, said):
    assert problem(rule) == said
