// SPDX-License-Identifier: Apache-2.0
// The syntax of names, as patterns of input fields.

export const TOPIC = '[A-Za-z0-9._:\\-]{1,200}';
export const QUEUE = '(?=.{1,200}$)(\\{[A-Za-z0-9._:\\-]+\\})?[A-Za-z0-9._:\\-]+';
