// SPDX-License-Identifier: Apache-2.0
// Loads the history of those queues whose charts are visible.

import * as api from '../api.js';
import {number} from '../format.js';
import {sparkline} from '../sparkline.js';

const BATCH = 25;
const MAX_AGE = 20_000;

export class HistoryLoader {
  constructor() {
    this.charts = new Map();
    this.visible = new Set();
    this.loaded = new Map();
    this.observer = new IntersectionObserver(entries => {
      for (const {target, isIntersecting} of entries) {
        this.visible[isIntersecting ? 'add' : 'delete'](target.dataset.queue);
      }
    }, {rootMargin: '200px'});
  }

  /** The chart of a queue. It is drawn when it is visible. */
  chartOf(queue) {
    if (!this.charts.has(queue)) {
      const chart = sparkline();
      chart.element.dataset.queue = queue;
      this.charts.set(queue, chart);
      this.observer.observe(chart.element);
    }
    return this.charts.get(queue).element;
  }

  /** Loads one batch of the visible charts that are too old; the next refresh loads the next batch. */
  async load(signal) {
    const now = performance.now();
    const due = [...this.visible]
        .filter(queue => now - (this.loaded.get(queue) ?? -MAX_AGE) >= MAX_AGE)
        .sort((a, b) => (this.loaded.get(a) ?? 0) - (this.loaded.get(b) ?? 0))
        .slice(0, BATCH);
    if (due.length === 0) {
      return;
    }
    const query = due.map(queue => `queue=${encodeURIComponent(queue)}`).join('&');
    const histories = await this.read(query, signal);
    due.forEach(queue => this.loaded.set(queue, now));
    for (const {queue, delivered, failed} of histories) {
      const sum = delivered.reduce((a, b) => a + b, 0);
      const failures = failed.reduce((a, b) => a + b, 0);
      this.charts.get(queue)?.show(delivered, `${number(sum)} delivered, ${number(failures)} failed in the last hour`,
          failed);
    }
  }

  /** Empty if the installed adapter keeps no history. */
  async read(query, signal) {
    try {
      return await api.get(`history?${query}`, signal);
    } catch (e) {
      if (e.status === 501) {
        return [];
      }
      throw e;
    }
  }

  close() {
    this.observer.disconnect();
  }
}
