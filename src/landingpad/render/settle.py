"""Settling of a page before it is photographed: wait for images and fonts, stop animations, hide overlays."""

import json

_OVERLAYS = (
    # Notices about cookies
    "#onetrust-consent-sdk",
    "#CybotCookiebotDialog",
    "#cookiescript_injected",
    "#didomi-host",
    "#usercentrics-root",
    "#qc-cmp2-container",
    ".cc-window",
    ".cky-consent-container",
    ".osano-cm-window",
    ".truste_overlay",
    ".iubenda-cs-container",
    "#cookie-notice",
    "#cookie-law-info-bar",
    # Chat widgets
    ".b24-widget-button-wrapper",
    "#jivo-iframe-container",
    "jdiv",
    "#tawkchat-container",
    "#intercom-container",
    ".intercom-lightweight-app",
    "#hubspot-messages-iframe-container",
    "#drift-widget-container",
    "#crisp-chatbox",
    "#chat-widget-container",
    "#fb-root .fb_dialog",
    ".zEWidget-launcher",
)
_STYLE = f"{', '.join(_OVERLAYS)} {{ display: none !important }} * {{ caret-color: transparent !important }}"

# Runs in every frame before anything is drawn; a later style sheet would restyle the whole page.
BEFORE_LOAD_SCRIPT = f"""(() => {{
  const sheet = new CSSStyleSheet();
  sheet.replaceSync({json.dumps(_STYLE)});
  document.adoptedStyleSheets = [sheet];
}})();"""

# Finite animations jump to their end, infinite ones to their start. Lazy images start to load when the window is laid
# out; in a picture of the whole page all of them count. Returns the number of images and fonts that did not load in
# time.
_SCRIPT = """(async (whole, patience) => {
  // A frame without scripts gets no script context, and thus not our style sheet, until its document is accessed.
  const wake = frame => {
    try { void frame.document; for (let at = 0; at < frame.length; at++) wake(frame[at]); } catch { /* other origin */ }
  };
  wake(window);
  const still = () => document.getAnimations().forEach(animation => {
    try { animation.finish(); } catch { animation.cancel(); }
  });
  document.querySelectorAll('svg').forEach(svg => svg.pauseAnimations?.());
  document.querySelectorAll('video').forEach(video => {
    video.autoplay = false;
    video.pause();
    if (video.poster) video.load();
  });
  still();
  const shown = one => {
    const box = one.getBoundingClientRect();
    return whole || box.top < innerHeight && box.bottom >= 0 && box.left < innerWidth && box.right >= 0;
  };
  const unfinished = [...document.images].filter(image => !image.complete && shown(image));
  unfinished.forEach(image => image.loading = 'eager');
  if (whole) document.querySelectorAll('iframe[loading=lazy]').forEach(frame => frame.loading = 'eager');
  let late = 0;
  const inTime = promise => Promise.race([
    promise.catch(() => 0),
    new Promise(done => setTimeout(() => { late++; done(); }, patience)),
  ]);
  const awaited = unfinished.map(image => image.decode());
  if (document.fonts.status !== 'loaded') awaited.push(document.fonts.ready);
  if (awaited.length) {
    await Promise.all(awaited.map(inTime));
    still();
  }
  return late;
})"""


def settle_script(*, whole: bool, image_seconds: float) -> str:
    """Return JavaScript that settles a page and returns how many images and fonts did not load in `image_seconds`."""
    return f"{_SCRIPT}({json.dumps(whole)}, {image_seconds * 1000:.0f})"
