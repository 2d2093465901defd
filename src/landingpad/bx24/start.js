/* From the loading of the script to the moment when the application may begin. */

let isStarted = false;
let isInitialized = false;
let installing = null; // the installers that are still to run, while they run
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

/** Notes what has to run before anything else when this user opens the application for the first time. */
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
  // What the name of the frame said stays: messages have to go to where they came from.
  Object.assign(params, { ...given, DOMAIN: params.DOMAIN, PROTOCOL: params.PROTOCOL, APP_SID: params.APP_SID });
  params.USER_OPTIONS = { ...given.USER_OPTIONS };
  params.APP_OPTIONS = { ...given.APP_OPTIONS };
  keepAuth(given);
  // Everything that the page calls while it loads comes first.
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
