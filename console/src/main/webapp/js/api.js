// SPDX-License-Identifier: Apache-2.0
// Calls of the REST API.

import {setServerTime} from './format.js';

const BASE = base();
const PLAIN = /^[A-Za-z0-9._:-]+$/;

/** The address of the API. The address of the page may contain credentials, with which browsers refuse to send requests. */
function base() {
  const url = new URL('api/', document.baseURI);
  url.username = '';
  url.password = '';
  return url;
}

/** An error that the API has answered with, or a missing answer (status 0). */
export class ApiError extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

function base64url(text) {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) {
    binary += String.fromCharCode(byte);
  }
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** A name as a part of a path. Names that browsers would change are encoded. */
export function segment(name) {
  return PLAIN.test(name) && !/^\.+$/.test(name) ? name : `~${base64url(name)}`;
}

/** The path of a queue. */
export function queuePath(queue) {
  return `queues/${segment(queue)}`;
}

/** The address of a path, for links. */
export function address(path) {
  return new URL(path, BASE).href;
}

async function call(path, options) {
  let response;
  try {
    response = await fetch(new URL(path, BASE), {credentials: 'same-origin', ...options});
  } catch (e) {
    throw e.name === 'AbortError' ? e : new ApiError(0, 'The server cannot be reached.');
  }
  if (response.headers.has('Date')) {
    setServerTime(response.headers.get('Date'));
  }
  if (!response.ok) {
    throw new ApiError(response.status, await detail(response));
  }
  return response.status === 204 ? null : response.json();
}

async function detail(response) {
  try {
    const problem = await response.json();
    return problem.detail ?? problem.title;
  } catch {
    return `The server answered with status ${response.status}.`;
  }
}

/** Reads. */
export function get(path, signal) {
  return call(path, {signal});
}

/** Changes. */
export function change(method, path, body, headers = {}) {
  const options = {method, headers: {'X-Redis-Queue': '1', ...headers}};
  if (body !== undefined) {
    options.headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  return call(path, options);
}

export function post(path, body) {
  return change('POST', path, body);
}
