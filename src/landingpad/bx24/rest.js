/* API calls with the token of the frame, which is renewed when it has expired. */

const MOST_AT_ONCE = 90;
const CALLS_PER_SECOND = 2;

let expiresAt = 0;
let renewing = null;

function keepAuth(given) {
  params.AUTH_ID = given.AUTH_ID;
  params.REFRESH_ID = given.REFRESH_ID;
  expiresAt = Date.now() + parseInt(given.AUTH_EXPIRES, 10) * 1000;
}

const isAuthorized = () => Boolean(params.AUTH_ID) && expiresAt > Date.now();

/** Requests new tokens from the portal, then calls `then`; parallel callers share one request. */
function renewAuth(then) {
  if (renewing) {
    renewing.push(then);
    return;
  }
  renewing = [then];
  send("refreshAuth", {}, (given) => {
    const waited = renewing;
    renewing = null;
    keepAuth(given);
    for (const each of waited) each();
  });
}

/** Delays calls so that they stay within the rate limit of portals. */
const pace = {
  used: 0,
  since: Date.now(),
  take(then) {
    const now = Date.now();
    this.used = Math.max(0, this.used - ((now - this.since) / 1000) * CALLS_PER_SECOND);
    this.since = now;
    if (this.used >= MOST_AT_ONCE) {
      setTimeout(() => this.take(then), 1000);
      return;
    }
    this.used += 1;
    then();
  },
};

/** Error of a call. */
class CallError {
  constructor(status, ex) {
    this.status = status;
    this.ex = ex;
  }

  getError() {
    return this.ex;
  }

  getStatus() {
    return this.status;
  }

  toString() {
    const text = this.ex.error_description ? `: ${this.ex.error_description}` : "";
    return `${this.ex.error}${text} (${this.status})`;
  }
}

/** Result of a call, as passed to its callback. */
class CallResult {
  constructor(answer, query, status) {
    this.answer = answer;
    this.query = query;
    this.status = status;
    if (answer.next !== undefined) this.answer.next = parseInt(answer.next, 10);
    if (answer.error) {
      const ex = typeof answer.error === "object" ? answer.error : answer;
      this.answer.ex = new CallError(status, { error: ex.error, error_description: ex.error_description });
    }
  }

  data() {
    return this.answer.result;
  }

  error() {
    return this.answer.ex;
  }

  error_description() {
    return this.answer.ex && this.answer.ex.ex.error_description;
  }

  more() {
    return !Number.isNaN(Number(this.answer.next)) && this.answer.next !== undefined;
  }

  total() {
    return parseInt(this.answer.total, 10);
  }

  time() {
    return this.answer.time;
  }

  /** Requests the next page; returns false if this is the last one. */
  next(callback) {
    if (!this.more()) return false;
    const { method, given } = this.query;
    return call(method, { ...given, start: this.answer.next }, callback || this.query.callback);
  }
}

function readAnswer(request) {
  try {
    const answer = JSON.parse(request.responseText);
    if (answer && typeof answer === "object") return answer;
  } catch {
    // Not JSON: a proxy between portal and browser answered.
  }
  const description = request.status ? `The answer has status ${request.status} and is not JSON.` : "The portal did not answer.";
  return { error: "QUERY_ERROR", error_description: description };
}

/** Sends one call and returns its request. */
function call(method, given, callback, shape) {
  const request = new XMLHttpRequest();
  const query = { method, given: { ...given }, callback };
  const address = `${portalOrigin()}${params.PATH}/${encodeURIComponent(method)}.json`;
  let renewed = false;

  function start(ready) {
    request.open("POST", address);
    request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8");
    request.send(`auth=${encodeURIComponent(params.AUTH_ID)}&${encodeForm(ready)}`);
  }

  function begin(ready) {
    if (isAuthorized()) pace.take(() => start(ready));
    else renewAuth(() => pace.take(() => start(ready)));
  }

  function finish(ready) {
    const answer = readAnswer(request);
    // Only once: otherwise a portal that issues expired tokens would cause endless requests.
    if (answer.error === "expired_token" && !renewed) {
      renewed = true;
      renewAuth(() => start(ready));
    } else if (typeof callback === "function") {
      callback(shape ? shape(answer, request.status) : new CallResult(answer, query, request.status));
    }
  }

  function go(ready) {
    request.onloadend = () => finish(ready);
    whenInitialized(() => begin(ready));
  }

  const files = withFiles(given);
  if (files) files.then(go, unreadable(callback, query));
  else go(given || {});
  return request;
}

const unreadable = (callback, query) => (problem) => {
  const answer = { error: "FILE_NOT_READ", error_description: String(problem) };
  if (typeof callback === "function") callback(new CallResult(answer, query, 0));
};

function readCall(given) {
  return Array.isArray(given)
    ? { method: given[0], given: given[1] || {} }
    : { method: given.method, given: given.params || {} };
}

/** Sends several calls as one batch; the callback gets their results by key. */
function callBatch(calls, callback, halt) {
  const files = withFiles(calls);
  if (files) files.then((read) => sendBatch(read, callback, halt));
  else sendBatch(calls, callback, halt);
}

function sendBatch(calls, callback, halt) {
  const named = Object.fromEntries(Object.entries(calls).map(([key, given]) => [key, readCall(given)]));
  const cmd = {};
  for (const [key, { method, given }] of Object.entries(named)) cmd[key] = `${method}?${encodeForm(given)}`;

  function shape(answer, status) {
    const results = Array.isArray(calls) ? [] : {};
    const batch = answer.result || {};
    for (const [key, { method, given }] of Object.entries(named)) {
      const of = (part) => (batch[part] || {})[key];
      const error = answer.error ? answer : of("result_error");
      if (of("result") === undefined && error === undefined) continue; // not executed, because of halt and an earlier error
      const one = { result: of("result"), error, total: of("result_total"), next: of("result_next") };
      results[key] = new CallResult({ ...one, time: of("result_time") }, { method, given, callback }, status);
    }
    return results;
  }

  call("batch", { halt: halt ? 1 : 0, cmd }, callback, shape);
}
