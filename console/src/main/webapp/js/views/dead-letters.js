// SPDX-License-Identifier: Apache-2.0
// Dead letters: their causes, a filter, and operations on the selected, the matching or all letters.

import * as api from '../api.js';
import {ask, field, toast} from '../dialogs.js';
import {button, h, patch, setAttribute, setText} from '../dom.js';
import {cause, count, number, parseDuration, secondsSince} from '../format.js';
import * as jobs from '../jobs.js';
import {QUEUE} from '../names.js';
import {table} from '../table.js';
import {COLUMNS} from './message-list.js';
import {Pages} from './pages.js';

const PAGE = 200;
const CAUSES = 6;

export function deadLetters(queue, refreshNow) {
  const path = api.queuePath(queue);
  const selected = new Set();
  let total = 0;

  const reason = input({type: 'search', placeholder: 'Reason contains', 'aria-label': 'Reason contains', class: 'grow'});
  const age = input({placeholder: 'Age, e.g. 10 min', 'aria-label': 'Minimum age, such as 10 min'});
  const headerName = input({placeholder: 'Header', 'aria-label': 'Name of a header'});
  const headerValue = input({placeholder: 'Value', 'aria-label': 'Value of the header'});
  const causes = h('div', {class: 'causes', 'aria-label': 'Causes of the loaded dead letters'});
  const scope = h('strong', {});
  const note = h('span', {class: 'quiet'});
  const requeueButton = button('Requeue', requeue, {class: 'primary'});
  const moveButton = button('Move', move);
  const deleteButton = button('Delete', remove, {class: 'danger-quiet'});
  const all = h('input', {type: 'checkbox', 'aria-label': 'Select all loaded messages', onchange: selectAll});
  const list = table({
    label: 'Dead letters', columns: columns(), key: message => message.key,
    rowTone: message => (selected.has(message.id) ? 'selected' : null), empty: 'No dead letters.',
  });
  list.element.querySelector('th').append(all);
  const pages = new Pages(queue, 'dead', PAGE, draw, () => selected.size > 0);

  function input(properties) {
    return h('input', {autocomplete: 'off', spellcheck: 'false', oninput: () => draw(), ...properties});
  }

  function columns() {
    return [
      {
        title: '', kind: 'check',
        node: message => h('input', {
          type: 'checkbox', 'aria-label': `Select ${message.id}`, onchange: event => select(message, event.target.checked),
        }),
        update: (box, message) => { box.checked = selected.has(message.id); },
      },
      COLUMNS.id(queue, false),
      {title: 'Reason', kind: 'reason', text: message => cause(message.reason), hint: message => message.reason},
      COLUMNS.group,
      {title: 'Since', time: message => message.since},
      COLUMNS.deliveries,
      COLUMNS.size,
    ];
  }

  function select(message, checked) {
    selected[checked ? 'add' : 'delete'](message.id);
    draw();
  }

  function selectAll() {
    matching().forEach(message => selected[all.checked ? 'add' : 'delete'](message.id));
    draw();
  }

  /** The loaded letters that fulfill the conditions, except that on a header, which a list does not contain. */
  function matching() {
    const seconds = parseDuration(age.value);
    return pages.messages.filter(message => (message.reason ?? '').includes(reason.value)
        && (Number.isNaN(seconds) || secondsSince(message.since) >= seconds));
  }

  function filter() {
    const conditions = {};
    if (reason.value !== '') {
      conditions.reasonContains = reason.value;
    }
    if (age.value.trim() !== '') {
      conditions.olderThanSeconds = parseDuration(age.value);
    }
    if (headerName.value.trim() !== '') {
      conditions.header = {name: headerName.value.trim(), value: headerValue.value};
    }
    return Object.keys(conditions).length > 0 ? conditions : null;
  }

  /** What an operation applies to: the selected letters, else those that match the filter, else all. */
  function selection() {
    if (selected.size > 0) {
      return {body: {ids: [...selected]}, name: `${count(selected.size, 'selected dead letter')}`};
    }
    const conditions = filter();
    return conditions
        ? {body: {filter: conditions}, name: 'all dead letters that match the filter'}
        : {body: {all: true}, name: total === 1 ? 'the only dead letter' : `all ${number(total)} dead letters`};
  }

  function draw() {
    const loaded = new Set(pages.messages.map(message => message.id));
    selected.forEach(id => { if (!loaded.has(id)) { selected.delete(id); } });
    const shown = matching();
    list.show(shown);
    drawCauses();
    all.checked = shown.length > 0 && shown.every(message => selected.has(message.id));
    setAttribute(age, 'aria-invalid', age.value.trim() !== '' && Number.isNaN(parseDuration(age.value)) ? 'true' : null);
    setText(scope, selection().name.replace(/^./, first => first.toUpperCase()));
    setText(note, filter() && selected.size === 0
        ? `${number(shown.length)} of the ${number(pages.messages.length)} loaded match`
          + (headerName.value.trim() ? '; the header is checked when the operation runs' : '') : '');
    [requeueButton, moveButton, deleteButton].forEach(b => { b.disabled = total === 0; });
  }

  /** The most frequent causes of the loaded letters. Choosing one sets the filter. */
  function drawCauses() {
    const frequencies = new Map();
    pages.messages.forEach(({reason: text}) => frequencies.set(cause(text), (frequencies.get(cause(text)) ?? 0) + 1));
    const top = [...frequencies].filter(([text]) => text !== '').sort((a, b) => b[1] - a[1]).slice(0, CAUSES);
    patch(causes, top, ([text]) => text, ([text]) => {
      const figure = h('span', {class: 'figure'});
      const element = h('button', {type: 'button', class: 'cause', title: text, onclick: () => {
        reason.value = reason.value === text ? '' : text;
        draw();
      }}, h('span', {class: 'text'}, text), figure);
      return {element, figure};
    }, (row, [text, frequency]) => {
      setText(row.figure, number(frequency));
      setAttribute(row.element, 'aria-pressed', reason.value === text);
    });
    causes.hidden = top.length === 0;
  }

  function checked() {
    const chosen = selection();
    const conditions = chosen.body.filter;
    if (conditions && Number.isNaN(conditions.olderThanSeconds)) {
      toast('The age is invalid. Enter it like 90 s, 10 min, 2 h or 1 d.', true);
      return null;
    }
    if (!chosen.body.ids && headerValue.value !== '' && headerName.value.trim() === '') {
      toast('Enter the name of the header whose value you have entered.', true);
      return null;
    }
    return chosen;
  }

  async function run(question, request) {
    const chosen = checked();
    const answer = chosen && await ask(question(chosen));
    if (answer) {
      const {url, extra} = request(answer);
      await jobs.start(() => api.post(url, {...chosen.body, ...extra}), finished);
    }
  }

  function finished() {
    selected.clear();
    pages.reset();
    refreshNow();
  }

  function requeue() {
    return run(({name}) => ({
      title: 'Requeue', action: 'Requeue',
      text: `Makes ${name} ready again. Their delivery counts start again at 0.`,
    }), () => ({url: `${path}/dead/requeue`}));
  }

  function remove() {
    return run(({name, body}) => ({
      title: 'Delete', action: 'Delete', danger: true, text: `Deletes ${name}. This cannot be undone.`,
      confirmation: body.all ? queue : null,
    }), () => ({url: `${path}/dead/delete`}));
  }

  function move() {
    return run(({name}) => ({
      title: 'Move', action: 'Move', text: `Moves ${name} to another queue, where they are ready.`,
      fields: [field('Queue', {name: 'target', required: true, pattern: QUEUE})],
    }), ({target}) => ({url: `${path}/move`, extra: {place: 'dead', target}}));
  }

  return {
    element: h('div', {},
        causes,
        h('div', {class: 'toolbar'}, reason, age, headerName, headerValue),
        h('div', {class: 'bulk'}, h('div', {}, scope, ' ', note),
            h('div', {class: 'actions changes'}, requeueButton, moveButton, deleteButton)),
        list.element, pages.element),
    refresh: signal => pages.refresh(signal),
    showTotal(value) {
      total = value;
      draw();
    },
  };
}
