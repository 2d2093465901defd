"""How the HTML of a block is read and changed: pure functions on strings.

What a change does not name keeps its bytes.
"""

from landingpad.domain.nodes.clean import clean_html, clean_inline, clean_text
from landingpad.domain.nodes.values import update_nodes
from landingpad.domain.nodes.wrapper import default_anchor, is_valid_anchor, wrap

__all__ = ["clean_html", "clean_inline", "clean_text", "default_anchor", "is_valid_anchor", "update_nodes", "wrap"]
