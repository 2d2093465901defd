"""Translation of ids of the recorded portal."""

from landingpad.testing.drift.ids import Ids


def test_ids_of_answers_are_translated_in_later_calls() -> None:
    ids = Ids()
    ids.learn("landing.site.add", 312, 2)
    ids.learn("landing.landing.add", 312, 9)
    ids.learn("landing.landing.addblock", 4001, 77)
    ids.learn("landing.site.addFolder", 312, 5)
    assert ids.translated("landing.site.getPreview", {"id": 312}) == {"id": 2}
    assert ids.translated("landing.site.getPreview", {"id": "312"}) == {"id": "2"}
    assert ids.translated("landing.landing.getList", {"params": {"filter": {"=SITE_ID": [312], "ID": 312}}}) == {
        "params": {"filter": {"=SITE_ID": [2], "ID": 9}}
    }
    assert ids.translated("landing.block.updatenodes", {"lid": 312, "block": 4001, "data": {"t": "312"}}) == {
        "lid": 9,
        "block": 77,
        "data": {"t": "312"},
    }
    assert ids.translated("landing.landing.add", {"fields": {"SITE_ID": 312, "FOLDER_ID": "312", "CODE": "312"}}) == {
        "fields": {"SITE_ID": 2, "FOLDER_ID": "5", "CODE": "312"}
    }


def test_ids_are_learned_from_lists() -> None:
    ids = Ids()
    ids.learn("landing.block.getlist", [{"id": 10, "lid": 3}], [{"id": 20, "lid": 4}])
    ids.learn("landing.site.getList", [{"ID": "1"}], [{"ID": "8"}, {"ID": "9"}])  # not the same rows
    assert ids.translated("landing.block.getcontent", {"lid": 3, "block": 10}) == {"lid": 4, "block": 20}
    assert ids.translated("landing.site.getPreview", {"id": 1}) == {"id": 1}
