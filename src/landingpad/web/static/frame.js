// Applications inside the portal: opens them in frames and answers their commands to the page.
"use strict";

(() => {
  // The application runs with its own origin. It cannot navigate this page or leave the sandbox.
  const SANDBOX =
    "allow-scripts allow-same-origin allow-forms allow-modals allow-popups allow-popups-to-escape-sandbox allow-downloads";
  const RENEW_BEFORE_SECONDS = 60;

  const page = document.querySelector("[data-app]");
  if (!page) return;
  const asked = JSON.parse(page.dataset.app);
  const title = document.getElementById("pagetitle");
  const problem = document.getElementById("app-problem");
  const frames = new Set();

  // -- the portal's own server

  class PortalError extends Error {}

  async function ask(path, body) {
    const options = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const headers = { "content-type": "application/json", "x-csrf": asked.csrf };
    let answer;
    try {
      answer = await fetch(path, { ...options, headers, credentials: "same-origin" });
    } catch {
      throw new PortalError("The portal does not answer. Check your connection.");
    }
    if (answer.redirected || !(answer.headers.get("content-type") || "").startsWith("application/json")) {
      throw new PortalError("Your session has ended. Reload the page and sign in again.");
    }
    const result = await answer.json();
    if (result.error) throw new PortalError(result.error);
    return result;
  }

  function showError(error) {
    if (!(error instanceof PortalError)) throw error;
    problem.textContent = error.message;
    problem.hidden = false;
  }

  // -- one application in one frame

  class AppFrame {
    /** Opens the application in a holder element; `slider` is the dialog around it, or null. */
    constructor(holder, opened, { heading, slider }) {
      this.opened = opened;
      this.init = opened.init;
      this.heading = heading;
      this.slider = slider;
      this.holder = holder;
      this.isFirstAnswer = true;
      this.keepTokens(opened.init);
      const element = document.createElement("iframe");
      element.name = opened.name;
      element.title = opened.title;
      element.setAttribute("sandbox", SANDBOX);
      holder.replaceChildren(element);
      this.element = element;
      frames.add(this);
      this.post();
    }

    /** Loads the application into the frame by a POST request with the tokens in its body. */
    post() {
      const form = document.createElement("form");
      form.method = "post";
      form.action = this.opened.action;
      form.target = this.opened.name;
      form.hidden = true;
      for (const [name, value] of Object.entries(this.opened.fields)) {
        const field = document.createElement("input");
        field.type = "hidden";
        field.name = name;
        field.value = value;
        form.append(field);
      }
      document.body.append(form);
      form.submit();
      form.remove();
      this.opened.fields = null;
    }

    close() {
      frames.delete(this);
      this.element.remove();
    }

    keepTokens(given) {
      this.init.AUTH_ID = given.AUTH_ID;
      this.init.REFRESH_ID = given.REFRESH_ID;
      this.expiresAt = performance.now() + Number(given.AUTH_EXPIRES) * 1000;
    }

    async renew() {
      this.keepTokens(await ask(`${this.opened.base}refresh`, this.opened.again));
    }

    secondsLeft() {
      return Math.max(0, Math.floor((this.expiresAt - performance.now()) / 1000));
    }

    /** Handles a message if it came from the application's origin and carries the id of this frame. */
    async receive(event) {
      if (event.origin !== this.opened.origin) return;
      const message = readMessage(event.data);
      if (!message || message.sid !== this.opened.sid) return;
      const command = this.commands[message.command];
      if (!command) return;
      const answer = (result) => {
        if (!message.id || !frames.has(this)) return;
        const text = result === undefined ? "" : JSON.stringify(result);
        event.source.postMessage(`${message.id}:${text}`, this.opened.origin);
      };
      try {
        await command.call(this, message.params || {}, answer);
      } catch (error) {
        showError(error);
      }
    }

    commands = Object.assign(Object.create(null), {
      // Start
      async getInitData(_, answer) {
        if (this.secondsLeft() < RENEW_BEFORE_SECONDS) await this.renew();
        const isFirst = this.init.FIRST_RUN && this.isFirstAnswer;
        this.isFirstAnswer = false;
        answer({ ...this.init, AUTH_EXPIRES: String(this.secondsLeft()), FIRST_RUN: isFirst });
      },
      async refreshAuth(_, answer) {
        await this.renew();
        const { AUTH_ID, REFRESH_ID } = this.init;
        answer({ AUTH_ID, REFRESH_ID, AUTH_EXPIRES: String(this.secondsLeft()) });
      },
      async setInstall(given, answer) {
        if (given.install) await ask(`${this.opened.base}started`, {});
        answer(given);
      },
      async setInstallFinish() {
        if (!this.init.INSTALL) return;
        await ask(`${this.opened.base}installed`, {});
        const target = new URL(location.href);
        target.searchParams.set("install_finished", "Y");
        location.replace(target);
      },

      // Options
      async setAppOption(given, answer) {
        if (!this.init.IS_ADMIN) return;
        const result = await ask(`${this.opened.base}options`, { of: "app", name: given.name, value: given.value });
        this.init.APP_OPTIONS = result.options;
        answer(result.options);
      },
      async setUserOption(given, answer) {
        const result = await ask(`${this.opened.base}options`, { of: "user", name: given.name, value: given.value });
        this.init.USER_OPTIONS = result.options;
        answer(given);
      },

      // Window
      resizeWindow(given, answer) {
        const height = parseInt(given.height, 10);
        const width = given.width === "100%" ? 0 : parseInt(given.width, 10);
        this.holder.style.width = width > 0 ? `${width}px` : "";
        if (height > 0) this.holder.style.height = `${height}px`;
        answer({ width: this.holder.offsetWidth, height: this.holder.offsetHeight });
      },
      reloadWindow() {
        location.reload();
      },
      setTitle(given, answer) {
        this.heading.textContent = String(given.title);
        answer(given);
      },
      setScroll(given, answer) {
        const to = parseInt(given.scroll, 10);
        if (to >= 0 && !this.slider) window.scrollTo(window.scrollX, to);
        answer(given);
      },
      async openApplication(given, answer) {
        await openSlider(this, given);
        answer();
      },
      closeApplication(_, answer) {
        answer();
        if (this.slider) this.slider.close();
        else if (asked.back) location.assign(asked.back);
      },
      openPath(_, answer) {
        answer({ result: "error", errorCode: "PATH_NOT_AVAILABLE" }); // none of the documented paths exists here
      },

      // Dialogs
      async selectUser(given, answer) {
        const many = given.mult === true;
        const chosen = await choose({ title: given.title || (many ? "Choose people" : "Choose a person"), many, list: people });
        if (chosen) answer(many ? chosen : chosen[0]);
      },
      async selectAccess(given, answer) {
        const taken = new Set(Array.isArray(given.value) ? given.value.map(String) : []);
        const list = async (words) => (await ask(`/apps/access?find=${encodeURIComponent(words)}`)).found;
        const chosen = await choose({ title: given.title || "Choose who has access", many: true, list, taken });
        if (chosen) answer(chosen.map(({ id, name }) => ({ id, name })));
      },

      // Placement
      getInterface(_, answer) {
        answer({ command: this.opened.commands, event: [] });
      },
      refreshBlock(_, answer) {
        if (!this.opened.commands.includes("refreshBlock")) return;
        for (const shown of document.querySelectorAll("[data-block]")) shown.src = shown.dataset.block;
        answer();
      },
    });
  }

  /** Parses a message: an object, or a text, parsed from both ends because its JSON middle may contain colons. */
  function readMessage(data) {
    if (data && typeof data === "object") {
      const { method, params, callback, appSid } = data;
      return typeof method === "string" ? { command: method, params, id: String(callback || ""), sid: appSid } : null;
    }
    if (typeof data !== "string") return null;
    const parts = data.split(":");
    if (parts.length < 3) return null;
    const [command, sid, id] = [parts.shift(), parts.pop(), parts.pop()];
    const text = parts.join(":");
    let params = null;
    try {
      if (text) params = JSON.parse(text);
    } catch {
      return null;
    }
    return { command, params, id, sid };
  }

  window.addEventListener("message", (event) => {
    for (const frame of [...frames]) {
      if (event.source === frame.element.contentWindow) frame.receive(event);
    }
  });

  // -- sliders

  /** Opens the application again in a slider above the page, and returns when the slider is closed. */
  async function openSlider(opener, given) {
    const settings = {};
    const options = {};
    for (const [name, value] of Object.entries(given)) {
      if (name.startsWith("bx24_")) settings[name.slice("bx24_".length)] = value;
      else options[name] = value;
    }
    const place = { ...opener.opened.slider, options: { URI: location.pathname + location.search, ...options } };
    const opened = await ask(`${opener.opened.base}open`, place);
    const slider = document.getElementById("slider-shape").content.firstElementChild.cloneNode(true);
    const heading = slider.querySelector("h2");
    heading.textContent = settings.title ? String(settings.title) : opened.title;
    slider.setAttribute("aria-label", heading.textContent);
    const label = slider.querySelector(".tag");
    if (settings.label && settings.label.text) {
      label.textContent = String(settings.label.text);
      label.hidden = false;
    }
    const width = parseInt(settings.width, 10);
    const left = parseInt(settings.leftBoundary, 10);
    if (width > 0) slider.style.width = `${width}px`;
    else if (left > 0) slider.style.width = `calc(100% - ${left}px)`;
    document.body.append(slider);
    slider.showModal();
    const frame = new AppFrame(slider.querySelector(".app-holder"), opened, { heading, slider });
    slider.querySelector("button").addEventListener("click", () => slider.close());
    await new Promise((resolve) => {
      slider.addEventListener("close", resolve, { once: true });
    });
    frame.close();
    slider.remove();
  }

  // -- choosing people

  const people = async (words) => (await ask(`/apps/people?find=${encodeURIComponent(words)}`)).found;

  /** Shows a dialog to choose from search results of the portal; returns null if it is closed without a choice. */
  async function choose({ title: heading, many, list, taken = new Set() }) {
    const dialog = document.getElementById("choice-shape").content.firstElementChild.cloneNode(true);
    const [search, rows, form, ok] = [
      dialog.querySelector("input"),
      dialog.querySelector("ul"),
      dialog.querySelector("form"),
      dialog.querySelector("[value=ok]"),
    ];
    dialog.querySelector("h2").textContent = heading;
    const chosen = new Map();
    let turn = 0;

    function row(item) {
      const element = document.createElement("li");
      const line = document.createElement("label");
      const box = document.createElement("input");
      box.type = many ? "checkbox" : "radio";
      box.name = "choice";
      box.checked = chosen.has(item.id);
      box.disabled = taken.has(String(item.id));
      box.addEventListener("change", () => {
        if (!many) chosen.clear();
        if (box.checked) chosen.set(item.id, item);
        else chosen.delete(item.id);
        ok.disabled = !chosen.size;
      });
      const text = document.createElement("span");
      const name = document.createElement("b");
      name.textContent = item.name;
      text.append(name);
      if (item.position) {
        const more = document.createElement("small");
        more.textContent = item.position;
        text.append(more);
      }
      line.append(box, text);
      element.append(line);
      return element;
    }

    async function show() {
      const mine = (turn += 1);
      let found;
      try {
        found = await list(search.value.trim());
      } catch (error) {
        dialog.close();
        showError(error);
        return;
      }
      if (mine !== turn) return; // a later search has started
      rows.replaceChildren(...found.map(row));
      rows.hidden = !found.length;
      dialog.querySelector(".empty").hidden = found.length > 0;
    }

    search.addEventListener("input", show);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      dialog.close("ok");
    });
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close(""));
    document.body.append(dialog);
    dialog.showModal();
    await show();
    if (dialog.open) await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
    dialog.remove();
    return dialog.returnValue === "ok" ? [...chosen.values()] : null;
  }

  ask(`${asked.base}open`, asked.place).then(
    (opened) => new AppFrame(page, opened, { heading: title, slider: null }),
    showError,
  );
})();
