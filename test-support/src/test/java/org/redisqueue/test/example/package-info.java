// SPDX-License-Identifier: Apache-2.0
/** The application and the tests that {@code docs/testing.md} shows. */
package org.redisqueue.test.example;
