// SPDX-License-Identifier: Apache-2.0
// Operations on many messages, with their progress at the bottom of each page.

import * as api from './api.js';
import {attempt} from './dialogs.js';
import {button, h, setText} from './dom.js';
import {count, duration, number} from './format.js';

const STORED = 'redis-queue-jobs';
const POLL = 400;
const VERBS = {requeue: 'Requeue', delete: 'Delete', move: 'Move', purge: 'Purge', deleteQueue: 'Delete queue'};

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(STORED)) ?? [];
  } catch {
    return [];
  }
}

function remember(ids) {
  sessionStorage.setItem(STORED, JSON.stringify(ids));
}

/** Starts an operation that answers with a job, and follows it. Resolves to whether it has started. */
export function start(work, done = () => {}) {
  return attempt(async () => {
    const {job} = await work();
    remember([...remembered(), job]);
    follow(job, done);
  });
}

/** Follows the jobs that were running before the page was loaded anew. */
export function resumeAll() {
  remembered().forEach(id => follow(id, () => {}));
}

async function follow(id, done) {
  const title = h('strong', {}, 'Starting …');
  const text = h('span', {class: 'quiet'});
  const bar = h('progress', {max: 1, 'aria-label': 'Progress'});
  const close = button('×', remove, {class: 'quiet-button', 'aria-label': 'Close'});
  const element = h('section', {class: 'job'}, h('div', {}, title, text, close), bar);
  document.getElementById('jobs').append(element);
  const begin = performance.now();
  let first = null;

  function remove() {
    remember(remembered().filter(other => other !== id));
    element.remove();
  }

  for (;;) {
    let job;
    try {
      job = await api.get(`jobs/${encodeURIComponent(id)}`);
    } catch (e) {
      setText(text, e.message);
      if (e.status === 404) {
        remove();
        return;
      }
      await pause(2_000);
      continue;
    }
    first ??= job.done;
    show(job);
    if (job.state !== 'running') {
      remember(remembered().filter(other => other !== id));
      done(job);
      if (job.state === 'done') {
        await pause(6_000);
        element.remove();
      }
      return;
    }
    await pause(POLL);
  }

  function show(job) {
    const total = Math.max(job.total, job.done);
    setText(title, `${VERBS[job.action] ?? job.action} · ${job.queue}`);
    element.dataset.tone = {done: 'good', running: 'running'}[job.state] ?? 'bad';
    bar.max = Math.max(1, total);
    bar.value = job.state === 'done' ? bar.max : job.done;
    setText(text, {
      running: () => progress(job, total),
      done: () => `${count(job.changed, 'message')} changed`
          + (job.done > job.changed ? `, ${number(job.done - job.changed)} did not match` : ''),
      failed: () => `Failed after ${count(job.changed, 'message')}: ${job.failure ?? ''}`,
      interrupted: () => 'The server that ran it has stopped reporting. Start the operation again.',
    }[job.state]?.() ?? job.state);
  }

  function progress(job, total) {
    const rate = (job.done - first) / Math.max(0.2, (performance.now() - begin) / 1000);
    const left = rate > 0 ? ` · ${number(Math.round(rate))}/s · ${duration((total - job.done) / rate)} left` : '';
    return `${number(job.done)} of ${number(total)}${left}`;
  }
}

function pause(milliseconds) {
  return new Promise(resolve => { setTimeout(resolve, milliseconds); });
}
