// SPDX-License-Identifier: Apache-2.0
// Servers and their listeners. A delivery that has been in progress for long indicates a hanging listener.

import * as api from '../api.js';
import {h, patch, setAttribute, setText} from '../dom.js';
import {compact, count, dateTime, duration, number, relative, secondsSince, simpleCause} from '../format.js';
import {table} from '../table.js';
import {queueHref} from './overview.js';

const LONG = 60;

const COLUMNS = [
  {title: 'Listener', kind: 'name', text: listener => listener.name, sort: listener => listener.name},
  {title: 'Queue', width: 11, text: listener => listener.queue, href: listener => queueHref(listener.queue),
    sort: listener => listener.queue},
  {
    title: 'Active', num: true, width: 7.5,
    node: () => h('span', {class: 'load'}, h('meter', {min: 0}), h('span', {})),
    update(node, {active, concurrency}) {
      const [bar, text] = node.children;
      bar.max = Math.max(1, concurrency);
      bar.value = active;
      setText(text, `${active} / ${concurrency}`);
    },
  },
  {
    title: 'Longest delivery', num: true, width: 8, time: listener => listener.oldestDeliverySince,
    text: ({oldestDeliverySince: since}) => duration(secondsSince(since)),
    tone: ({oldestDeliverySince: since}) => (secondsSince(since) > LONG ? 'bad' : null),
    hint: ({oldestDeliverySince: since}) => (secondsSince(since) > LONG ? 'The listener may hang' : dateTime(since)),
    sort: ({oldestDeliverySince: since}) => secondsSince(since) ?? -1,
  },
  {title: 'Delivered', num: true, width: 5, text: listener => compact(listener.delivered), hint: listener => number(listener.delivered),
    sort: listener => listener.delivered},
  {title: 'Failed', num: true, width: 4.5, text: listener => compact(listener.failed), sort: listener => listener.failed,
    tone: listener => (listener.failed > 0 ? 'warn' : 'zero')},
  {title: 'Dead', num: true, width: 4, text: listener => compact(listener.deadLettered), sort: listener => listener.deadLettered,
    tone: listener => (listener.deadLettered > 0 ? 'bad' : 'zero')},
  {title: 'Last failure', kind: 'reason',
    text: listener => simpleCause(listener.lastFailure),
    hint: listener => (listener.lastFailure ? `${relative(listener.lastFailureAt)}: ${listener.lastFailure}` : null)},
  {title: 'State', width: 7.2, text: listenerState,
    hint: listener => (listener.breakerOpen ? 'The circuit breaker is open: deliveries keep failing' : null),
    tone: listener => (!listener.connected || listener.breakerOpen ? 'bad' : listener.paused ? 'warn' : 'good')},
];

function listenerState(listener) {
  if (!listener.connected) {
    return 'no connection';
  } else if (listener.paused) {
    return 'paused';
  }
  return listener.breakerOpen ? 'breaker open' : 'consuming';
}

export function serversView() {
  const list = h('div', {class: 'cards'});
  const none = h('p', {class: 'empty', hidden: true}, 'No server has sent a heartbeat within the last day.');
  return {
    title: 'Servers',
    element: h('div', {}, h('h1', {}, 'Servers'), list, none),
    async refresh(signal) {
      const servers = await api.get('servers', signal);
      patch(list, servers, server => server.id, create, update);
      none.hidden = servers.length > 0;
    },
  };
}

function create(server) {
  const state = h('span', {class: 'badge'});
  const facts = h('p', {class: 'facts'});
  const hanging = h('span', {class: 'badge', 'data-tone': 'bad', hidden: true});
  const listeners = table({
    label: `Listeners of ${server.host}`, columns: COLUMNS, key: listener => `${listener.name} ${listener.queue}`,
    sort: {title: 'Listener', descending: false}, empty: 'No listeners.',
  });
  return {
    state, facts, hanging, listeners,
    element: h('section', {class: 'panel'},
        h('div', {class: 'heading'}, h('div', {}, h('h2', {}, server.host), state, ' ', hanging, facts)), listeners.element),
  };
}

function update(row, server) {
  const [text, tone] = server.alive ? ['alive', 'good'] : server.stopped ? ['stopped', ''] : ['no heartbeat', 'bad'];
  setText(row.state, text);
  setAttribute(row.state, 'data-tone', tone);
  setText(row.facts, [
    server.applicationServer, `adapter ${server.version}`, `pid ${server.pid}`, `id ${server.id}`,
    server.alive ? `up ${duration(secondsSince(server.started))}` : `last heartbeat ${relative(server.lastHeartbeat)}`,
  ].join(' · '));
  setAttribute(row.element, 'data-tone', server.alive ? null : 'away');
  const slow = server.alive ? server.listeners.filter(({oldestDeliverySince: since}) => secondsSince(since) > LONG).length : 0;
  row.hanging.hidden = slow === 0;
  setText(row.hanging, `${count(slow, 'listener')} may hang`);
  row.listeners.show(server.listeners);
}
