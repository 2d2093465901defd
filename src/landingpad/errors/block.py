"""Errors of blocks on pages, and of blocks that applications register (landing/block/**, landing/user-blocks/*.md)."""

from landingpad.errors import ApiError


class BlockNotFound(ApiError):
    code = "BLOCK_NOT_FOUND"
    text = "Block not found"


class BlockCannotBeAdded(ApiError):
    code = "BLOCK_CANT_BE_ADDED"
    text = "Cannot add block because it is not intended for this type of page."


class CardNotFound(ApiError):
    code = "CARD_NOT_FOUND"
    text = "Card not found in the block"


class BadAnchor(ApiError):
    code = "BAD_ANCHOR"
    text = (
        "The anchor must start with a character from a-z, have two or more characters, "
        'and may only contain characters from "a-z", "0-9", "-", "_", ".", ":"'
    )


class NodesNotFound(ApiError):
    code = "NODES_NOT_FOUND"
    text = "No nodes found for modification"


class IncorrectAffected(ApiError):
    code = "INCORRECT_AFFECTED"
    text = "A value does not fit the type of its node."


class BlockWrongSort(ApiError):
    code = "BLOCK_WRONG_SORT"
    text = "The block is already the first or last of the page and cannot move further."


class FileProblem(ApiError):
    code = "FILE_ERROR"
    text = "File upload error. The file may not be a graphic."


class RequiredFieldMissing(ApiError):
    code = "REQUIRED_FIELD_NO_EXISTS"
    text = "A required field is missing."


class ManifestIntersects(ApiError):
    code = "MANIFEST_INTERSECT_IMG"
    text = "A node of the manifest also has a style type that sets a picture."


class ContentIsBad(ApiError):
    code = "CONTENT_IS_BAD"
    text = "The content of the block is not safe."


class PresetContentIsBad(ApiError):
    code = "PRESET_CONTENT_IS_BAD"
    text = "The content of a preset is not safe."


class UnsupportedBlockType(ApiError):
    code = "UNSUPPORTED_BLOCK_TYPE"
    text = "Blocks of this type cannot be registered."


class UnsupportedBlockSubtype(ApiError):
    code = "UNSUPPORTED_BLOCK_SUBTYPE"
    text = "Blocks of this subtype cannot be registered."


class PlacementDoesNotExist(ApiError):
    code = "PLACEMENT_NO_EXIST"
    text = "Such embedding placement does not exist"
