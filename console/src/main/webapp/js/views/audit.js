// SPDX-License-Identifier: Apache-2.0
// Who has changed what.

import * as api from '../api.js';
import {button, h} from '../dom.js';
import {words} from '../format.js';
import {table} from '../table.js';
import {queueHref} from './overview.js';

const PAGE = 100;

export function auditView() {
  let entries = [];
  let frozen = false;
  const search = h('input', {
    type: 'search', placeholder: 'Filter by actor, action or queue', 'aria-label': 'Filter the audit', oninput: draw,
  });
  const more = button('Load older entries', loadMore, {hidden: true});
  const list = table({
    label: 'Audit', key: entry => entry.id, empty: 'Nobody has changed anything yet.',
    rowTone: entry => (entry.failure ? 'failed' : null),
    columns: [
      {title: 'When', time: entry => entry.at},
      {title: 'Who', width: 13, text: entry => entry.actor, hint: entry => entry.actor},
      {title: 'Via', width: 6, text: entry => entry.via},
      {title: 'Action', width: 9, text: entry => words(entry.action)},
      {title: 'Queue', width: 12, text: entry => entry.queue ?? '',
        href: entry => (entry.queue ? queueHref(entry.queue) : null)},
      {title: 'Details', kind: 'reason', text: details, hint: details},
    ],
  });

  function draw() {
    const wanted = search.value.toLowerCase();
    list.show(entries.filter(({actor, action, queue}) =>
        `${actor} ${action} ${words(action)} ${queue ?? ''}`.toLowerCase().includes(wanted)));
  }

  async function loadMore() {
    frozen = true;
    const older = await api.get(`audit?limit=${PAGE}&before=${encodeURIComponent(entries.at(-1).id)}`);
    entries = [...entries, ...older];
    more.hidden = older.length < PAGE;
    draw();
  }

  return {
    title: 'Audit',
    element: h('div', {},
        h('h1', {}, 'Audit'),
        h('div', {class: 'toolbar'}, search),
        list.element, h('div', {class: 'pages'}, more)),
    async refresh(signal) {
      if (!frozen) {
        entries = await api.get(`audit?limit=${PAGE}`, signal);
        more.hidden = entries.length < PAGE;
      }
      draw();
    },
  };
}

function details(entry) {
  const parameters = Object.entries(entry.details).map(([name, value]) => `${name}: ${value}`).join(', ');
  return entry.failure ? `failed: ${entry.failure}${parameters ? ` (${parameters})` : ''}` : parameters;
}
