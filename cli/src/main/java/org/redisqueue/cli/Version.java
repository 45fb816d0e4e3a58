// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of the command line, from the manifest of its JAR. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"redis-queue " + (version == null ? "(development)" : version)};
    }
}
