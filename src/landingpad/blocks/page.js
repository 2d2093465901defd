/* Script of published pages: sliders, galleries, countdowns, videos. Blocks use it by classes and data-* attributes
   (landing/block/interactive/*.md). Without it they can still be read and scrolled. It sends no requests, stores
   nothing, and never turns an attribute into markup. */
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const make = (name, classes, attributes = {}) => {
    const element = document.createElement(name);
    element.className = classes;
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    return element;
  };
  const yes = (value) => value === true || value === "true" || value === "1" || value === "Y" || value === "";
  const classesOf = (text) => (text || "").split(/\s+/).filter((name) => name && !/^fa(-|$)/.test(name)).join(" ");

  /* Sliders: a row that scrolls and snaps, with arrows, dots, keys and autoplay. */
  const sliders = new Map();
  const NAMES = { slidesToShow: "slidesShow", slidesToScroll: "slidesScroll", autoplaySpeed: "speed", dots: "dots" };

  function slider(root) {
    const data = root.dataset;
    const slides = all(":scope > .js-slide", root);
    const count = slides.length;
    if (!count) return;
    let rules = [];
    try { rules = JSON.parse(data.responsive || "[]"); } catch { rules = []; }
    if (!Array.isArray(rules)) rules = [];
    rules = rules.filter((rule) => rule && rule.breakpoint && rule.settings)
      .sort((one, other) => other.breakpoint - one.breakpoint);
    const setting = (name, fallback) => {
      let value = name in data ? data[name] : fallback;
      for (const rule of rules) {
        if (innerWidth >= rule.breakpoint) continue;
        for (const key in rule.settings) if ((NAMES[key] || key) === name) value = rule.settings[key];
      }
      return value;
    };
    const number = (name, fallback) => Math.max(1, parseInt(setting(name, fallback), 10) || fallback);

    const track = make("div", "lp-track", { tabindex: "0", role: "group", "aria-label": data.label || "Slides" });
    track.append(...slides);
    root.append(track);
    root.classList.add("lp-slider");
    root.setAttribute("role", "region");
    root.setAttribute("aria-roledescription", "carousel");
    if (!root.hasAttribute("aria-label")) root.setAttribute("aria-label", data.label || "Carousel");
    if (yes(setting("rtl", "false"))) track.dir = "rtl";
    if ("lazyLoad" in data) for (const image of all("img", track)) image.loading = "lazy";
    let at = 0, timer = 0, held = false, resting = false, waiting = 0;

    const show = () => Math.min(number("slidesShow", 1), count);
    const rows = () => number("rows", 1);
    const fade = () => yes(setting("fade", "false")) && show() === 1;
    const vertical = () => yes(setting("vertical", "false"));
    const last = () => (fade() ? count - 1 : Math.max(0, Math.ceil(count / rows()) - show()));
    const stops = () => Math.ceil(last() / number("slidesScroll", 1)) + 1;

    const button = (side, label) => {
      const element = make("button", `lp-arrow lp-arrow-${side}`, { type: "button", "aria-label": label });
      element.addEventListener("click", () => { resting = true; step(side === "next" ? 1 : -1); });
      return element;
    };
    const own = `${classesOf(data.arrowsClasses)} `;
    const arrows = "arrowsClasses" in data || rules.some((rule) => rule.settings.arrows)
      ? [button("prev", "Previous"), button("next", "Next")] : [];
    arrows.forEach((arrow, n) => {
      arrow.className += ` ${own}${classesOf(n ? data.arrowRightClasses : data.arrowLeftClasses)}`;
    });
    root.append(...arrows);
    const dots = make("div", `lp-dots ${classesOf(data.pagiClasses)}`, { role: "group", "aria-label": "Choose a slide" });
    if ("pagiClasses" in data) root.append(dots);
    const plays = yes(setting("autoplay", "false")) && count > 1;
    const pause = make("button", "lp-pause", { type: "button", "aria-label": "Pause" });
    if (plays && !still.matches) {
      pause.addEventListener("click", () => { resting = !resting; mark(); });
      root.append(pause);
    }

    function layout() {
      root.classList.toggle("lp-fade", fade());
      root.classList.toggle("lp-vertical", vertical());
      root.classList.toggle("lp-centred", yes(setting("centerMode", "false")));
      root.classList.toggle("lp-varied", yes(setting("variableWidth", "false")));
      root.style.setProperty("--lp-show", show());
      root.style.setProperty("--lp-rows", rows());
      const padding = setting("centerPadding", "50px");
      root.style.setProperty("--lp-edge", /^\d+(px|%|rem|em|vw)$/.test(padding) ? padding : "50px");
      if (vertical()) {
        const tallest = Math.max(...slides.map((slide) => slide.scrollHeight));
        track.style.height = `${tallest * show()}px`;
      } else if (!yes(setting("adaptiveHeight", "false"))) track.style.height = "";
      const hide = "arrows" in data || rules.length ? yes(setting("arrows", "true")) : true;
      arrows.forEach((arrow) => { arrow.hidden = !hide || last() === 0; });
      if (dots.childElementCount !== stops()) {
        dots.replaceChildren(...Array.from({ length: stops() }, (_, n) => {
          const dot = make("button", "lp-dot", { type: "button", "aria-label": `Slide ${n + 1}` });
          dot.addEventListener("click", () => { resting = true; go(Math.min(n * number("slidesScroll", 1), last())); });
          return dot;
        }));
      }
      dots.hidden = last() === 0;
      mark();
    }

    const column = (n) => slides[Math.min(n * rows(), count - 1)];
    function mark() {
      const step = number("slidesScroll", 1);
      const current = at >= last() ? stops() - 1 : Math.floor(at / step);
      [...dots.children].forEach((dot, n) => { dot.setAttribute("aria-current", n === current ? "true" : "false"); });
      pause.setAttribute("aria-label", resting ? "Play" : "Pause");
      pause.classList.toggle("lp-resting", resting);
      const ends = !yes(setting("infinite", "false")) && !plays;
      if (arrows.length) {
        arrows[0].disabled = ends && at <= 0;
        arrows[1].disabled = ends && at >= last();
      }
      slides.forEach((slide, n) => {
        const place = Math.floor(n / rows());
        slide.classList.toggle("lp-current", place === at);
        if (fade()) slide.inert = place !== at; else slide.inert = false;
      });
      if (yes(setting("adaptiveHeight", "false")) && !vertical()) {
        const seen = slides.slice(at, at + show());
        track.style.height = `${Math.max(...seen.map((slide) => slide.firstElementChild
          ? slide.firstElementChild.getBoundingClientRect().height : slide.offsetHeight))}px`;
      }
    }
    function go(to, followed) {
      at = Math.max(0, Math.min(to, last()));
      if (!fade()) {
        const slide = column(at), centre = root.classList.contains("lp-centred");
        const away = vertical() ? track.clientHeight - slide.offsetHeight : track.clientWidth - slide.offsetWidth;
        const where = (vertical() ? slide.offsetTop : slide.offsetLeft) - (centre ? away / 2 : 0);
        waiting = Date.now();
        track.scrollTo({ [vertical() ? "top" : "left"]: where, behavior: still.matches ? "auto" : "smooth" });
      }
      mark();
      if (!followed) follow();
    }
    function follow() {
      for (const [other, its] of sliders) {
        const linked = (from, to) => { try { return !!from && to.matches(from); } catch { return false; } };
        if (other !== root && (linked(data.navFor, other) || linked(its.navFor, root))) its.go(at, true);
      }
    }
    function step(way) {
      const by = number("slidesScroll", 1), turns = yes(setting("infinite", "false")) || plays;
      let to = at + way * by;
      if (to > last()) to = at < last() ? last() : turns ? 0 : last();
      if (to < 0) to = at > 0 ? 0 : turns ? last() : 0;
      go(to);
    }
    track.addEventListener("scroll", () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (fade() || Date.now() - waiting < 600) return;
        const start = vertical() ? track.scrollTop : Math.abs(track.scrollLeft);
        let nearest = 0, least = Infinity;
        for (let n = 0; n <= last(); n++) {
          const slide = column(n);
          const distance = Math.abs((vertical() ? slide.offsetTop : Math.abs(slide.offsetLeft)) - start);
          if (distance < least) { least = distance; nearest = n; }
        }
        if (nearest !== at) { at = nearest; mark(); follow(); }
      }, 120);
    }, { passive: true });
    track.addEventListener("keydown", (event) => {
      if (event.target !== track) return;
      const way = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: vertical() ? 1 : 0, ArrowUp: vertical() ? -1 : 0 }[event.key];
      if (event.key === "Home") go(0);
      else if (event.key === "End") go(last());
      else if (way) { resting = true; step(track.dir === "rtl" ? -way : way); }
      else return;
      event.preventDefault();
    });
    if (yes(data.isThumbs)) slides.forEach((slide, n) => slide.addEventListener("click", () => go(Math.floor(n / rows()))));
    if (plays) {
      if (yes(setting("pauseHover", "true"))) {
        root.addEventListener("pointerenter", () => { held = true; });
        root.addEventListener("pointerleave", () => { held = false; });
      }
      root.addEventListener("focusin", () => { held = true; });
      root.addEventListener("focusout", () => { held = false; });
      setInterval(() => { if (!held && !resting && !still.matches && !document.hidden) step(1); }, Math.max(1500, number("speed", 5000)));
    }
    sliders.set(root, { go, navFor: data.navFor });
    addEventListener("resize", layout);
    layout();
    const first = parseInt(data.initialSlide, 10) || 0;
    if (first) {
      at = Math.min(first, last());
      if (!fade()) track.scrollLeft = column(at).offsetLeft;
      mark();
    }
  }

  /* Galleries: pictures open enlarged in a dialog. */
  function gallery(root) {
    const pictures = all("img[data-fancybox][src]", root).filter((image) => !image.closest("a"));
    const links = pictures.map((image, n) => {
      const link = make("a", `lp-zoom ${classesOf(image.dataset.linkClasses)}`, {
        href: image.getAttribute("src"), "aria-label": `Enlarge: ${image.alt || `picture ${n + 1}`}`,
      });
      image.before(link);
      link.append(image);
      link.addEventListener("click", (event) => { event.preventDefault(); enlarge(n); });
      return link;
    });
    function enlarge(n) {
      const dialog = make("dialog", "lp-large", { "aria-label": "Pictures" });
      const figure = make("figure", ""), image = make("img", ""), text = make("figcaption", "", { "aria-live": "polite" });
      const button = (classes, label, act) => {
        const element = make("button", classes, { type: "button", "aria-label": label });
        element.addEventListener("click", act);
        return element;
      };
      const turn = (way) => {
        n = (n + way + pictures.length) % pictures.length;
        const source = pictures[n];
        image.srcset = source.srcset || "";
        image.src = source.getAttribute("src");
        image.alt = source.alt;
        text.textContent = pictures.length > 1 ? `${source.alt} (${n + 1} / ${pictures.length})` : source.alt;
      };
      figure.append(image, text);
      dialog.append(figure, button("lp-close", "Close", () => dialog.close()));
      if (pictures.length > 1) {
        dialog.append(button("lp-arrow lp-arrow-prev", "Previous", () => turn(-1)), button("lp-arrow lp-arrow-next", "Next", () => turn(1)));
      }
      dialog.addEventListener("keydown", (event) => {
        const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (way) { turn(way); event.preventDefault(); }
      });
      dialog.addEventListener("click", (event) => { if (event.target === dialog || event.target === figure) dialog.close(); });
      dialog.addEventListener("close", () => { dialog.remove(); links[n].focus(); });
      turn(0);
      document.body.append(dialog);
      dialog.showModal();
    }
  }

  /* Countdowns: the time left until a moment, by the clock of the visitor's browser. */
  function countdown(root) {
    const data = root.dataset, end = Number(data.endDate), start = Number(data.startDate) || 0;
    if (!Number.isFinite(end) || !data.endDate) return;
    const parts = { years: "%Y", month: "%m", days: "%D", hours: "%H", minutes: "%M", seconds: "%S" };
    const shown = Object.keys(parts).map((name) => [name, all(`.js-cd-${name}`, root)]).filter(([, found]) => found.length);
    if (!root.hasAttribute("role")) root.setAttribute("role", "timer");
    const left = () => {
      const now = Math.max(Date.now(), start), seconds = Math.max(0, Math.floor((end - now) / 1000));
      const values = { T: seconds, N: Math.floor(seconds / 60), I: Math.floor(seconds / 3600), D: Math.floor(seconds / 86400) };
      values.W = Math.floor(values.D / 7);
      values.d = values.D % 7;
      values.H = values.I % 24;
      values.M = values.N % 60;
      values.S = seconds % 60;
      const from = new Date(now), to = new Date(Math.max(end, now));
      let months = (to.getFullYear() - from.getFullYear()) * 12 + to.getMonth() - from.getMonth();
      const after = (n) => { const day = new Date(from); day.setMonth(day.getMonth() + n); return day; };
      if (months > 0 && after(months) > to) months--;
      values.Y = Math.floor(months / 12);
      values.m = months % 12;
      values.n = Math.floor((to - after(months)) / 86400000);
      return values;
    };
    const tick = () => {
      const values = left();
      for (const [name, elements] of shown) {
        const format = data[`${name}Format`] || parts[name];
        const text = format.replace(/%(-?)([YmnWdDHIMNST])/g, (_, bare, unit) =>
          bare ? String(values[unit]) : String(values[unit]).padStart(2, "0"));
        for (const element of elements) if (element.textContent !== text) element.textContent = text;
      }
      const expired = classesOf(data.daysExpiredClasses);
      if (expired) for (const name of expired.split(" ")) root.classList.toggle(name, values.D === 0);
      root.classList.toggle("lp-over", values.T === 0);
      if (values.T === 0) clearInterval(clock);
    };
    const clock = setInterval(tick, 1000);
    tick();
  }

  /* Videos: a picture with a play button; the video service is contacted only when it is pressed. */
  const FRAMES = [
    "www.youtube.com/embed/", "youtube.com/embed/", "www.youtube-nocookie.com/embed/", "player.vimeo.com/video/",
    "rutube.ru/play/embed/", "vk.com/video_ext.php", "vkvideo.ru/video_ext.php", "ok.ru/videoembed/",
    "www.dailymotion.com/embed/", "geo.dailymotion.com/player", "fast.wistia.net/embed/", "www.loom.com/embed/",
    "www.google.com/maps/", "maps.google.com/maps", "yandex.ru/map-widget/", "yandex.com/map-widget/",
    "www.openstreetmap.org/export/embed.html", "www.facebook.com/plugins/video.php", "w.soundcloud.com/player/",
    "open.spotify.com/embed/",
  ];
  function film(root) {
    const address = (root.dataset.src || "").trim().replace(/^(?:https?:)?\/\//i, "");
    if (!FRAMES.some((frame) => address.toLowerCase().startsWith(frame)) || root.childElementCount) return;
    const label = root.getAttribute("aria-label") || root.title || "Play the video";
    const button = make("button", "lp-play", { type: "button", "aria-label": label });
    if (root.dataset.preview) button.append(make("img", "", { src: root.dataset.preview, alt: "" }));
    button.append(make("span", ""));
    button.addEventListener("click", () => {
      const url = new URL(`https://${address}`);
      if (/youtube|vimeo/.test(url.host)) url.searchParams.set("autoplay", "1");
      const frame = make("iframe", "", { src: url, title: label, allow: "autoplay; fullscreen", allowfullscreen: "" });
      button.replaceWith(frame);
      frame.focus();
    });
    root.append(button);
  }

  all(".js-carousel").forEach(slider);
  all(".js-gallery-cards").forEach(gallery);
  all(".js-countdown").forEach(countdown);
  all(".js-embed").forEach(film);
})();
