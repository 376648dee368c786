"""REC-16: volunteers are not paid, timed or given work. The schema has no column that could hold any of it."""

import re

from sqlalchemy import Interval, Numeric
from sqlmodel import SQLModel

WORDS = (
    *("money", "amount", "price", "pay", "paid", "payment", "payout", "salary", "wage", "fee", "invoice", "currency", "bonus"),
    *("reward", "honorarium", "stipend", "budget", "cost", "hospitality_value", "cash", "iban", "bank"),
    *("hours", "hour", "minutes_spent", "time_spent", "timesheet", "shift", "duty", "duties", "rota", "quota", "target"),
    *("task", "tasks", "assignment", "assigned", "assignee", "sla", "deadline_for_volunteer", "workload"),
)
ELSEWHERE = {
    "thread_link.assignee_id": "staff triage: which agent has a thread from elsewhere",
    "watch_rule.on_duty_id": "which agent looks at what a rule finds",
    "watch_rule.from_hour": "when a rule listens",
    "watch_rule.to_hour": "when a rule listens",
    "channel.monthly_budget": "what a network may charge the company for reading",
    "channel_spending.cost": "what a network charged the company for reading",
    "incident.hours": "over how many hours posts were counted",
    "topic_merge.target_id": "the question that stays",
    "share.target_ext_id": "the post that a reply answers",
}
"""Columns that hold such a word about something that is no volunteer, each with why."""


def test_no_column_for_money_time_or_work():
    found = [
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if set(re.split(r"_+", column.name)) & set(WORDS) or column.name in WORDS
    ]
    assert [name for name in found if name not in ELSEWHERE] == []


def test_no_table_for_money_time_or_work():
    found = [table.name for table in SQLModel.metadata.sorted_tables if set(table.name.split("_")) & set(WORDS)]
    assert found == []


def test_no_column_type_for_sums_or_lengths_of_time():
    """Decimals are how money is kept, intervals how time worked is; floats are not used for either."""
    found = [
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if (isinstance(column.type, Numeric) and column.type.asdecimal) or isinstance(column.type, Interval)
    ]
    assert found == []
