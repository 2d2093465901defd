"""How the HTML of a block is read and changed: pure functions on strings.

What a change does not name keeps its bytes.
"""

from landingpad.domain.nodes.attrs import update_attrs
from landingpad.domain.nodes.cards import add_card, clone_card, remove_card, update_cards
from landingpad.domain.nodes.check import SPLITTER, check
from landingpad.domain.nodes.clean import clean_html, clean_inline, clean_text, safe_picture
from landingpad.domain.nodes.forms import with_targets
from landingpad.domain.nodes.maps import with_places
from landingpad.domain.nodes.renew import Design, renew
from landingpad.domain.nodes.selection import section
from landingpad.domain.nodes.styles import change_node_name, update_styles
from landingpad.domain.nodes.values import update_nodes
from landingpad.domain.nodes.wrapper import default_anchor, is_valid_anchor, wrap

__all__ = [
    "SPLITTER",
    "Design",
    "add_card",
    "change_node_name",
    "check",
    "clean_html",
    "clean_inline",
    "clean_text",
    "clone_card",
    "default_anchor",
    "is_valid_anchor",
    "remove_card",
    "renew",
    "safe_picture",
    "section",
    "update_attrs",
    "update_cards",
    "update_nodes",
    "update_styles",
    "with_places",
    "with_targets",
    "wrap",
]
