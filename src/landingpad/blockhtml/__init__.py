"""Reading and changing the HTML of blocks: pure functions on strings.

A change keeps every byte that it does not concern.
"""

from landingpad.blockhtml.attrs import update_attrs
from landingpad.blockhtml.cards import add_card, clone_card, remove_card, update_cards
from landingpad.blockhtml.check import SPLITTER, check
from landingpad.blockhtml.clean import clean_html, clean_inline, clean_text, safe_picture
from landingpad.blockhtml.forms import with_form_targets
from landingpad.blockhtml.limits import MOST_BYTES, checked, problem_of, text_size
from landingpad.blockhtml.maps import with_map_places
from landingpad.blockhtml.renew import Design, renew
from landingpad.blockhtml.selection import section
from landingpad.blockhtml.styles import change_node_name, update_styles
from landingpad.blockhtml.values import update_nodes
from landingpad.blockhtml.wrapper import default_anchor, is_valid_anchor, wrap

__all__ = [
    "MOST_BYTES",
    "SPLITTER",
    "Design",
    "add_card",
    "change_node_name",
    "check",
    "checked",
    "clean_html",
    "clean_inline",
    "clean_text",
    "clone_card",
    "default_anchor",
    "is_valid_anchor",
    "problem_of",
    "remove_card",
    "renew",
    "safe_picture",
    "section",
    "text_size",
    "update_attrs",
    "update_cards",
    "update_nodes",
    "update_styles",
    "with_form_targets",
    "with_map_places",
    "wrap",
]
