"""configuration.*: import of settings for other tools of a portal (configuration_import/*)."""

from typing import Annotated, Any

from landingpad.errors.calls import ManifestNotAvailable
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
        dict[str, Any] | None, Doc("MANIFEST with the CODE of the configuration, STRUCTURE and FILES.")
    ] = None,
) -> dict[str, int]:
    """Start the import of a configuration. This portal has no importable configuration, so every code is refused.

    Importable configurations belong to other tools, such as a CRM. To move a site, use landing.site.fullExport and
    `landingpad site import`.
    """
    manifest = (data or {}).get("MANIFEST")
    code = manifest.get("CODE") if isinstance(manifest, dict) else None
    if not code:
        raise ManifestNotAvailable(f"{ManifestNotAvailable.text}: MANIFEST has no CODE.")
    raise ManifestNotAvailable(
        f"{ManifestNotAvailable.text}: no configuration {str(code)[:100]!r} can be imported here."
    )
