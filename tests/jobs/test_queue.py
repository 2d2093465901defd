"""The queue of jobs on both engines: claims, retries, keys that count once, schedules, removal."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from landingpad.domain.work import Delivery
from landingpad.jobs.events import RETRY_AFTER, EventJob
from landingpad.jobs.missing import schedule_name
from landingpad.jobs.queue import EVENT, REFRESH, SCHEDULE, JobRunner, QueuedJobs
from landingpad.jobs.schedules import KEPT_MS, Schedule
from landingpad.store.app import apps as app_rows
from landingpad.store.db.engine import Tx
from landingpad.store.jobs import queue
from landingpad.store.records import Job
from landingpad.store.tables.jobs import jobs
from support.handler import Handler
from support.portal import Portal
from support.server import wait_until

pytestmark = pytest.mark.both_engines

LEASE_MS = 15_000
DAY_MS = 86_400_000


def now_ms() -> int:
    return int(time.time() * 1000)


def rows(portal: Portal, kind: str = EVENT) -> list[Any]:
    with portal.parts.db.engine.connect() as session:
        return list(session.execute(sa.select(jobs).where(jobs.c.kind == kind).order_by(jobs.c.id)))


def event_job(portal: Portal) -> EventJob:
    return EventJob(portal.parts.services, portal.parts.deliveries)


def source(portal: Portal) -> QueuedJobs:
    """The queue as one process sees it."""
    return QueuedJobs(portal.parts.services, event_job(portal))


def enqueue(portal: Portal, address: str = "http://127.0.0.1:9/", once: str = "", event: str = "ONAPPTEST") -> None:
    delivery = Delivery(
        portal_id=portal.id,
        app_id=portal.app_record.id,
        handler_id=1,
        address=address,
        event=event,
        data={},
        user_id=portal.admin_id,
        at=1,
    )

    def work(tx: Tx) -> None:
        app_rows.update(tx, portal.app_record, redirect_uri=address)  # only entrusted origins get events
        portal.parts.services.jobs.deliver_event(tx, delivery, once=once)

    portal.parts.db.write_here(work)


def claim(portal: Portal, worker: str, now: int) -> Job | None:
    return portal.parts.db.write_here(lambda tx: queue.claim(tx, worker, EVENT, now, until=now + LEASE_MS))


def finish(portal: Portal, worker: str, job: Job) -> bool:
    return portal.parts.db.write_here(
        lambda tx: queue.finish(tx, worker, job, outcome="delivered", problem="", now=now_ms())
    )


def attempt(of: QueuedJobs, now: int, *kinds: str) -> bool:
    """Claim one job that is due at `now` and run it; return whether there was one."""
    claimed = of.claim(kinds or (EVENT,), now, now + LEASE_MS)
    if claimed is not None:
        of.run(claimed[1])
    return claimed is not None


def test_a_job_belongs_to_one_worker_until_its_claim_expires(portal: Portal) -> None:
    enqueue(portal)
    begun = now_ms() + 1
    dead = claim(portal, "dead", begun)
    assert dead is not None
    assert claim(portal, "alive", begun + 14_000) is None
    portal.parts.db.write_here(lambda tx: queue.keep(tx, "dead", [dead.id], until=begun + 20_000))
    assert claim(portal, "alive", begun + 19_000) is None
    taken = claim(portal, "alive", begun + 21_000)
    assert taken == dead  # with the number of attempts, too: a kill is none
    assert not finish(portal, "dead", dead)
    portal.parts.db.write_here(lambda tx: queue.keep(tx, "dead", [dead.id], until=begun + DAY_MS))
    assert claim(portal, "third", begun + 21_000 + LEASE_MS + 1) == dead  # the dead one cannot extend it any more
    assert finish(portal, "third", taken)
    assert claim(portal, "alive", begun + DAY_MS) is None
    (row,) = rows(portal)
    assert (row.outcome, row.attempts, row.claimed_by, row.finished_at is None) == ("delivered", 1, None, False)


def test_the_oldest_job_comes_first(portal: Portal) -> None:
    for address in ("http://a.example/", "http://b.example/"):
        enqueue(portal, address)
    first, second = claim(portal, "a", now_ms() + 1), claim(portal, "b", now_ms() + 1)
    assert first is not None
    assert second is not None
    assert first.id < second.id


def test_a_failed_event_is_retried_as_documented(portal: Portal, handler: Handler) -> None:
    handler.failures = 1000
    enqueue(portal, handler.address)
    process = source(portal)
    assert attempt(process, now_ms() + 1)
    for number, seconds in enumerate(RETRY_AFTER, start=1):
        (row,) = rows(portal)
        assert (row.outcome, row.attempts, row.claimed_until) == ("again", number, 0)
        assert "status 500" in row.problem
        assert abs(row.due_at - now_ms() - seconds * 1000) < 3000
        assert not attempt(process, row.due_at - 1)
        assert attempt(process, row.due_at)
    (row,) = rows(portal)
    assert (row.outcome, row.attempts) == ("lost", len(RETRY_AFTER) + 1)
    assert row.finished_at is not None
    assert not attempt(process, now_ms() + DAY_MS)
    noted = [(posted.attempt, posted.outcome) for posted in portal.parts.deliveries.all()]
    assert noted == [*((number, "again") for number in range(len(RETRY_AFTER))), (len(RETRY_AFTER), "lost")]


def test_an_event_is_delivered_after_a_failure(portal: Portal, handler: Handler) -> None:
    handler.failures = 1
    enqueue(portal, handler.address)
    process = source(portal)
    assert attempt(process, now_ms() + 1)
    assert attempt(process, now_ms() + 6000)
    (row,) = rows(portal)
    assert (row.outcome, row.problem, row.attempts) == ("delivered", None, 2)
    assert len(handler.got) == 1


def test_a_job_that_breaks_is_retried_and_then_given_up(portal: Portal) -> None:
    portal.parts.db.write_here(lambda tx: queue.add(tx, kind=EVENT, payload="{}", portal_id=portal.id, now=now_ms()))
    process, outcomes = source(portal), []
    while attempt(process, now_ms() + DAY_MS):
        (row,) = rows(portal)
        outcomes.append((row.outcome, row.finished_at is None))
    assert outcomes == [*[("failed", True)] * 4, ("failed", False)]
    assert "portal_id" in rows(portal)[0].problem


def test_of_several_jobs_with_one_key_only_the_first_counts(portal: Portal) -> None:
    enqueue(portal, "http://first.example/", once="offline-1-7")
    enqueue(portal, "http://second.example/", once="offline-1-7")
    enqueue(portal, "http://third.example/", once="offline-1-8")
    enqueue(portal, "http://fourth.example/")
    enqueue(portal, "http://fifth.example/")
    found = [row.payload for row in rows(portal)]
    assert [
        name for name in ("first", "second", "third", "fourth", "fifth") if any(name in text for text in found)
    ] == [
        "first",
        "third",
        "fourth",
        "fifth",
    ]
    job = claim(portal, "a", now_ms() + 1)
    assert job is not None
    assert finish(portal, "a", job)
    enqueue(portal, "http://late.example/", once="offline-1-7")
    assert len(rows(portal)) == 4


def test_finished_jobs_are_removed_after_seven_days(portal: Portal) -> None:
    for _ in range(3):
        enqueue(portal)
    for age in (KEPT_MS + 60_000, KEPT_MS - 60_000):
        job = claim(portal, "a", now_ms() + 1)
        assert job is not None

        def old(tx: Tx, job: Job = job, age: int = age) -> bool:
            return queue.finish(tx, "a", job, outcome="delivered", problem="", now=now_ms() - age)

        assert portal.parts.db.write_here(old)
    before = rows(portal)
    process = source(portal)
    process.prepare()
    while attempt(process, now_ms() + 1, SCHEDULE):
        pass
    assert rows(portal) == before[1:]


def test_a_schedule_runs_once_for_all_processes_and_is_due_again(portal: Portal) -> None:
    processes = [source(portal) for _ in range(3)]
    for process in processes:
        process.prepare()
    stored = rows(portal, SCHEDULE)
    pictures = schedule_name(portal.parts.services.previews.standard)
    known = ["trash", "forgotten-media", pictures, "finished-jobs"]
    assert [row.once for row in stored] == [f"schedule:{name}" for name in known]
    ran = 0
    while more := sum(attempt(process, now_ms() + 1, SCHEDULE) for process in processes):
        ran += more
    assert ran == len(known)
    for row in rows(portal, SCHEDULE):
        assert (row.outcome, row.attempts, row.finished_at) == ("done", 1, None)
        assert now_ms() < row.due_at <= now_ms() + DAY_MS
    for process in processes:
        process.prepare()
    later = rows(portal, SCHEDULE)
    assert later == rows(portal, SCHEDULE)
    assert len(later) == len(known)
    assert attempt(processes[0], max(row.due_at for row in later), SCHEDULE)  # nobody ran at that time: it follows


@pytest.mark.parametrize(
    ("now", "after"),
    [("2026-12-01 03:16:59", "2026-12-01 03:17:00"), ("2026-12-01 03:17:00", "2026-12-02 03:17:00")],
)
def test_a_schedule_follows_the_clock(now: str, after: str) -> None:
    def ms(text: str) -> int:
        return int(time.mktime(time.strptime(f"{text} UTC", "%Y-%m-%d %H:%M:%S %Z")) - time.timezone) * 1000

    schedule = Schedule(lambda: None, DAY_MS, 3 * 3_600_000 + 17 * 60_000)
    assert schedule.next_after(ms(now)) == ms(after)


async def test_pages_to_render_again_are_a_job(portal: Portal) -> None:
    site_id, _, _ = await portal.published()
    await portal.call("landing.landing.publication", lid=await portal.page(site_id, "other"))
    await portal.call("landing.site.update", id=site_id, fields={"ADDITIONAL_FIELDS": {"THEME_CODE": "wedding"}})
    assert attempt(source(portal), now_ms() + 1, REFRESH)
    assert [(row.portal_id, row.outcome) for row in rows(portal, REFRESH)] == [(portal.id, "done")]


def test_a_stopping_process_gives_back_what_may_be_repeated(portal: Portal) -> None:
    """Not an event: it may be on its way to its handler."""
    enqueue(portal)
    process = source(portal)
    process.prepare()
    now = now_ms() + 1
    for kind in (EVENT, SCHEDULE):
        assert process.claim((kind,), now, now + LEASE_MS) is not None
    process.release()
    assert [row.claimed_by for row in rows(portal)] == [process.worker]
    assert {row.claimed_by for row in rows(portal, SCHEDULE)} == {None}


@pytest.fixture
def runner(portal: Portal) -> Iterator[JobRunner]:
    """A running worker that hardly polls."""
    parts = portal.parts
    running = JobRunner(parts.services, event_job(portal), parts.job_listeners, poll_seconds=600)
    running.start()
    yield running
    running.stop()


@pytest.mark.usefixtures("runner")
def test_a_commit_wakes_the_worker_of_its_process(portal: Portal, handler: Handler) -> None:
    wait_until("the schedules ran", lambda: all(row.outcome == "done" for row in rows(portal, SCHEDULE)))
    for number in range(12):
        enqueue(portal, f"{handler.address}&number={number}")
    wait_until("every event is delivered", lambda: len(handler.got) == 12)
    wait_until("every outcome is stored", lambda: {row.outcome for row in rows(portal)} == {"delivered"})


@pytest.mark.usefixtures("runner")
def test_the_clock_of_the_portal_does_not_stop_deliveries(portal: Portal, handler: Handler) -> None:
    portal.parts.services.clock.set(1_000_000.0, frozen=True)
    enqueue(portal, handler.address)
    wait_until("the event is delivered", lambda: handler.got)


def test_jobs_start_when_the_database_answers_again(portal: Portal, handler: Handler) -> None:
    """Whether it was away at the start or later, the log has a line at the beginning and one at the end."""
    enqueue(portal, handler.address)
    runner = JobRunner(portal.parts.services, event_job(portal), portal.parts.job_listeners, poll_seconds=0.05)
    with capture_logs() as lines:
        rename(portal, "jobs", "jobs_away")
        runner.start()
        wait_until("the failure is logged", lambda: "worker_cannot_claim" in [line["event"] for line in lines])
        time.sleep(1.5)  # another attempt fails
        assert handler.got == []
        rename(portal, "jobs_away", "jobs")
        wait_until("the event is delivered", lambda: handler.got)
        wait_until("its outcome is stored", lambda: {row.outcome for row in rows(portal)} == {"delivered"})
        runner.stop()
    told = [line["event"] for line in lines if line["event"].startswith("worker_")]
    assert told == ["worker_cannot_claim", "worker_claims_again"]
    assert len(rows(portal, SCHEDULE)) > 0


def rename(portal: Portal, table: str, name: str) -> None:
    with portal.parts.db.engine.begin() as session:
        session.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {name}")


async def test_a_restored_snapshot_forgets_the_jobs_of_portals(portal: Portal) -> None:
    kit = portal.parts.kit
    assert kit is not None
    enqueue(portal, once="before")
    kit.snapshots.create("kept")
    source(portal).prepare()
    enqueue(portal, once="after")
    schedules = rows(portal, SCHEDULE)
    await kit.go_back("kept")
    assert rows(portal) == []
    assert rows(portal, SCHEDULE) == schedules
    enqueue(portal, once="after")  # its key is free again
    assert len(rows(portal)) == 1
