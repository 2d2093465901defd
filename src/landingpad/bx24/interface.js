/* The public object BX24. */

const lastOf = (given) => given[given.length - 1];

function resizeWindow(width, height, callback) {
  const tall = parseInt(height, 10);
  if (!(tall > 0)) return;
  send("resizeWindow", { width: width === "100%" ? width : parseInt(width, 10) || 100, height: tall }, callback);
}

function bindEvent(method, event, handler, authType, callback) {
  if (!isInitialized || !params.IS_ADMIN) return false;
  const given = { event, handler };
  if (authType !== undefined) given.auth_type = authType;
  call(method, given, callback);
  return true;
}

window.BX24 = {
  // Start and authorisation
  init,
  install,
  installFinish,
  getAuth() {
    if (!isInitialized || !isAuthorized()) return false;
    return {
      access_token: params.AUTH_ID,
      refresh_token: params.REFRESH_ID,
      expires_in: expiresAt,
      domain: params.DOMAIN,
      member_id: params.MEMBER_ID,
    };
  },
  refreshAuth(callback) {
    if (!isInitialized) return;
    renewAuth(() => {
      if (typeof callback === "function") callback(window.BX24.getAuth());
    });
  },
  isAdmin: () => Boolean(params.IS_ADMIN),
  getLang: () => params.LANG,
  getDomain: () => params.DOMAIN,

  // The API
  callMethod(method, given, callback) {
    call(method, given, callback);
  },
  callBatch,
  callBind: (event, handler, authType, callback) => bindEvent("event.bind", event, handler, authType, callback),
  callUnbind: (event, handler, authType, callback) => bindEvent("event.unbind", event, handler, authType, callback),

  // Options, stored by the portal
  appOption: {
    get: (name) => (isInitialized ? params.APP_OPTIONS[name] : undefined),
    set(name, value, callback) {
      if (!isInitialized || !params.IS_ADMIN) return;
      params.APP_OPTIONS[name] = value;
      send("setAppOption", { name, value }, callback);
    },
  },
  userOption: {
    get: (name) => (isInitialized ? params.USER_OPTIONS[name] : undefined),
    set(name, value) {
      if (!isInitialized) return;
      params.USER_OPTIONS[name] = value;
      send("setUserOption", { name, value });
    },
  },

  // The frame and the portal's page
  resizeWindow,
  fitWindow(callback) {
    resizeWindow("100%", getScrollSize().scrollHeight, callback);
  },
  reloadWindow(callback) {
    send("reloadWindow", {}, callback);
  },
  setTitle(title, callback) {
    send("setTitle", { title: String(title) }, callback);
  },
  scrollParentWindow(scroll, callback) {
    const to = parseInt(scroll, 10);
    if (!Number.isNaN(to)) send("setScroll", { scroll: to }, callback);
  },
  openApplication(given, callback, settings) {
    const asked = { ...given };
    for (const [name, value] of Object.entries(settings || {})) asked[`bx24_${name}`] = value;
    send("openApplication", asked, callback);
  },
  closeApplication(callback) {
    send("closeApplication", {}, callback);
  },
  openPath(path, callback) {
    send("openPath", { path: String(path) }, callback);
  },

  // Dialogs of the portal; the callback is the last argument, the ones before it are optional
  selectUser(...given) {
    const title = given.length > 1 ? { title: String(given[0]) } : {};
    send("selectUser", { ...title, mult: false }, lastOf(given));
  },
  selectUsers(...given) {
    const title = given.length > 1 ? { title: String(given[0]) } : {};
    send("selectUser", { ...title, mult: true }, lastOf(given));
  },
  selectAccess(...given) {
    const value = given.find(Array.isArray) || [];
    send("selectAccess", { value }, lastOf(given));
  },
  selectCRM(given, callback) {
    const asked = typeof given === "function" ? {} : given;
    send("selectCRM", { ...asked }, typeof given === "function" ? given : callback);
  },
  im: {
    callTo: (userId, video) => send("imCallTo", { userId, video: Boolean(video) }),
    phoneTo: (phone) => send("imPhoneTo", { phone }),
    openMessenger: (dialogId) => send("imOpenMessenger", { dialogId }),
    openHistory: (dialogId) => send("imOpenHistory", { dialogId }),
  },

  // The placement that shows the application
  placement: {
    info: () => ({ placement: params.PLACEMENT, options: params.PLACEMENT_OPTIONS }),
    getInterface(callback) {
      send("getInterface", null, callback);
    },
    call(command, given, callback) {
      const handler = typeof given === "function" ? given : callback;
      send(command, typeof given === "function" ? {} : given, handler, true);
    },
    bindEvent(event, callback) {
      send("placementBindEvent", { event }, callback, true);
    },
  },

  // The page of the application itself
  ready,
  isReady,
  bind,
  unbind,
  proxy,
  proxyContext,
  loadScript,
  getScrollSize,
  canUse: (what) => what === "upload" && typeof FileReader !== "undefined",
};
