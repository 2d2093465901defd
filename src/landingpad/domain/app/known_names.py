"""Names of a full portal: scopes, events and placements of widgets.

Applications written for a full portal request them and bind handlers to them at installation. So all of them are known
and can be bound, but events of parts that this server lacks (CRM, tasks ...) are never emitted.
"""

from collections.abc import Mapping

ALL_SCOPES = tuple(
    """
    ai_admin appform baas biconnector bizproc booking calendar calendarmobile call cashbox catalog catalogmobile
    configuration.import contact_center crm delivery department disk documentgenerator entity forum
    humanresources humanresources.hcmlink iblock im im.import imbot imconnector imopenlines intranet landing
    landing_cloud lists log mail mailservice main messageservice mobile note notifications pay_system placement
    pull pull_channel rating rest rpa sale salescenter sign.b2e smile socialnetwork sonet_group task tasks
    tasks_extended tasksmobile telephony timeman user user.userfield user_basic user_brief userconsent
    userfieldconfig vote
    """.split()  # noqa: SIM905  # sixty quoted names are harder to read
)
"""Scopes that the method `scope` lists (scopes/permissions.md)."""

_CRM_OBJECTS = ("LEAD", "DEAL", "COMPANY", "CONTACT", "QUOTE", "INVOICE")
_CHANGES = ("ADD", "UPDATE", "DELETE")
EVENTS: Mapping[str, tuple[str, ...]] = {
    "": (
        "ONAPPUNINSTALL",
        "ONAPPINSTALL",
        "ONAPPUPDATE",
        "ONAPPPAYMENT",
        "ONAPPTEST",
        "ONAPPMETHODCONFIRM",
        "ONOFFLINEEVENT",
    ),
    "user": ("ONUSERADD",),
    "landing": (
        "ONLANDINGFORMSUBMIT",
    ),  # of this server: the documentation has no event for forms that are stored here
    "crm": tuple(f"ONCRM{name}{change}" for name in _CRM_OBJECTS for change in _CHANGES),
    "task": ("ONTASKADD", "ONTASKUPDATE", "ONTASKDELETE"),
}
"""Events by scope; "" for events of applications themselves."""

ONE_HANDLER_ONLY = frozenset({"PAGE_BACKGROUND_WORKER", "REST_APP_URI"})
"""Placements that accept only one handler of an application (widgets/placement-bind.md)."""
FOR_ONE_USER = frozenset({"PAGE_BACKGROUND_WORKER"})
"""Placements in which a widget can be bound for one user."""
LANDING_SETTINGS = "LANDING_SETTINGS"
LANDING_BLOCK = "LANDING_BLOCK_"
"""Prefix of placements at a block: LANDING_BLOCK_<code>, or LANDING_BLOCK_* for every block."""

PLACEMENTS: Mapping[str, tuple[str, ...]] = {
    "": (
        "DEFAULT",
        "LEFT_MENU",
        "PAGE_BACKGROUND_WORKER",
        "REST_APP_URI",
        "USER_PROFILE_MENU",
        "USER_PROFILE_TOOLBAR",
    ),
    "landing": (LANDING_SETTINGS, f"{LANDING_BLOCK}*"),
    "crm": tuple(
        f"CRM_{name}_{place}"
        for name in ("LEAD", "DEAL", "COMPANY", "CONTACT", "QUOTE")
        for place in ("LIST_MENU", "LIST_TOOLBAR", "DETAIL_TAB", "DETAIL_TOOLBAR", "DETAIL_ACTIVITY")
    ),
    "task": (
        "TASK_VIEW_TAB",
        "TASK_VIEW_SIDEBAR",
        "TASK_VIEW_TOP_PANEL",
        "TASK_LIST_CONTEXT_MENU",
        "TASK_USER_LIST_TOOLBAR",
        "TASK_GROUP_LIST_TOOLBAR",
    ),
    "telephony": ("CALL_CARD", "TELEPHONY_ANALYTICS_MENU"),
    "calendar": ("CALENDAR_GRIDVIEW",),
    "contact_center": ("CONTACT_CENTER",),
    "imopenlines": ("SETTING_CONNECTOR",),
    "im": ("IM_CONTEXT_MENU", "IM_NAVIGATION", "IM_SIDEBAR", "IM_TEXTAREA"),
}
"""Placements of widgets by scope."""
