// Returns elements that could run code: at once, on a click, or on any other event. With `ownCode` the page has scripts
// of its author, so scripts and style sheets are not suspicious.
(doc, ownCode) => {
  const FORBIDDEN = /^(object|embed|applet|base|frame|frameset|portal|fencedframe|use|animate|set|foreignobject)$/i;
  const HANDLERS = /^(on.*|srcdoc|formaction|ping|is)$/i;
  const ADDRESSES = /^(href|src|action|data|xlink:href|poster|background|srcset|from|to|values|cite|longdesc)$/i;
  const PROGRAMS = /^(javascript|vbscript|livescript|mocha|data:(?!image\/(png|jpeg|gif|webp|avif|svg\+xml)))/i;
  const VK_COUNTER = /^VK\.Retargeting\.Init\('[\w-]+'\);VK\.Retargeting\.Hit\(\)$/;
  // From the prototype: in a form, an input named "attributes" shadows the property.
  const getter = (name) => {
    const { get } = Object.getOwnPropertyDescriptor(Element.prototype, name);
    return (element) => get.call(element);
  };
  const [attributes, localName, outerHTML, shadowRoot] = ["attributes", "localName", "outerHTML", "shadowRoot"].map(getter);
  const home = new URL(doc.baseURI).origin;
  const found = [];
  const isOurs = (script) => {
    if (!script.src) return /json/.test(script.type);
    const address = new URL(script.src);
    return address.origin === home && /^\/(_ui|_assets|docs)\//.test(address.pathname);
  };
  const isForeignStyle = (link) => /stylesheet/i.test(link.rel) && new URL(link.href).origin !== home;
  const isSuspect = (element) => {
    const name = localName(element);
    if (FORBIDDEN.test(name)) return true;
    if (name === "script" && !ownCode && !isOurs(element)) return true;
    if (name === "link" && !ownCode && isForeignStyle(element)) return true;
    if (name === "meta" && /refresh/i.test(element.httpEquiv)) return true;
    return [...attributes(element)].some(({ name: key, value }) => {
      if (ownCode && name === "script" && key === "onload" && VK_COUNTER.test(value)) return false;
      return HANDLERS.test(key) || (ADDRESSES.test(key) && PROGRAMS.test(value.replace(/[\u0000-\u0020]/g, "")));
    });
  };
  const look = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (isSuspect(element)) found.push(outerHTML(element).slice(0, 300));
      if (shadowRoot(element)) look(shadowRoot(element));
      if (localName(element) === "template") look(element.content);
    }
  };
  look(doc);
  return found;
}
