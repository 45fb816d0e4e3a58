// SPDX-License-Identifier: Apache-2.0
// Elements. Texts become text nodes, never markup.

const SVG = 'http://www.w3.org/2000/svg';

/** Creates an element. Properties: class, data-…, on…, and attributes; false and null leave an attribute out. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('on')) {
      element.addEventListener(name.slice(2), value);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined));
  return element;
}

/** Creates an SVG element. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  element.append(...children);
  return element;
}

/** Sets a text unless it is set, so that nothing is drawn or selected anew. */
export function setText(element, text) {
  const value = String(text);
  const first = element.firstChild;
  if (first !== null && first.nodeType === Node.TEXT_NODE && first.nextSibling === null) {
    if (first.data !== value) {
      first.data = value;
    }
  } else {
    element.textContent = value;
  }
}

/** Sets or removes an attribute unless it has the value. */
export function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) {
    element.removeAttribute(name);
  } else if (element.getAttribute(name) !== String(value)) {
    element.setAttribute(name, value);
  }
}

/** Sets the text of a time element, and the exact time that it stands for. */
export function setTime(element, time, text) {
  setText(element, text);
  setAttribute(element, 'datetime', time);
}

const LISTS = new WeakMap();

/**
 * Makes the children of an element those of the items: keeps what has the same key, and moves only what is out of order.
 * A row is an object with an element; update is called for new and for kept rows.
 */
export function patch(parent, items, key, create, update) {
  const old = LISTS.get(parent) ?? new Map();
  const rows = new Map();
  let next = parent.firstElementChild;
  for (const item of items) {
    let id = key(item);
    while (rows.has(id)) {
      id += '\u0000';
    }
    const row = old.get(id) ?? create(item);
    old.delete(id);
    rows.set(id, row);
    update(row, item);
    if (row.element === next) {
      next = next.nextElementSibling;
    } else {
      parent.insertBefore(row.element, next);
    }
  }
  old.forEach(row => row.element.remove());
  LISTS.set(parent, rows);
  return rows;
}

/** A button. */
export function button(text, onclick, properties = {}) {
  return h('button', {type: 'button', onclick, ...properties}, text);
}

/** A link within the console. */
export function link(text, href, properties = {}) {
  return h('a', {href, ...properties}, text);
}
