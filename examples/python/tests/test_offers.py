"""Run with `pytest`: Landingpad's plugin starts a portal inside this process; no other machine is contacted."""

import pytest
from offers import ApiError, Offers, UnreachableError


@pytest.fixture
def offers(webhook_url):
    return Offers(webhook_url, sleep=lambda _: None)


def test_an_offer_is_published(offers, portal):
    made = offers.publish("summer", "Summer sale", "Half price until Friday.")
    page = portal.get(made.address).text
    assert "Summer sale" in page
    assert "Half price until Friday." in page


def test_its_picture_can_be_seen(offers, portal):
    made = offers.publish("summer", "Summer sale", "Half price.")
    assert made.preview.endswith("/preview.jpg")
    assert portal.preview_image(made.site_id).startswith(b"\xff\xd8")


def test_offers_are_listed_in_order(offers):
    for code in ("summer", "autumn"):
        offers.publish(code, code.title(), "...")
    assert offers.codes() == ["summer", "autumn"]


def test_each_test_has_an_empty_portal(offers):
    assert offers.codes() == []


def test_a_call_to_a_busy_portal_is_retried(offers, portal):
    portal.fail_next("landing.site.add", "QUERY_LIMIT_EXCEEDED", times=2)
    offers.publish("summer", "Summer sale", "Half price.")
    portal.assert_called("landing.site.add", times=3)


def test_a_portal_that_stays_busy_is_given_up_after_four_tries(offers, portal):
    portal.fail_next("landing.site.getList", "OVERLOAD_LIMIT", times=100)
    with pytest.raises(ApiError, match="OVERLOAD_LIMIT"):
        offers.codes()
    portal.assert_called("landing.site.getList", times=4)


def test_a_refused_call_is_not_retried(offers, portal):
    portal.fail_next("landing.site.add", "ACCESS_DENIED", times=100)
    with pytest.raises(ApiError, match="ACCESS_DENIED"):
        offers.publish("summer", "Summer sale", "Half price.")
    portal.assert_called("landing.site.add", times=1)


@pytest.mark.parametrize("answer", ["reset", "half", "html_503", "not_json", "empty"])
def test_a_read_whose_answer_is_lost_is_retried(offers, portal, answer):
    portal.break_next("landing.site.getList", answer)
    assert offers.codes() == []


@pytest.mark.parametrize("answer", ["reset", "half", "html_503", "not_json", "empty"])
def test_no_second_site_is_created_when_an_answer_is_lost(offers, portal, answer):
    portal.break_next("landing.site.add", answer)
    with pytest.raises(UnreachableError):
        offers.publish("summer", "Summer sale", "Half price.")
    assert offers.codes() == ["summer"]
    portal.assert_called("landing.site.add", times=1)


def test_nothing_is_left_behind_when_the_plan_allows_no_more(offers, portal):
    portal.order("PUT", "portal", reached=["pages"])
    with pytest.raises(ApiError, match="PUBLIC_PAGE_REACHED"):
        offers.publish("summer", "Summer sale", "Half price.")
    assert offers.codes() == []
    portal.assert_called("landing.site.markDelete", times=1)


@pytest.mark.parametrize("number", range(20))
def test_a_portal_is_fresh_however_many_tests_there_are(offers, number):
    """The first site gets the same id in each test: nothing of the previous test is left."""
    assert offers.publish(f"summer{number}", "Summer sale", "Half price.").site_id == 1
