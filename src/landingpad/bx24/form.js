/* Encoding of parameters as a form: nested names in brackets, as PHP reads them. */

/** Returns whether a value is an element, such as a form field, that stands for its content. */
function isField(value) {
  return typeof Element !== "undefined" && value instanceof Element;
}

/** Returns a promise of a copy with file fields as [name, Base64], or null if there are no files. */
function withFiles(value) {
  const reading = [];
  function copy(member) {
    if (isField(member)) {
      const file = member.files && member.files[0];
      if (!file) return member;
      const pair = [file.name, ""];
      reading.push(
        new Promise((resolve, reject) => {
          const reader = new FileReader();
          reader.onload = () => {
            pair[1] = String(reader.result).split(",")[1] || "";
            resolve();
          };
          reader.onerror = () => reject(reader.error);
          reader.readAsDataURL(file);
        }),
      );
      return pair;
    }
    if (Array.isArray(member)) return member.map(copy);
    if (member && Object.getPrototypeOf(member) === Object.prototype) {
      return Object.fromEntries(Object.entries(member).map(([name, inner]) => [name, copy(inner)]));
    }
    return member;
  }
  const copied = copy(value);
  return reading.length ? Promise.all(reading).then(() => copied) : null;
}

/** Encodes parameters as a form. */
function encodeForm(params) {
  const pairs = [];
  function add(name, value) {
    if (isField(value)) {
      pairs.push(`${name}=${encodeURIComponent(value.value === undefined ? "" : value.value)}`);
    } else if (value instanceof Date) {
      pairs.push(`${name}=${encodeURIComponent(value.toJSON())}`);
    } else if (value !== null && typeof value === "object") {
      const members = Object.entries(value);
      if (!members.length) pairs.push(`${name}=`);
      for (const [key, member] of members) add(`${name}[${encodeURIComponent(key)}]`, member);
    } else if (typeof value !== "function") {
      pairs.push(`${name}=${value === null || value === undefined ? "" : encodeURIComponent(value)}`);
    }
  }
  for (const [name, value] of Object.entries(params || {})) add(encodeURIComponent(name), value);
  return pairs.join("&");
}
