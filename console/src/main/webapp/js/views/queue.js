// SPDX-License-Identifier: Apache-2.0
// One queue: its state, and a tab for each place.

import * as api from '../api.js';
import {ask, attempt, choice, field} from '../dialogs.js';
import {button, h, link, setAttribute, setText, setTime} from '../dom.js';
import {compact, count, duration, limitsOf, number, relative} from '../format.js';
import * as jobs from '../jobs.js';
import {HistoryLoader} from './history.js';
import {deadLetters} from './dead-letters.js';
import {messageList} from './message-list.js';
import {queueHref} from './overview.js';

const PLACES = [
  ['ready', 'Ready'], ['scheduled', 'Scheduled'], ['waiting', 'Waiting'], ['delivering', 'Delivering'],
  ['redelivering', 'Redelivering'], ['inDoubt', 'In doubt'], ['dead', 'Dead letters'],
];

const RATE = '([1-9][0-9]{0,5}|1000000)/(s|min|h)|none';

export function queueView(name, wanted) {
  const path = api.queuePath(name);
  const place = PLACES.some(([id]) => id === wanted) ? wanted : 'ready';
  const until = h('time', {});
  const state = h('span', {class: 'badge', hidden: true}, 'paused', until);
  const facts = h('p', {class: 'facts'});
  const history = new HistoryLoader();
  const tabs = PLACES.map(([id, title]) => {
    const figure = h('span', {class: 'figure'});
    return {id, figure, element: link(title, queueHref(name, id), {'aria-current': id === place ? 'page' : null})};
  });
  tabs.forEach(tab => tab.element.append(tab.figure));
  const pauseButton = button('Pause', pause);
  const resumeButton = button('Resume', resume, {class: 'primary', hidden: true});
  const list = place === 'dead' ? deadLetters(name, refreshNow) : messageList(name, place);

  let settled = false;
  let settings = {};

  function refreshNow() {
    window.dispatchEvent(new Event('refresh-view'));
  }

  async function pause() {
    const answer = await ask({
      title: `Pause ${name}`, action: 'Pause',
      text: 'Consumers stop claiming messages. Messages that are already claimed are still delivered.',
      fields: [choice('Duration', 'seconds', [
        ['600', '10 minutes'], ['3600', '1 hour'], ['28800', '8 hours'], ['', 'Until somebody resumes it']])],
    });
    if (answer) {
      const body = answer.seconds === '' ? {} : {seconds: Number(answer.seconds)};
      await attempt(() => api.post(`${path}/pause`, body), `${name} is paused.`);
      refreshNow();
    }
  }

  async function resume() {
    await attempt(() => api.post(`${path}/resume`), `${name} is resumed.`);
    refreshNow();
  }

  async function change() {
    const before = settings; // what the dialog shows: a refresh may replace it
    const answer = await ask({
      title: `Settings of ${name}`, action: 'Apply',
      text: 'They apply to all servers together, at the latest a second from now. Empty: what a listener declares when it starts. none: no limit, whatever a listener declares.',
      fields: [
        field('Rate', {name: 'rateLimit', value: before.rateLimit ?? '', pattern: RATE, placeholder: '100/s'},
            'Messages per s, min or h, such as 100/s'),
        field('Concurrency', {name: 'maxQueueConcurrency', value: before.maxQueueConcurrency ?? '', pattern: '[1-9][0-9]{0,2}|1000|none'},
            'Messages that are delivered at the same time, 1 to 1000'),
        field('Groups of dead letters', {name: 'onDeadLetter', value: before.onDeadLetter ?? '', pattern: 'continue|block', placeholder: 'continue'},
            'block: they wait until the dead letter is requeued, deleted or moved')],
    });
    const changed = answer ? Object.keys(answer).filter(key => answer[key] !== (before[key] ?? '')) : [];
    for (const key of changed) {
      const one = `${path}/settings/${key}`;
      const value = answer[key];
      const done = await attempt(() => (value === '' ? api.change('DELETE', one) : api.change('PUT', one, {value})),
          key === changed.at(-1) ? `The settings of ${name} have changed.` : null);
      if (!done) {
        break;
      }
    }
    refreshNow();
  }

  async function purge() {
    const answer = await ask({
      title: `Purge ${name}`, action: 'Purge', danger: true, confirmation: name,
      text: 'Deletes as many messages as are ready now. This cannot be undone. If the queue is consumed meanwhile, messages that arrive later may be among them; pause it first to prevent this.',
    });
    if (answer) {
      await jobs.start(() => api.post(`${path}/purge`), refreshNow);
    }
  }

  async function remove() {
    const answer = await ask({
      title: `Delete ${name}`, action: 'Delete queue', danger: true, confirmation: name,
      text: 'Deletes the queue with all of its messages, including dead letters. This cannot be undone.',
    });
    if (answer) {
      await jobs.start(() => api.change('DELETE', path), refreshNow);
    }
  }

  function showState(queue) {
    settings = queue.settings;
    state.hidden = !queue.paused;
    setTime(until, queue.pausedUntil, queue.pausedUntil ? `, resumes ${relative(queue.pausedUntil)}` : '');
    const [shown, hidden] = queue.paused ? [resumeButton, pauseButton] : [pauseButton, resumeButton];
    const focused = document.activeElement === hidden;
    shown.hidden = false;
    hidden.hidden = true;
    if (focused) {
      shown.focus();
    }
    setText(facts, [
      count(queue.consumers, 'consumer'),
      `${compact(queue.deliveredPerMinute)} delivered, ${compact(queue.failedPerMinute)} failed per minute`,
      queue.oldestReadySeconds === null ? null : `oldest waits ${duration(queue.oldestReadySeconds)}`,
      ...limitsOf(settings),
      (settings.onDeadLetter ?? 'continue') !== 'continue' ? 'groups wait for their dead letters' : null,
    ].filter(Boolean).join(' · '));
    for (const {id, figure} of tabs) {
      setText(figure, compact(queue[id]));
      setAttribute(figure, 'title', number(queue[id]));
      setAttribute(figure, 'data-tone', queue[id] === 0 ? 'zero' : id === 'dead' ? 'bad' : null);
    }
  }

  return {
    title: name,
    element: h('div', {},
        h('div', {class: 'heading'},
            h('div', {}, h('p', {class: 'path'}, link('Queues', '#/queues')), h('h1', {}, name), state, facts),
            h('div', {class: 'wide-chart'}, history.chartOf(name), h('span', {class: 'quiet'}, 'last hour')),
            h('div', {class: 'actions changes'}, resumeButton, pauseButton, button('Settings', change),
                button('Purge ready', purge, {class: 'danger-quiet'}), button('Delete queue', remove, {class: 'danger-quiet'}))),
        h('nav', {class: 'tabs', 'aria-label': 'Places'}, tabs.map(({element}) => element)),
        list.element),
    async refresh(signal) {
      const [queue] = await Promise.all([api.get(path, signal), list.refresh(signal)]);
      showState(queue);
      if (!settled) {
        settled = true;
        tabs.find(({id}) => id === place).element.scrollIntoView({block: 'nearest', inline: 'nearest'});
      }
      list.showTotal?.(queue[place]);
      await history.load(signal);
    },
    close: () => history.close(),
  };
}
