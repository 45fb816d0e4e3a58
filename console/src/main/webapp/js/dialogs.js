// SPDX-License-Identifier: Apache-2.0
// Questions and short reports.

import {button, h} from './dom.js';

/**
 * Asks a question in a modal dialog, and resolves to the entered values, or to null if the reader cancels.
 *
 * @param fields elements with a name, which the dialog shows in this order
 * @param confirmation a text that the reader must enter, for changes that cannot be undone
 */
export function ask({title, text, action, danger = false, fields = [], confirmation = null}) {
  return new Promise(resolve => {
    const go = h('button', {type: 'submit', class: danger ? 'danger' : 'primary'}, action);
    const typed = confirmation === null ? null : h('input', {
      name: 'confirmation', autocomplete: 'off', spellcheck: 'false', 'aria-label': `Enter ${confirmation} to confirm`,
      oninput: () => { go.disabled = typed.value !== confirmation; },
    });
    go.disabled = typed !== null;
    const form = h('form', {method: 'dialog', onsubmit: submit},
        h('h2', {}, title),
        text ? h('p', {}, text) : null,
        fields,
        typed ? h('label', {}, h('span', {}, 'Enter ', h('code', {}, confirmation), ' to confirm'), typed) : null,
        h('div', {class: 'actions end'}, button('Cancel', () => dialog.close()), go));
    const dialog = h('dialog', {class: 'modal', onclose: closed, 'aria-label': title}, form);
    let values = null;

    function submit(event) {
      event.preventDefault();
      values = {};
      for (const input of form.elements) {
        if (input.name && (input.type !== 'radio' || input.checked)) {
          values[input.name] = input.type === 'checkbox' ? input.checked : input.value;
        }
      }
      dialog.close();
    }

    function closed() {
      dialog.remove();
      resolve(values);
    }

    document.body.append(dialog);
    dialog.showModal();
    (form.querySelector('input:not([type=radio]), textarea') ?? go).focus();
  });
}

/** A labelled input for {@link ask}. */
export function field(label, properties, hint = null) {
  return h('label', {}, label, h('input', {autocomplete: 'off', ...properties}), hint ? h('small', {}, hint) : null);
}

/** A choice of one of several values for {@link ask}. */
export function choice(label, name, options) {
  return h('fieldset', {}, h('legend', {}, label), options.map(([value, text], i) => h('label', {class: 'option'},
      h('input', {type: 'radio', name, value, checked: i === 0}), text)));
}

/** A switch for {@link ask}. */
export function checkbox(label, name) {
  return h('label', {class: 'option'}, h('input', {type: 'checkbox', name}), label);
}

/** Shows a message for some seconds; an error until it is closed. */
export function toast(text, error = false) {
  const element = h('div', {class: 'toast', 'data-tone': error ? 'bad' : 'good'}, h('span', {}, text),
      button('×', () => element.remove(), {class: 'quiet-button', 'aria-label': 'Close'}));
  document.getElementById('toasts').append(element);
  if (!error) {
    setTimeout(() => element.remove(), 5_000);
  }
}

/** Runs a change, and reports its success or its failure. Resolves to whether it has succeeded. */
export async function attempt(work, success = null) {
  try {
    await work();
    if (success) {
      toast(success);
    }
    return true;
  } catch (e) {
    toast(e.message, true);
    return false;
  }
}
