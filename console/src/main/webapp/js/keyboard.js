// SPDX-License-Identifier: Apache-2.0
// Shortcuts. They do not apply while the reader types.

import {button, h} from './dom.js';

const PAGES = {1: '#/queues', 2: '#/topics', 3: '#/in-doubt', 4: '#/servers', 5: '#/check', 6: '#/audit'};
const HELP = [
  ['1 – 6', 'Queues, topics, in doubt, servers, check, audit'],
  ['/', 'Filter'],
  ['j  k', 'Next and previous row'],
  ['Enter', 'Open the row'],
  ['x', 'Select the row'],
  ['u', 'One level up'],
  ['r', 'Refresh'],
  ['p', 'Stop and continue refreshing'],
  ['?', 'This list'],
];

export function listen({refresh, toggleLive, up}) {
  const actions = {
    '/': () => document.querySelector('main input[type=search]')?.focus(),
    j: () => step(1),
    k: () => step(-1),
    x: () => document.activeElement?.closest('tr')?.querySelector('input[type=checkbox]')?.click(),
    u: up,
    r: refresh,
    p: toggleLive,
    '?': showHelp,
  };
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) {
      return;
    }
    if (event.target.matches('input:not([type=checkbox]), textarea, select')) {
      if (event.key === 'Escape') {
        event.target.blur();
      }
      return;
    }
    if (PAGES[event.key]) {
      location.hash = PAGES[event.key];
    } else if (Object.hasOwn(actions, event.key)) {
      event.preventDefault();
      actions[event.key]();
    }
  });
}

function step(distance) {
  const links = [...document.querySelectorAll('main tbody tr')].map(row => row.querySelector('.row-link'))
      .filter(link => link && link.offsetParent !== null);
  const current = links.indexOf(document.activeElement?.closest('tr')?.querySelector('.row-link'));
  const next = links[current < 0 ? (distance > 0 ? 0 : links.length - 1) : current + distance];
  next?.focus();
  next?.scrollIntoView({block: 'nearest'});
}

export function showHelp() {
  const dialog = h('dialog', {class: 'modal', 'aria-label': 'Keyboard shortcuts', onclose: () => dialog.remove()},
      h('h2', {}, 'Keyboard shortcuts'),
      h('dl', {class: 'keys'}, HELP.flatMap(([keys, text]) => [
        h('dt', {}, keys.split(/\s{2}/).map(key => h('kbd', {}, key))), h('dd', {}, text)])),
      h('div', {class: 'actions end'}, button('Close', () => dialog.close(), {class: 'primary'})));
  document.body.append(dialog);
  dialog.showModal();
}
