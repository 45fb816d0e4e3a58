// SPDX-License-Identifier: Apache-2.0
// Prepared transaction branches, and decisions on them.

import * as api from '../api.js';
import {ask, attempt, checkbox} from '../dialogs.js';
import {button, h, link, patch, setAttribute, setText} from '../dom.js';
import {count, dateTime, duration} from '../format.js';
import {messageHref} from './message-list.js';
import {queueHref} from './overview.js';

const YOUNG = 60;
const SHOWN = 20;
const DECISIONS = {
  commit: ['Commit', 'Acknowledges the consumed messages and publishes the sent ones.'],
  rollback: ['Roll back', 'Redelivers the consumed messages and discards the sent ones.'],
  forget: ['Forget', 'Drops the branch. All of its messages become dead letters.'],
};

export function inDoubtView() {
  const list = h('div', {class: 'cards'});
  const none = h('p', {class: 'empty', hidden: true}, 'No transaction is in doubt.');

  async function decide(branch, decision) {
    const [action, effect] = DECISIONS[decision];
    const young = branch.ageSeconds !== null && branch.ageSeconds < YOUNG;
    const answer = await ask({
      title: `${action} the branch`, action, danger: decision !== 'commit',
      text: `${effect} Decide as the transaction manager ${branch.owner ? `'${branch.owner}' ` : ''}has decided; otherwise, `
        + 'other resources of the transaction may end differently.',
      fields: young ? [checkbox('It was prepared less than a minute ago. Its transaction may be running: end it anyway',
          'force')] : [],
    });
    if (answer) {
      const path = `in-doubt/${api.segment(branch.xid)}`;
      await attempt(() => api.post(path, {decision, force: answer.force ?? false}), 'The branch has been ended.');
      window.dispatchEvent(new Event('refresh-view'));
    }
  }

  function create(branch) {
    const age = h('strong', {});
    const facts = h('p', {class: 'quiet'});
    const row = {
      age, facts, branch,
      element: h('article', {class: 'panel'},
          h('div', {class: 'heading'},
              h('div', {}, h('h2', {}, age, ` in doubt in `, link(branch.queue, queueHref(branch.queue))), facts,
                  h('p', {class: 'id'}, branch.xid)),
              h('div', {class: 'actions changes'}, Object.entries(DECISIONS).map(([decision, [text]]) => button(text,
                  () => decide(row.branch, decision), {class: decision === 'forget' ? 'danger-quiet' : null})))),
          branch.malformed ? h('p', {class: 'bad'}, branch.malformed) : null,
          messages('Consumes', branch.consumed), messages('Sends', branch.sent)),
    };
    return row;
  }

  return {
    title: 'In doubt',
    element: h('div', {},
        h('h1', {}, 'In doubt'),
        h('p', {class: 'lead'}, 'Branches that are prepared and wait for the decision of their transaction manager. Recovery '
            + 'decides them as soon as their server runs again. Decide one here only if its server does not come back.'),
        list, none),
    async refresh(signal) {
      const branches = await api.get('in-doubt', signal);
      patch(list, branches, branch => `${branch.xid} ${branch.queue}`, create, (row, branch) => {
        row.branch = branch;
        setText(row.age, branch.ageSeconds === null ? 'Malformed,' : duration(branch.ageSeconds));
        setAttribute(row.age, 'data-tone', branch.ageSeconds > YOUNG ? 'warn' : null);
        setText(row.facts, [branch.owner ? `Transaction manager ${branch.owner}` : 'Unknown transaction manager',
          branch.prepared ? `prepared ${dateTime(branch.prepared)}` : null].filter(Boolean).join(' · '));
      });
      none.hidden = branches.length > 0;
    },
  };
}

function messages(title, references) {
  if (references.length === 0) {
    return null;
  }
  return h('details', {}, h('summary', {}, `${title} ${count(references.length, 'message')}`),
      h('ul', {class: 'ids'}, references.slice(0, SHOWN).map(({queue, id, key}) => h('li', {},
          link(queue, queueHref(queue)), ' · ', title === 'Consumes' ? link(id, messageHref(queue, key)) : id))),
      references.length > SHOWN ? h('p', {class: 'quiet'}, `and ${references.length - SHOWN} more`) : null);
}
