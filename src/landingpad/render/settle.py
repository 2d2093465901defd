"""What is done to a page before it is photographed: everything has come, nothing moves, nothing lies over it."""

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

# Before anything is drawn, in every frame: a sheet that comes later would have the whole page styled a second time.
FROM_THE_BEGINNING = f"""(() => {{
  const sheet = new CSSStyleSheet();
  sheet.replaceSync({json.dumps(_STYLE)});
  document.adoptedStyleSheets = [sheet];
}})();"""

# Animations go to the state in which they end, those that never end to the one in which they begin. Lazy images begin
# to load only when the window is laid out; in a picture of the whole page all of them count. Gives the number of images
# and fonts that did not come in time.
_SCRIPT = """(async (whole, patience) => {
  // A frame without scripts has no place to run any, nor our sheet, until somebody looks into it.
  const wake = frame => {
    try { void frame.document; for (let at = 0; at < frame.length; at++) wake(frame[at]); } catch { /* another's */ }
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
    """Return JavaScript that settles a page and gives how many images and fonts did not come in `image_seconds`."""
    return f"{_SCRIPT}({json.dumps(whole)}, {image_seconds * 1000:.0f})"
