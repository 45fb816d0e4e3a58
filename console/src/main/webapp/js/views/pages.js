// SPDX-License-Identifier: Apache-2.0
// The messages of one place, page after page.

import * as api from '../api.js';
import {toast} from '../dialogs.js';
import {button, h} from '../dom.js';

/** Loads the first page at each refresh, until the reader asks for more or has selected something: then the list stays. */
export class Pages {
  constructor(queue, place, limit, show, isHeld = () => false) {
    this.path = `${api.queuePath(queue)}/messages?place=${place}&limit=${limit}`;
    this.show = show;
    this.isHeld = isHeld;
    this.messages = [];
    this.next = null;
    this.frozen = false;
    this.more = button('Load more', () => this.loadMore());
    this.newest = button('Back to the first page', () => this.reset(), {hidden: true});
    this.element = h('div', {class: 'pages'}, this.more, this.newest);
    this.more.hidden = true;
  }

  async refresh(signal) {
    if (!this.frozen && !this.isHeld()) {
      this.replace(await this.read('', signal));
    }
  }

  /** A page that is not the last one may be empty. */
  async read(cursor, signal) {
    const messages = [];
    let next = cursor;
    do {
      const page = await api.get(`${this.path}${next ? `&cursor=${encodeURIComponent(next)}` : ''}`, signal);
      messages.push(...page.messages);
      next = page.next;
    } while (messages.length === 0 && next !== null);
    return {messages, next};
  }

  replace({messages, next}) {
    this.messages = messages;
    this.next = next;
    this.draw();
  }

  async loadMore() {
    this.frozen = true;
    this.more.disabled = true;
    try {
      const page = await this.read(this.next);
      this.replace({messages: [...this.messages, ...page.messages], next: page.next});
    } catch (e) {
      toast(e.message, true);
    } finally {
      this.more.disabled = false;
    }
  }

  /** Follows the first page again. */
  reset() {
    this.frozen = false;
    window.dispatchEvent(new Event('refresh-view'));
  }

  draw() {
    this.more.hidden = this.next === null;
    this.newest.hidden = !this.frozen;
    this.show(this.messages);
  }
}
