// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.redisqueue.ra.testing.TestCertificate;
import org.redisqueue.ra.testing.TestRedis;

/**
 * The Redis of the shop, which also accepts connections with TLS.
 *
 * @param tlsPort the port for connections with TLS
 * @param trustStore contains the authority that has issued the certificate, with {@link TestCertificate#PASSWORD}
 */
record ShopRedis(TestRedis server, int tlsPort, Path trustStore) implements AutoCloseable {

    static ShopRedis start() throws IOException {
        try {
            TestCertificate certificate = new TestCertificate("redis", "ip:127.0.0.1");
            int port = TestRedis.freePort();
            TestRedis server = TestRedis.start(
                    "--tls-port",
                    Integer.toString(port),
                    "--tls-cert-file",
                    certificate.certificateFile().toString(),
                    "--tls-key-file",
                    certificate.keyFile().toString(),
                    "--tls-ca-cert-file",
                    certificate.certificateFile().toString(),
                    "--tls-auth-clients",
                    "no");
            return new ShopRedis(server, port, certificate.trustStore().toAbsolutePath());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
