// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

/** Reports an invalid argument that picocli cannot detect. */
final class InvalidArgumentException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InvalidArgumentException(String message) {
        super(message);
    }
}
