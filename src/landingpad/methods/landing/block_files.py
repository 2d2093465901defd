"""landing.block.uploadfile: pictures for blocks."""

import asyncio
import base64
import binascii
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from landingpad.domain.block import files
from landingpad.domain.people.rights import Right
from landingpad.errors.block import BlockNotFound, FileProblem
from landingpad.media.picture import LARGEST_FILE, LARGEST_SIDE, Box, NotAPictureError
from landingpad.media.upload import UploadedFile
from landingpad.methods.landing.access import find_block
from landingpad.methods.wire import given_int
from landingpad.network.outgoing import OutgoingError
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Runs, method
from landingpad.store.db.engine import Tx

_HOW: Mapping[int, Literal["fit", "longer", "crop"]] = {0: "fit", 1: "longer", 2: "crop"}
_DEFAULT_HOW = 1


@method(
    "landing.block.uploadfile",
    needs=Right.EDIT,
    runs=Runs.FREE,
    raises=[BlockNotFound, FileProblem],
    takes_files=True,
    doc="api-reference/landing/block/methods/landing-block-upload-file.md",
)
async def uploadfile(
    call: Call,
    block: Annotated[int, Doc("Id of the block for which the picture is stored.", see="landing.block.getlist")],
    picture: Annotated[
        Any, Doc("Address of a picture, or [file name, Base64 content], or a file of a multipart form.")
    ],
    ext: Annotated[str | None, Doc("Accepted; the type is detected from the content.")] = None,
    params: Annotated[
        dict[str, Any] | None,
        Doc(
            "width and height: largest size in pixels, both needed; resize_type: 0 fit, 1 by the longer side (the "
            "default), 2 crop."
        ),
    ] = None,
    temp: Annotated[bool, Doc("Accepted; files are kept as long as the portal.")] = False,
) -> dict[str, Any]:
    """Store a picture and return its id and src. landing.block.updatenodes puts it into the block."""
    services = call.services

    def check(tx: Tx) -> None:
        call.begin(tx)
        page, _ = find_block(call, block)
        if not call.may(Right.EDIT, page.site_id):
            raise BlockNotFound("Block not found, or you may not edit it.")

    await services.db.read(check)
    data, name = await _content(call, picture)
    box = _box(params or {})
    try:
        stored = await services.pictures.read(data, name, box, owner=call.user.id)
    except NotAPictureError as error:
        raise FileProblem(f"File upload error. {error}") from error
    media_key = await asyncio.to_thread(services.media.put, stored.data, stored.kind)

    def write(tx: Tx) -> dict[str, Any]:
        call.begin(tx)
        find_block(call, block)  # the block may have been deleted while the file was read
        file = files.add(call, stored, media_key, block_id=block)
        return {"id": file.id, "src": files.address(file.media_key, file.name)}

    found: dict[str, Any] = await services.db.write(write, portal_id=call.portal_id)
    return found


async def _content(call: Call, picture: Any) -> tuple[bytes, str]:
    """Return the content and name of the sent file.

    Raises:
        FileProblem: the value has none of the three forms, or cannot be fetched.

    """
    if isinstance(picture, str):
        try:
            return await call.services.outgoing.get(picture, most_bytes=LARGEST_FILE), picture.partition("?")[0]
        except OutgoingError as error:
            raise FileProblem(f"File upload error. {error}.") from error
    return sent_file(picture)


def sent_file(picture: Any) -> tuple[bytes, str]:
    """Return the content and name of a file that stands in the call: [name, Base64], or a file of a form.

    Raises:
        FileProblem: the value has neither form.

    """
    if isinstance(picture, UploadedFile):
        return picture.data, picture.name
    members = list(picture.values()) if isinstance(picture, Mapping) else picture
    match members:
        case [UploadedFile() as file, *_]:
            return file.data, file.name
        case [str() as name, str() as text, *_]:
            return _decoded(text), name
    raise FileProblem("File upload error. Send an address, [file name, content as Base64], or a file of a form.")


def _decoded(text: str) -> bytes:
    if text.startswith("data:"):
        text = text.partition(",")[2]
    # Forms turn "+" into a space where the client forgot to encode it.
    text = text.strip().replace(" ", "+").replace("\r", "").replace("\n", "")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise FileProblem(f"File upload error. The content is not Base64: {error}.") from error


def _box(given: Mapping[str, Any]) -> Box | None:
    width, height = given_int(given, "width"), given_int(given, "height")
    if not isinstance(width, int) or not isinstance(height, int):
        return None
    if not 0 < width <= LARGEST_SIDE or not 0 < height <= LARGEST_SIDE:
        raise FileProblem(f"File upload error. width and height must be 1 to {LARGEST_SIDE} pixels.")
    how = given_int(given, "resize_type") if "resize_type" in given else _DEFAULT_HOW
    return Box(width, height, _HOW.get(how if isinstance(how, int) else 0, _HOW[_DEFAULT_HOW]))
