// SPDX-License-Identifier: Apache-2.0
/**
 * Runs the documentation as a reader would: each command of a page in its order, in a shell, with a Redis and a WildFly.
 *
 * <p>A comment {@code <!-- doctest: … -->} before a block tells the tests what a reader knows without being told.
 * Several comments may precede a block:
 *
 * <ul>
 *   <li>{@code not run: <reason>}: why the block cannot run here;
 *   <li>{@code until <text>}: the command keeps running; the test continues when its output contains the text;
 *   <li>{@code input <text>}: what the reader types;
 *   <li>{@code save <file>}: the block is the content of this file;
 *   <li>{@code into <file> before <text>}: the block is inserted into this file, above the first line with the text;
 *   <li>{@code figures vary}: numbers in the output may differ, except that zero remains zero;
 *   <li>{@code figures vary freely}: also between zero and other numbers, where the page shows a busy system;
 *   <li>{@code fails: <command>}: this command of the block reports an error; all others must succeed;
 *   <li>{@code prepare <name>}: brings about what the page takes for granted, see {@code Preparations};
 *   <li>{@code expect <text>}: the log of WildFly then contains the text.
 * </ul>
 *
 * <p>{@code <!-- from <file> -->} states that the lines of a block are in this file, which the build compiles or tests.
 *
 * <p>{@code <!-- doctest page: not run: <reason> -->} applies to all blocks of the page that have no other comment.
 */
package org.redisqueue.it.docs;
