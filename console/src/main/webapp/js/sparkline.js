// SPDX-License-Identifier: Apache-2.0
// Small charts.

import {setAttribute, svg} from './dom.js';
import {barPath, linePoints} from './format.js';

/** A line with the area below it. */
export function sparkline(width = 120, height = 26) {
  const area = svg('polygon', {class: 'area'});
  const line = svg('polyline', {class: 'line'});
  const bars = svg('path', {class: 'line failed'});
  const element = svg('svg', {
    class: 'spark', viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': '',
  }, area, line, bars);
  return {
    element,
    /** Draws values, and failures of the same scale as bars. */
    show(values, label, failures = []) {
      const max = 1.15 * Math.max(1, ...values, ...failures);
      const points = linePoints(values, width, height, max);
      setAttribute(line, 'points', points);
      setAttribute(area, 'points', points === '' ? '' : `0,${height} ${points} ${width},${height}`);
      setAttribute(bars, 'd', barPath(failures, width, height, max));
      setAttribute(element, 'aria-label', label);
    },
  };
}

/** The last values of a figure that is read every two seconds. */
export class Trail {
  constructor(length = 90) {
    this.length = length;
    this.values = [];
  }

  add(value) {
    this.values.push(value);
    if (this.values.length > this.length) {
      this.values.shift();
    }
    return this.values;
  }
}
