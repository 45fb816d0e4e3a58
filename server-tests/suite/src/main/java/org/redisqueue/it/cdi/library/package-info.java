// SPDX-License-Identifier: Apache-2.0
/** The beans of an application with the extension in the libraries of its EAR. */
package org.redisqueue.it.cdi.library;
