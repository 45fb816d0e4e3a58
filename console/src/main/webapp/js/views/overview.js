// SPDX-License-Identifier: Apache-2.0
// All queues: totals, and a row for each queue.

import * as api from '../api.js';
import {h, setAttribute, setText} from '../dom.js';
import {compact, count, dateTime, duration, limitsOf, number} from '../format.js';
import {sparkline, Trail} from '../sparkline.js';
import {table} from '../table.js';
import {HistoryLoader} from './history.js';

/** The figures at the top: title, value of a queue, tone if the sum is not zero. */
const TOTALS = [
  ['Ready', queue => queue.ready],
  ['Delivering', queue => queue.delivering],
  ['Redelivering', queue => queue.redelivering, 'warn'],
  ['In doubt', queue => queue.inDoubt, 'warn'],
  ['Dead letters', queue => queue.dead, 'bad'],
  ['Per minute', queue => queue.deliveredPerMinute],
];
/** Totals survive a change of the page. */
const TRAILS = TOTALS.map(() => new Trail());
const remembered = {filter: '', problems: false};

/** Whether messages are ready that nobody consumes. All servers forward the messages of outboxes. */
function lacksConsumers(queue) {
  return queue.ready > 0 && queue.consumers === 0 && !queue.name.endsWith('}outbox');
}

/** Whether somebody should look at a queue. */
export function hasProblem(queue) {
  return queue.dead > 0 || queue.inDoubt > 0 || queue.failedPerMinute > 0 || lacksConsumers(queue);
}

export function queueHref(name, place = null) {
  return `#/queues/${encodeURIComponent(name)}${place ? `/${place}` : ''}`;
}

export function overview() {
  const tiles = TOTALS.map(([title]) => {
    const value = h('strong', {}, '–');
    const chart = sparkline(120, 22);
    return {value, chart, element: h('div', {class: 'tile'}, h('span', {}, title), value, chart.element)};
  });
  const search = h('input', {
    type: 'search', placeholder: 'Filter queues', 'aria-label': 'Filter queues', value: remembered.filter,
    oninput: () => { remembered.filter = search.value; show(); },
  });
  const problems = h('input', {
    type: 'checkbox', checked: remembered.problems,
    onchange: () => { remembered.problems = problems.checked; show(); },
  });
  const shown = h('span', {class: 'quiet'});
  const history = new HistoryLoader();
  const list = table({
    label: 'Queues', columns: columns(history), key: queue => queue.name,
    sort: {title: 'Queue', descending: false}, timeless: true,
    rowTone: queue => (queue.paused ? 'paused' : null),
    empty: 'No queues. A queue appears when a message is sent to it or a listener consumes it.',
  });
  let queues = [];

  function show() {
    const wanted = search.value.toLowerCase();
    const matching = queues.filter(queue => queue.name.toLowerCase().includes(wanted)
        && (!problems.checked || hasProblem(queue)));
    list.show(matching);
    setText(shown, matching.length === queues.length
        ? count(queues.length, 'queue') : `${number(matching.length)} of ${count(queues.length, 'queue')}`);
  }

  return {
    title: 'Queues',
    element: h('div', {},
        h('h1', {class: 'hidden'}, 'Queues'),
        h('div', {class: 'tiles'}, tiles.map(({element}) => element)),
        h('div', {class: 'toolbar'}, search, h('label', {class: 'option'}, problems, 'Problems only'), shown),
        list.element),
    async refresh(signal) {
      queues = await api.get('queues', signal);
      TOTALS.forEach(([title, value, tone], i) => {
        const sum = queues.reduce((total, queue) => total + value(queue), 0);
        setText(tiles[i].value, compact(sum));
        setAttribute(tiles[i].value, 'data-tone', tone && sum > 0 ? tone : null);
        tiles[i].chart.show(TRAILS[i].add(sum), `${title} in the last minutes`);
      });
      show();
      await history.load(signal);
    },
    close: () => history.close(),
  };
}

/** The exact figure, if a cell shows a rounded one. */
function exact(value) {
  return compact(value) === number(value) ? null : number(value);
}

function columns(history) {
  const figure = (title, width, value, place, tone) => ({
    title, num: true, width, sort: value, text: queue => compact(value(queue)), hint: queue => exact(value(queue)),
    href: queue => queueHref(queue.name, place),
    tone: queue => (value(queue) === 0 ? 'zero' : tone ?? null),
  });
  return [
    {
      title: 'Queue', kind: 'name', sort: queue => queue.name.toLowerCase(),
      node: () => h('div', {}, h('a', {class: 'row-link'}), h('span', {class: 'chips'})),
      update: updateName,
    },
    {
      title: 'Last hour', kind: 'chart',
      node: queue => history.chartOf(queue.name),
    },
    {
      title: 'Per min', num: true, width: 5, sort: queue => queue.deliveredPerMinute,
      text: queue => compact(queue.deliveredPerMinute), tone: queue => (queue.deliveredPerMinute === 0 ? 'zero' : null),
    },
    figure('Ready', 5, queue => queue.ready, 'ready'),
    {
      title: 'Oldest', num: true, width: 6.8, sort: queue => queue.oldestReadySeconds ?? -1,
      text: queue => duration(queue.oldestReadySeconds), tone: queue => (queue.oldestReadySeconds > 300 ? 'warn' : null),
    },
    figure('Delivering', 5.75, queue => queue.delivering, 'delivering'),
    figure('Redelivering', 6.75, queue => queue.redelivering, 'redelivering', 'warn'),
    figure('Scheduled', 5.75, queue => queue.scheduled, 'scheduled'),
    figure('Waiting', 4.75, queue => queue.waiting, 'waiting'),
    figure('In doubt', 4.75, queue => queue.inDoubt, 'inDoubt', 'warn'),
    figure('Dead', 4.75, queue => queue.dead, 'dead', 'bad'),
    {
      title: 'Consumers', num: true, sort: queue => queue.consumers, text: queue => number(queue.consumers),
      tone: queue => (queue.consumers > 0 ? null : lacksConsumers(queue) ? 'bad' : 'zero'),
    },
  ];
}

function updateName(node, queue) {
  const [name, chips] = node.children;
  setText(name, queue.name);
  setAttribute(name, 'href', queueHref(queue.name));
  const limits = limitsOf(queue.settings).join(', ');
  setText(chips, queue.paused ? 'paused' : limits === '' ? '' : 'limited');
  setAttribute(chips, 'title', queue.paused
      ? (queue.pausedUntil ? `Until ${dateTime(queue.pausedUntil)}` : 'Until it is resumed') : limits || null);
}
