// SPDX-License-Identifier: Apache-2.0
// One message: where it is and why, its headers and its body, which can be corrected.

import * as api from '../api.js';
import {ask, attempt, field, toast} from '../dialogs.js';
import {button, h, link, patch, setText} from '../dom.js';
import {bytes, dateTime, duration, number, pretty, relative, secondsSince, withLineEnds} from '../format.js';
import * as jobs from '../jobs.js';
import {QUEUE} from '../names.js';
import {queueHref} from './overview.js';

const PLACES = {
  ready: 'Ready', scheduled: 'Scheduled', waiting: 'Waiting', delivering: 'Delivering', redelivering: 'Redelivering',
  inDoubt: 'In doubt', dead: 'Dead letter',
};

const TABS = {dead: 'Dead letters'};

export function messageView(queue, key) {
  const path = `${api.queuePath(queue)}/messages/${encodeURIComponent(key)}`;
  const title = h('h1', {class: 'id'}, '…');
  const place = h('span', {class: 'badge'});
  const placeLink = h('a', {});
  const facts = h('dl', {class: 'facts-list'});
  const headers = h('dl', {class: 'headers'});
  const body = h('pre', {class: 'body', tabindex: '0', 'aria-label': 'Body'});
  const bodyNote = h('span', {class: 'quiet'});
  const content = h('div', {class: 'body-panel'}, body);
  const buttons = {
    requeue: button('Requeue', requeue, {class: 'primary', hidden: true}),
    edit: button('Edit body', edit, {hidden: true}),
    move: button('Move', move, {hidden: true}),
    cancel: button('Cancel delivery', cancel, {class: 'danger-quiet', hidden: true}),
    remove: button('Delete', remove, {class: 'danger-quiet', hidden: true}),
  };
  const download = h('a', {href: api.address(`${path}/body`), download: ''}, 'Download');
  const gone = h('p', {class: 'empty', hidden: true}, 'This message no longer exists.');
  let message = null;
  let editing = false;
  let deleting = false; // a refresh would report that the message does not exist

  function refreshNow() {
    window.dispatchEvent(new Event('refresh-view'));
  }

  function show() {
    setText(title, message.id);
    setText(place, PLACES[message.place]);
    setText(placeLink, TABS[message.place] ?? PLACES[message.place]);
    placeLink.href = queueHref(queue, message.place);
    place.dataset.tone = {dead: 'bad', inDoubt: 'warn', redelivering: 'warn'}[message.place] ?? '';
    definitions(facts, factsOf(message));
    definitions(headers, Object.entries(message.headers));
    headers.hidden = Object.keys(message.headers).length === 0;
    setText(bodyNote, [
      bytes(message.size), message.binary ? 'binary, shown in Base64' : null, message.truncated ? 'shortened' : null,
      message.malformed,
    ].filter(Boolean).join(' · '));
    setText(body, message.binary ? message.body : pretty(message.body));
    const dead = message.place === 'dead';
    buttons.requeue.hidden = !dead || editing;
    buttons.edit.hidden = !dead || message.binary || message.truncated || editing;
    buttons.move.hidden = !dead && message.place !== 'ready';
    buttons.remove.hidden = buttons.move.hidden && message.place !== 'waiting';
    buttons.cancel.hidden = message.place !== 'scheduled';
    download.hidden = message.truncated;
  }

  function requeueNow() {
    return jobs.start(() => api.post(`${api.queuePath(queue)}/dead/requeue`, {ids: [message.id]}), refreshNow);
  }

  async function requeue() {
    await requeueNow();
  }

  function edit() {
    editing = true;
    const {version, body: original} = message;
    const lines = pretty(message.body).split('\n').length;
    const text = h('textarea', {
      class: 'body', spellcheck: 'false', 'aria-label': 'New body', rows: Math.min(24, Math.max(6, lines + 1)),
    });
    text.value = original;

    function format() {
      text.value = pretty(text.value);
      text.focus();
    }

    function leave() {
      editing = false;
      content.replaceChildren(body);
      show();
    }

    async function save(andRequeue) {
      const request = {body: withLineEnds(text.value, original)};
      const saved = await attempt(() => api.change('PUT', `${path}/body`, request, {'If-Match': `"${version}"`}),
          andRequeue ? null : 'The body has been replaced.');
      if (saved) {
        leave();
        await (andRequeue ? requeueNow() : null);
        refreshNow();
      }
    }

    content.replaceChildren(text, h('div', {class: 'actions end'},
        button('Format', format, {class: 'quiet-button', title: 'Indent JSON'}), button('Cancel', leave),
        button('Save', () => save(false)), button('Save and requeue', () => save(true), {class: 'primary'})));
    text.focus();
    show();
    content.scrollIntoView({block: 'nearest'});
  }

  async function move() {
    const answer = await ask({
      title: 'Move', action: 'Move', text: 'Moves the message to another queue, where it is ready.',
      fields: [field('Queue', {name: 'target', required: true, pattern: QUEUE})],
    });
    if (answer) {
      const request = {target: answer.target, place: message.place, ids: [message.id]};
      await jobs.start(() => api.post(`${api.queuePath(queue)}/move`, request), ({changed}) => follow(answer.target, changed));
    }
  }

  /** Shows the message in its new queue, unless it stays where it is or the reader has left. */
  function follow(target, changed) {
    if (changed > 0 && title.isConnected) {
      location.hash = `${queueHref(target)}/messages/${key}`;
    } else {
      refreshNow();
    }
  }

  async function cancel() {
    const answer = await ask({
      title: 'Cancel delivery', action: 'Cancel delivery', danger: true,
      text: 'Deletes the message, which is not delivered. This cannot be undone.',
    });
    let canceled = false;
    const done = answer && await attempt(async () => {
      ({canceled} = await api.post(`${path}/cancel`));
    });
    if (done && canceled) {
      toast('The message is deleted.');
      location.hash = queueHref(queue, 'scheduled');
    } else if (done) {
      toast('The message is no longer scheduled.', true);
      refreshNow();
    }
  }

  async function remove() {
    const answer = await ask({
      title: 'Delete', action: 'Delete', danger: true, text: 'Deletes the message. This cannot be undone.',
    });
    if (answer) {
      deleting = true;
      deleting = await attempt(() => api.change('DELETE', path), 'The message is deleted.');
      if (deleting) {
        location.hash = queueHref(queue, message.place);
      }
    }
  }

  async function copy() {
    await attempt(() => navigator.clipboard.writeText(message.id), 'The id is copied.');
  }

  return {
    title: 'Message',
    element: h('div', {},
        h('p', {class: 'path'}, link('Queues', '#/queues'), ' / ', link(queue, queueHref(queue)), ' / ', placeLink),
        h('div', {class: 'heading'},
            h('div', {}, title, place, button('Copy id', copy, {class: 'quiet-button'})),
            h('div', {class: 'actions changes'}, Object.values(buttons))),
        gone,
        h('section', {class: 'panel'}, facts),
        h('section', {class: 'panel'}, h('h2', {}, 'Headers'), headers),
        h('section', {class: 'panel'}, h('div', {class: 'heading body-heading'}, h('h2', {}, 'Body'), bodyNote, download), content)),
    async refresh(signal) {
      if (deleting) {
        return;
      }
      try {
        message = await api.get(path, signal);
        gone.hidden = true;
        show();
      } catch (e) {
        if (e.status !== 404) {
          throw e;
        }
        gone.hidden = false;
        Object.values(buttons).forEach(b => { b.hidden = true; });
        if (editing) {
          editing = false;
          toast('The message was changed by somebody else.', true);
        }
      }
    },
  };
}

function factsOf(message) {
  const {holder} = message;
  const at = time => (time ? `${dateTime(time)} (${relative(time)})` : null);
  return [
    ['Reason', message.reason],
    ['Dead letter since', at(message.since)],
    ['Held by', holder ? `${holder.listener ?? 'unknown listener'} on ${holder.host ?? holder.server ?? 'unknown server'}`
      + (holder.since ? ` for ${duration(secondsSince(holder.since))}` : '') : null],
    [message.place === 'delivering' ? 'Lease ends' : 'Due', at(message.due)],
    ['Branch', message.branch],
    ['Group', message.group],
    ['Priority', message.priority || null],
    ['Deliveries', number(message.deliveries)],
    ['Sent', at(message.sent)],
    ['Expires', at(message.expires)],
  ].filter(([, value]) => value);
}

/** Shows names and values in a definition list. */
function definitions(list, entries) {
  patch(list, entries, ([name]) => name, ([name]) => {
    const value = h('dd', {});
    return {value, element: h('div', {}, h('dt', {}, name), value)};
  }, (row, [, text]) => setText(row.value, text));
}
