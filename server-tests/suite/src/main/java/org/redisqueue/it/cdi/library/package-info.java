// SPDX-License-Identifier: Apache-2.0
/** The beans of an application that has the extension in the libraries of its EAR. */
package org.redisqueue.it.cdi.library;
