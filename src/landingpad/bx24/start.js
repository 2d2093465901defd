/* Start: from loading the script until the application is initialised. */

let isStarted = false;
let isInitialized = false;
let installing = null; // remaining installers during the installation
const installers = [];
const initHandlers = [];

function whenInitialized(handler) {
  if (isInitialized) handler();
  else initHandlers.push(handler);
}

function init(handler) {
  if (typeof handler !== "function") return;
  const run = () => handler.call(document);
  if (isInitialized) setTimeout(run, 10);
  else initHandlers.push(run);
}

/** Registers an installer to run first when this user opens the application for the first time. */
function install(installer) {
  if (!isStarted && (typeof installer === "function" || typeof installer === "string")) installers.push(installer);
}

function installFinish() {
  if (installing) runNextInstaller();
  else if (isInitialized && params.INSTALL) send("setInstallFinish", {});
}

function runNextInstaller() {
  const next = installing.shift();
  if (next === undefined) {
    installing = null;
    send("setInstall", { install: true }, begin);
  } else if (typeof next === "string") {
    loadScript(next, installFinish);
  } else {
    next.call(document);
  }
}

function begin() {
  isInitialized = true;
  for (const handler of initHandlers.splice(0)) handler();
}

function start(given) {
  // Values from the frame's name stay: they decide where messages go.
  Object.assign(params, { ...given, DOMAIN: params.DOMAIN, PROTOCOL: params.PROTOCOL, APP_SID: params.APP_SID });
  params.USER_OPTIONS = { ...given.USER_OPTIONS };
  params.APP_OPTIONS = { ...given.APP_OPTIONS };
  keepAuth(given);
  // Runs after all calls that the page makes while it loads.
  ready(() =>
    setTimeout(() => {
      isStarted = true;
      if (given.FIRST_RUN) {
        installing = [...installers];
        runNextInstaller();
      } else {
        begin();
      }
    }),
  );
}

send("getInitData", null, start);
