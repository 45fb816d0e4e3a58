// SPDX-License-Identifier: Apache-2.0
// Texts for people. These functions depend on nothing.

const NUMBER = new Intl.NumberFormat('en-US');
const COMPACT = new Intl.NumberFormat('en-US', {notation: 'compact', maximumFractionDigits: 1});
const TIME = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit', second: '2-digit'});
const DATE_TIME = new Intl.DateTimeFormat(undefined, {
  year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit',
});

/** 1,234,567 */
export function number(value) {
  return value < 1000 ? String(value) : NUMBER.format(value);
}

/** 1,234 or 1.2M: at most six characters. */
export function compact(value) {
  return value < 100_000 ? number(value) : COMPACT.format(value);
}

/** The two greatest units: 45 s, 3 min 20 s, 2 h 5 min, 4 d 3 h. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) {
    return '';
  }
  const whole = Math.max(0, Math.floor(seconds));
  const units = [['d', 86_400], ['h', 3_600], ['min', 60], ['s', 1]];
  const first = units.findIndex(([, length]) => whole >= length);
  if (first < 0) {
    return '0 s';
  }
  const [name, length] = units[first];
  const text = `${Math.floor(whole / length)} ${name}`;
  const next = units[first + 1];
  const rest = next ? Math.floor((whole % length) / next[1]) : 0;
  return rest > 0 ? `${text} ${rest} ${next[0]}` : text;
}

const CLOCK_TOLERANCE = 2_000;
let clockOffset = 0;

/** Takes over the clock of the server, to the second, if the clock of the browser is wrong. */
export function setServerTime(date) {
  const offset = Date.parse(date) + 500 - Date.now();
  if (Math.abs(offset - clockOffset) > CLOCK_TOLERANCE) {
    clockOffset = Math.abs(offset) > CLOCK_TOLERANCE ? offset : 0;
  }
}

/** The current time according to the clock of the server. */
function serverTime() {
  return Date.now() + clockOffset;
}

/** How long ago a time is, in seconds. Null if there is no time. */
export function secondsSince(time, now = serverTime()) {
  return time ? (now - Date.parse(time)) / 1000 : null;
}

/** 12 s ago, in 3 min, or nothing. */
export function relative(time, now = serverTime()) {
  if (!time) {
    return '';
  }
  const seconds = secondsSince(time, now);
  if (Math.abs(seconds) < 1) {
    return 'now';
  }
  return seconds > 0 ? `${duration(seconds)} ago` : `in ${duration(-seconds)}`;
}

/** Date and time in the format of the reader. */
export function dateTime(time) {
  return time ? DATE_TIME.format(new Date(time)) : '';
}

/** The time of day in the format of the reader. */
export function timeOfDay(time) {
  return TIME.format(new Date(time));
}

/** 512 B, 1.5 kB, 2 MB */
export function bytes(size) {
  const units = ['B', 'kB', 'MB', 'GB'];
  let value = size;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** 1 message, 2 messages */
export function count(value, singular, plural = `${singular}s`) {
  return `${number(value)} ${value === 1 ? singular : plural}`;
}

/** Seconds in a text such as 90, 90s, 10 min, 2h or 1d. NaN if it is none. */
export function parseDuration(text) {
  const match = /^\s*(\d+)\s*(s|m|min|h|d)?\s*$/i.exec(text);
  if (!match) {
    return NaN;
  }
  const length = {s: 1, m: 60, min: 60, h: 3_600, d: 86_400}[(match[2] ?? 's').toLowerCase()];
  return Number(match[1]) * length;
}

/** The points of a line through values from 0 to max, for an SVG of this size. */
export function linePoints(values, width, height, max = Math.max(1, ...values)) {
  const step = values.length > 1 ? width / (values.length - 1) : width;
  return values
      .map((value, i) => `${(i * step).toFixed(1)},${(height - 1 - (value / max) * (height - 2)).toFixed(1)}`)
      .join(' ');
}

/** A path with a bar for each value that is not zero. */
export function barPath(values, width, height, max) {
  const step = width / Math.max(1, values.length - 1);
  return values
      .map((value, i) => (value > 0 ? `M${(i * step).toFixed(1)},${height}v${(-(value / max) * height).toFixed(1)}` : ''))
      .join('');
}

/** A text from a text field, with the line ends that the original has. Text fields know only line feeds. */
export function withLineEnds(text, original) {
  const plain = original.replace(/\r\n?/g, '\n');
  const end = /\r\n?|\n/.exec(original)?.[0] ?? '\n';
  return text === plain ? original : text.replaceAll('\n', end);
}

/** A body with indentation if it is JSON; unchanged otherwise. */
export function pretty(body) {
  const start = body.trimStart()[0];
  if (start !== '{' && start !== '[') {
    return body;
  }
  try {
    const indented = JSON.stringify(JSON.parse(body), null, 2);
    // Numbers that a script cannot represent would be shown wrongly.
    return indented.replace(/\s/g, '') === body.replace(/\s/g, '') ? indented : body;
  } catch {
    return body;
  }
}

/** Words of a constant: readyTwice becomes "ready twice". */
export function words(constant) {
  return constant.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`);
}

/** The first line of a reason, in which the exception has no package. */
export function simpleCause(reason) {
  return cause(reason).replace(/^(?:[a-z_][\w$]*\.)+(?=[A-Z])/, '');
}

/** The first line of a reason, which names the exception. */
export function cause(reason) {
  return (reason ?? '').split('\n', 1)[0];
}

/** What the limits of a queue say, from its settings. */
export function limitsOf({rateLimit = 'none', maxQueueConcurrency = 'none'}) {
  return [
    rateLimit === 'none' ? null : `at most ${rateLimit}`,
    maxQueueConcurrency === 'none' ? null : `at most ${maxQueueConcurrency} at the same time`,
  ].filter(Boolean);
}
