// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ExtensionLogTest {

    @Test
    void messagesAreDocumentedVerbatim() throws IOException {
        String documentation = Files.readString(Path.of("../docs/log-messages.md"));
        for (ExtensionLog message : ExtensionLog.values()) {
            assertThat(documentation).containsOnlyOnce("| " + message.row() + " | ");
        }
    }
}
