// SPDX-License-Identifier: Apache-2.0
// The messages in a place other than that of dead letters.

import {h} from '../dom.js';
import {bytes, duration, number, relative, secondsSince} from '../format.js';
import {table} from '../table.js';
import {Pages} from './pages.js';

export function messageHref(queue, key) {
  return `#/queues/${encodeURIComponent(queue)}/messages/${key}`;
}

export const COLUMNS = {
  id: (queue, grow = true) => ({
    title: 'Id', kind: 'id', grow, text: message => message.id, href: message => messageHref(queue, message.key),
    hint: message => message.id,
  }),
  sent: {
    title: 'Sent', time: message => message.sent, text: message => relative(message.sent) || 'unknown',
    tone: message => (message.sent ? null : 'zero'),
  },
  size: {title: 'Size', num: true, width: 5.5, text: message => bytes(message.size)},
  deliveries: {
    title: 'Deliveries', num: true, text: message => number(message.deliveries),
    tone: message => (message.deliveries === 0 ? 'zero' : null),
  },
  expires: {title: 'Expires', time: message => message.expires},
  priority: {
    title: 'Priority', num: true, text: message => number(message.priority), tone: message => (message.priority === 0 ? 'zero' : null),
  },
  group: {title: 'Group', width: 16, text: message => message.group ?? '', hint: message => message.group},
};

const due = title => ({title, time: message => message.due});

const HOLDER = {
  title: 'Held by', width: 22,
  text: ({holder}) => (holder ? [holder.listener, holder.host ?? holder.server].filter(Boolean).join(' on ') || 'unknown'
    : 'unknown'),
  hint: ({holder}) => (holder?.server ? `Server ${holder.server}` : 'The consumer is not an adapter'),
};

const HELD_FOR = {
  title: 'Held for', num: true, width: 7, time: ({holder}) => holder?.since, text: ({holder}) => duration(secondsSince(holder?.since)),
  tone: ({holder}) => (secondsSince(holder?.since) > 60 ? 'warn' : null),
};

const BRANCH = {title: 'Branch', kind: 'id', width: 26, text: message => message.branch ?? '', hint: message => message.branch};

const BY_PLACE = {
  ready: [COLUMNS.group, COLUMNS.priority, COLUMNS.sent, COLUMNS.expires, COLUMNS.deliveries, COLUMNS.size],
  scheduled: [due('Due'), COLUMNS.group, COLUMNS.sent, COLUMNS.size],
  waiting: [COLUMNS.group, COLUMNS.sent, COLUMNS.size],
  delivering: [HOLDER, HELD_FOR, due('Lease ends'), COLUMNS.deliveries, COLUMNS.size],
  redelivering: [due('Redelivered'), COLUMNS.deliveries, COLUMNS.sent, COLUMNS.size],
  inDoubt: [BRANCH, COLUMNS.sent, COLUMNS.size],
};

const EMPTY = {
  ready: 'No message waits for a consumer.',
  scheduled: 'No message waits for its time.',
  waiting: 'No message waits for its group.',
  delivering: 'No message is being delivered.',
  redelivering: 'No message waits for its redelivery.',
  inDoubt: 'No message belongs to a prepared branch.',
};

export function messageList(queue, place) {
  const list = table({
    label: 'Messages', columns: [COLUMNS.id(queue), ...BY_PLACE[place]], key: message => message.key, empty: EMPTY[place],
  });
  const pages = new Pages(queue, place, 50, messages => list.show(messages));
  return {
    element: h('div', {}, list.element, pages.element),
    refresh: signal => pages.refresh(signal),
  };
}
