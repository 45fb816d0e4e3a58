// SPDX-License-Identifier: Apache-2.0
// Topics and the queues that are bound to them.

import * as api from '../api.js';
import {ask, field, toast} from '../dialogs.js';
import {button, h} from '../dom.js';
import {count} from '../format.js';
import {QUEUE, TOPIC} from '../names.js';
import {table} from '../table.js';
import {queueHref} from './overview.js';

const VALID = new RegExp(`^(${QUEUE})$`);
const SYNTAX = '1 to 200 letters, digits and . _ : -';

export function topicsView() {
  const bindings = table({
    label: 'Topics',
    columns: [
      {title: 'Topic', kind: 'name', text: ({topic}) => topic, sort: ({topic}) => topic},
      {title: 'Queue', kind: 'name', text: ({queue}) => queue, href: ({queue}) => queueHref(queue), sort: ({queue}) => queue},
      {title: '', width: 8, node: unbindButton},
    ],
    key: ({topic, queue}) => `${topic} ${queue}`, sort: {title: 'Topic', descending: false},
    empty: 'No queue is bound to a topic.',
  });

  /** Returns no button for a name that cannot be that of a queue; a repair removes such bindings. */
  function unbindButton({topic, queue}) {
    return h('span', {class: 'changes'}, VALID.test(queue)
      ? button('Unbind', () => unbind(topic, queue), {class: 'danger-quiet', 'aria-label': `Unbind ${queue} from ${topic}`})
      : '');
  }

  async function bind() {
    const answer = await ask({
      title: 'Bind a queue', action: 'Bind',
      text: 'The queue then gets a copy of each message that is published to the topic.',
      fields: [field('Topic', {name: 'topic', required: true, pattern: TOPIC}, SYNTAX),
        field('Queue', {name: 'queue', required: true, pattern: QUEUE}, `${SYNTAX}, optionally after a {hash tag}`)],
    });
    if (answer) {
      await change('PUT', answer.topic, answer.queue,
          ({bound}) => (bound ? `${answer.queue} is bound to ${answer.topic}.` : 'It was bound already.'));
    }
  }

  async function unbind(topic, queue) {
    const answer = await ask({
      title: `Unbind ${queue}`, action: 'Unbind', danger: true,
      text: `The queue then gets no more messages that are published to ${topic}. Its messages stay. A running listener that `
        + 'names the topic binds the queue again within a minute: remove the topic from its configuration first.',
    });
    if (answer) {
      await change('DELETE', topic, queue, remains);
    }
  }

  async function change(method, topic, queue, report) {
    try {
      toast(report(await api.change(method, `topics/${api.segment(topic)}/queues/${api.segment(queue)}`)));
    } catch (e) {
      toast(e.message, true);
    }
    window.dispatchEvent(new Event('refresh-view'));
  }

  return {
    title: 'Topics',
    element: h('div', {},
        h('div', {class: 'heading'}, h('h1', {}, 'Topics'),
            h('div', {class: 'actions changes'}, button('Bind a queue', bind))),
        bindings.element),
    async refresh(signal) {
      const topics = await api.get('topics', signal);
      bindings.show(topics.flatMap(({name, queues}) => queues.map(queue => ({topic: name, queue}))));
    },
  };
}

function remains({unbound, remaining: {ready, scheduled, waiting, redelivering, delivering, dead}, preparedBranches}) {
  const sending = preparedBranches > 0 ? ` ${count(preparedBranches, 'prepared transaction')} can still send to it.` : '';
  return `${unbound ? 'Unbound.' : 'It was not bound.'} In the queue: `
    + `${count(ready + scheduled + waiting + redelivering + delivering, 'message')}, ${count(dead, 'dead letter')}.${sending}`;
}
