"""configuration.*: settings of other tools of a portal, which applications bring along (configuration_import/*)."""

from typing import Annotated, Any

from landingpad.errors import ManifestNotAvailable
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Runs, method


@method(
    "configuration.import.register",
    scope="configuration.import",
    runs=Runs.FREE,
    any_case=True,
    raises=[ManifestNotAvailable],
    doc="rest_help/configuration_import/configuration_import_register.php",
)
def register(
    call: Call,
    data: Annotated[
        dict[str, Any] | None, Doc("MANIFEST with the CODE of what is imported, STRUCTURE and FILES.")
    ] = None,
) -> dict[str, int]:
    """Start the import of a configuration, if the portal has a manifest for it.

    A manifest belongs to a tool of the portal whose settings can be moved, such as a CRM. There is none here, so every
    code is refused as the documentation says. A site is moved by landing.site.fullExport and `landingpad site import`.
    """
    manifest = (data or {}).get("MANIFEST")
    code = manifest.get("CODE") if isinstance(manifest, dict) else None
    if not code:
        raise ManifestNotAvailable(f"{ManifestNotAvailable.text}: MANIFEST has no CODE.")
    raise ManifestNotAvailable(
        f"{ManifestNotAvailable.text}: no configuration {str(code)[:100]!r} can be imported here."
    )
