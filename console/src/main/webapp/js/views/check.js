// SPDX-License-Identifier: Apache-2.0
// Looks for damaged queues and repairs them.

import * as api from '../api.js';
import {ask, attempt} from '../dialogs.js';
import {button, h, setText} from '../dom.js';
import {count, number, words} from '../format.js';
import {table} from '../table.js';
import {queueHref} from './overview.js';

const NEVER = 2 ** 30;

const REPAIRED = 'repaired';
const REMAINS = 'not repaired';

function keyOf({kind, queue, id}) {
  return `${kind} ${queue} ${id}`;
}

export function checkView() {
  const queue = h('input', {placeholder: 'All queues', 'aria-label': 'Queue, or all queues', autocomplete: 'off'});
  const pause = h('input', {type: 'number', min: 0, max: 300, value: 15, 'aria-label': 'Seconds between the passes'});
  const runButton = h('button', {type: 'submit', class: 'primary'}, 'Check');
  const repairButton = button('Repair', repair, {class: 'primary', hidden: true});
  const bar = h('progress', {hidden: true, 'aria-label': 'Progress'});
  const summary = h('p', {class: 'facts', role: 'status'});
  const skipped = h('ul', {class: 'quiet'});
  const list = table({
    label: 'Findings', key: keyOf, empty: '',
    columns: [
      {title: 'Queue', width: 12, text: finding => finding.queue, href: finding => queueHref(finding.queue),
        sort: finding => finding.queue},
      {title: 'Kind', width: 13, text: finding => words(finding.kind), sort: finding => finding.kind},
      {title: 'Id', kind: 'id', text: finding => finding.id ?? '', hint: finding => finding.id},
      {title: 'What is wrong', kind: 'reason', text: finding => finding.description, hint: finding => finding.description},
      {title: 'Repair', width: 10, text: finding => outcomes.get(keyOf(finding)) ?? (finding.repairable ? 'possible' : 'needs a decision'),
        tone: finding => ({[REPAIRED]: 'good', [REMAINS]: 'bad'}[outcomes.get(keyOf(finding))]
            ?? (finding.repairable ? null : 'warn'))},
    ],
  });
  let findings = [];
  /** What became of the findings that were to be repaired. */
  const outcomes = new Map();

  async function run(event) {
    event.preventDefault();
    runButton.disabled = true;
    repairButton.hidden = true;
    setText(summary, `Checking in three passes, ${pause.value} seconds apart …`);
    advance(2 * Number(pause.value));
    const query = new URLSearchParams({pauseSeconds: pause.value, queue: queue.value.trim()});
    const succeeded = await attempt(async () => show(await api.get(`check?${query}`)));
    if (!succeeded) {
      setText(summary, '');
    }
    bar.hidden = true;
    runButton.disabled = false;
  }

  function advance(seconds) {
    const begin = performance.now();
    bar.hidden = false;
    bar.max = Math.max(1, seconds);
    const timer = setInterval(() => {
      bar.value = (performance.now() - begin) / 1000;
      if (bar.hidden || !bar.isConnected) {
        clearInterval(timer);
      }
    }, 250);
  }

  function show(report) {
    ({findings} = report);
    outcomes.clear();
    setText(summary, `${count(report.queues, 'queue')} with ${count(report.messages, 'message')}: `
        + (findings.length === 0 ? 'no damage found.' : `${count(findings.length, 'finding')}.`));
    skipped.replaceChildren(...report.skipped.map(text => h('li', {}, `Not checked: ${text}`)));
    list.show(findings);
    const repairable = findings.filter(finding => finding.repairable).length;
    repairButton.hidden = repairable === 0;
    setText(repairButton, `Repair ${number(repairable)}`);
  }

  async function repair() {
    const chosen = findings.filter(finding => finding.repairable);
    const answer = await ask({
      title: 'Repair', action: 'Repair',
      text: `Repairs ${count(chosen.length, 'finding')}. Each one is verified again before anything changes.`,
    });
    if (answer) {
      await attempt(async () => {
        const report = await api.post('repair', {findings: chosen});
        report.repaired.forEach(finding => outcomes.set(keyOf(finding), REPAIRED));
        report.remaining.forEach(finding => outcomes.set(keyOf(finding), REMAINS));
        setText(summary, `${count(report.repaired.length, 'finding')} repaired, `
            + `${number(findings.length - report.repaired.length)} remaining.`);
        list.show(findings);
        repairButton.hidden = true;
      });
    }
  }

  return {
    title: 'Check',
    interval: NEVER,
    element: h('div', {},
        h('h1', {}, 'Check'),
        h('p', {class: 'lead'}, 'Looks for damaged queues, and reports only what three passes agree on. Choose a pause between '
            + 'the passes that is at least the longest lease of the consumers.'),
        h('form', {class: 'toolbar', onsubmit: run}, queue, h('label', {class: 'option'}, 'Pause', pause, 's'), runButton,
            h('span', {class: 'changes'}, repairButton)),
        bar, summary, skipped, list.element),
    refresh: async () => {},
  };
}
