// SPDX-License-Identifier: Apache-2.0
// Chooses the view for the address, and refreshes it.

import * as api from './api.js';
import {setText} from './dom.js';
import {timeOfDay} from './format.js';
import {resumeAll} from './jobs.js';
import {listen, showHelp} from './keyboard.js';
import {auditView} from './views/audit.js';
import {checkView} from './views/check.js';
import {inDoubtView} from './views/in-doubt.js';
import {messageView} from './views/message.js';
import {overview} from './views/overview.js';
import {queueView} from './views/queue.js';
import {serversView} from './views/servers.js';
import {topicsView} from './views/topics.js';

const INTERVAL = 2_000;
const KEY = /^[\w-]+$/;
const TITLE = 'Redis Queue Console';

const main = document.getElementById('main');
const banner = document.getElementById('banner');
const liveButton = document.getElementById('live');

let view = null;
let live = true;
let timer = null;
let running = null;

/** Routes: the parts of the address after #/, and the view for them. */
function viewFor([page, ...parts]) {
  if (page === 'queues' && parts.length === 3 && parts[1] === 'messages' && KEY.test(parts[2])) {
    return messageView(parts[0], parts[2]);
  }
  if (page === 'queues' && parts.length > 0) {
    return queueView(parts[0], parts[1] ?? null);
  }
  const views = {topics: topicsView, 'in-doubt': inDoubtView, servers: serversView, check: checkView, audit: auditView};
  return (Object.hasOwn(views, page) ? views[page] : overview)();
}

function parts() {
  try {
    return location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  } catch {
    return ['queues'];
  }
}

function navigate() {
  if (location.hash === '#main') {
    return;
  }
  view?.close?.();
  const [page, ...rest] = parts();
  view = viewFor([page || 'queues', ...rest]);
  document.title = `${view.title} · ${TITLE}`;
  document.querySelectorAll('nav a').forEach(a => {
    if (a.dataset.page === (page || 'queues')) {
      a.setAttribute('aria-current', 'page');
    } else {
      a.removeAttribute('aria-current');
    }
  });
  main.classList.add('loading');
  main.replaceChildren(view.element);
  window.scrollTo(0, 0);
  refresh();
}

/** Refreshes the view now, and again after the interval. A slow answer delays the next request instead of overtaking it. */
async function refresh() {
  clearTimeout(timer);
  running?.abort();
  const mine = new AbortController();
  running = mine;
  const current = view;
  try {
    await current.refresh(mine.signal);
    if (!mine.signal.aborted) {
      recovered();
    }
  } catch (e) {
    if (!mine.signal.aborted) {
      failed(e);
    }
  }
  if (running === mine && live) {
    timer = setTimeout(() => (document.hidden ? schedule() : refresh()), current.interval ?? INTERVAL);
  }
}

function schedule() {
  clearTimeout(timer);
  if (live) {
    timer = setTimeout(() => (document.hidden ? schedule() : refresh()), INTERVAL);
  }
}

function recovered() {
  main.classList.remove('loading');
  banner.hidden = true;
  main.classList.remove('stale');
  liveButton.title = `Refreshed at ${timeOfDay(Date.now())} (p)`;
}

function failed(e) {
  main.classList.remove('loading');
  const retried = e.status === 0 || e.status === 503;
  setText(banner, retried ? `${e.message} Trying again every 2 seconds.` : e.message);
  banner.hidden = false;
  main.classList.add('stale');
  if (!('status' in e)) {
    console.error(e);
  }
}

function toggleLive() {
  live = !live;
  liveButton.setAttribute('aria-pressed', live);
  setText(liveButton, live ? 'Live' : 'Stopped');
  if (live) {
    refresh();
  } else {
    clearTimeout(timer);
  }
}

function up() {
  const [page, queue, messages] = parts();
  location.hash = messages === 'messages' ? `#/queues/${encodeURIComponent(queue)}/dead` : `#/${queue ? page : 'queues'}`;
}

async function showCaller() {
  try {
    const caller = await api.get('caller');
    document.body.classList.toggle('operator', caller.operator);
    setText(document.getElementById('caller'), `${caller.name} · ${caller.operator ? 'operator' : 'viewer'}`);
  } catch {
    setTimeout(showCaller, INTERVAL);
  }
}

window.addEventListener('hashchange', navigate);
window.addEventListener('refresh-view', refresh);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && live) {
    refresh();
  }
});
liveButton.addEventListener('click', toggleLive);
document.getElementById('help').addEventListener('click', showHelp);
document.getElementById('skip').addEventListener('click', event => {
  event.preventDefault();
  main.focus();
});
listen({refresh, toggleLive, up});
showCaller();
resumeAll();
navigate();
