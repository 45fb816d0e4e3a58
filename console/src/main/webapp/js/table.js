// SPDX-License-Identifier: Apache-2.0
// Tables whose rows are updated in place.

import {h, patch, setAttribute, setText} from './dom.js';
import {dateTime, relative} from './format.js';

/** Widths of columns in rem, unless a column has another one. Growing columns share what is left. */
const WIDTHS = {check: 2.4, chart: 8, id: 15, num: 6, text: 9};
const TIME_WIDTH = 8.5;
const GROWING = {name: 12, reason: 14};

/**
 * Creates a table.
 *
 * A column has a title and either text(item), time(item), or node(item) with update(node, item). A time is shown relative to now,
 * or as text(item). The rows of a timeless table are updated only if their item has changed. Optional: href(item), tone(item), which
 * becomes the class of the cell, hint(item), sort(item) for a sortable column, num for numbers, kind for a class, width in
 * rem, and grow for a column that may be wider. Widths do not depend on the contents, so that a refresh moves nothing.
 */
export function table({label, columns, key, empty, sort = null, rowTone = null, timeless = false}) {
  const body = h('tbody');
  const headers = columns.map(header);
  const note = h('p', {class: 'empty', hidden: true}, empty);
  const grid = h('table', {'aria-label': label}, widths(columns), h('thead', {}, h('tr', {}, headers)), body);
  const element = h('div', {class: 'scroll', hidden: true}, grid, note);
  grid.style.minWidth = `${columns.reduce((sum, column) => sum + minimum(column), 0)}rem`;
  let items = [];
  let order = sort;

  function header(column) {
    const classes = classOf(column);
    if (!column.sort) {
      return h('th', {class: classes, scope: 'col'}, column.title);
    }
    return h('th', {class: classes, scope: 'col'},
        h('button', {type: 'button', class: 'sort', onclick: () => sortBy(column)}, column.title));
  }

  function sortBy(column) {
    const descending = order?.title === column.title ? !order.descending : Boolean(column.num);
    order = {title: column.title, descending};
    draw(true);
  }

  function sorted() {
    const column = columns.find(({title}) => title === order?.title);
    if (!column) {
      return items;
    }
    const direction = order.descending ? -1 : 1;
    return items.map(item => ({item, value: column.sort(item)}))
        .sort((a, b) => direction * compare(a.value, b.value))
        .map(({item}) => item);
  }

  function draw(force = false) {
    // Rows do not jump away under the pointer or the focus.
    const steady = !force && element.matches(':hover, :focus-within');
    patch(body, steady ? inCurrentOrder() : sorted(), key, create, update);
    headers.forEach((th, i) => setAttribute(th, 'aria-sort', columns[i].title !== order?.title
        ? null : order.descending ? 'descending' : 'ascending'));
    element.hidden = items.length === 0 && !empty;
    note.hidden = items.length > 0;
    grid.hidden = items.length === 0;
  }

  function inCurrentOrder() {
    const places = new Map([...body.children].map((row, i) => [row.dataset.key, i]));
    const place = item => places.get(key(item)) ?? Infinity;
    const current = sorted();
    return current.map((item, i) => ({item, i, at: place(item)}))
        .sort((a, b) => a.at - b.at || a.i - b.i)
        .map(({item}) => item);
  }

  function create(item) {
    const cells = columns.map(column => cell(column, item));
    return {cells, element: h('tr', {'data-key': key(item)}, cells.map(({td}) => td))};
  }

  function cell(column, item) {
    const td = h('td', {class: classOf(column), 'data-title': column.title});
    if (column.node) {
      const node = column.node(item);
      td.append(node);
      return {td, target: node, shown: {}};
    }
    const target = column.href ? h('a', {class: 'row-link'}) : column.time ? h('time') : td;
    if (target !== td) {
      td.append(target);
    }
    return {td, target, shown: {}};
  }

  function update(row, item) {
    if (timeless && isSame(row.item, item)) {
      return;
    }
    row.item = item;
    columns.forEach((column, i) => updateCell(column, row.cells[i], item));
    if (rowTone) {
      setAttribute(row.element, 'data-tone', rowTone(item));
    }
  }

  return {
    element,
    body,
    show(newItems) {
      items = newItems;
      draw();
    },
    redraw: () => draw(true),
  };
}

/** Writes only what has changed. Comparing with what the cell shows is faster than asking its elements. */
function updateCell(column, {td, target, shown}, item) {
  const write = (name, value, element) => {
    if (shown[name] !== value) {
      shown[name] = value;
      setAttribute(element, name, value);
    }
  };
  if (column.node) {
    column.update?.(target, item);
  } else {
    const time = column.time?.(item);
    const text = column.text ? column.text(item) : relative(time);
    if (shown.text !== text) {
      shown.text = text;
      setText(target, text);
    }
    if (column.time && shown.datetime !== time) {
      write('datetime', time, target);
      write('title', dateTime(time), td);
    }
    if (column.href) {
      write('href', column.href(item), target);
    }
    if (column.hint) {
      write('title', column.hint(item), td);
    }
  }
  if (column.tone) {
    write('data-tone', column.tone(item), td);
  }
}

function minimum(column) {
  return column.width ?? GROWING[column.kind]
      ?? (column.time ? TIME_WIDTH : WIDTHS[column.num ? 'num' : column.kind ?? 'text']);
}

function widths(columns) {
  return h('colgroup', {}, columns.map(column => {
    const col = h('col');
    if (!column.grow && !(column.kind in GROWING)) {
      col.style.width = `${minimum(column)}rem`;
    }
    return col;
  }));
}

function classOf(column) {
  return [column.num ? 'num' : '', column.time && !column.num ? 'time' : '', column.kind ?? ''].join(' ').trim() || null;
}

function isSame(a, b) {
  return a !== undefined && Object.keys(b).every(name => a[name] === b[name]);
}

function compare(a, b) {
  if (a === b) {
    return 0;
  }
  if (a === null || a === undefined) {
    return -1;
  }
  if (b === null || b === undefined) {
    return 1;
  }
  return a < b ? -1 : 1;
}
