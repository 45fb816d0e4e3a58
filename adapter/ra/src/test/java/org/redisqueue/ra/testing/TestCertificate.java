// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;

/** A self-signed certificate and its key, in the formats of the JDK and of Redis. */
public final class TestCertificate {

    public static final String PASSWORD = "store-secret";

    private static final String ALIAS = "test";

    private final Path directory;
    private final KeyStore store;

    /**
     * @param name the subject; also of its files
     * @param hosts what it is valid for, as {@code keytool} takes it: {@code "ip:127.0.0.1"}
     */
    public TestCertificate(String name, String hosts) throws IOException, GeneralSecurityException {
        Path parent = Files.createDirectories(Path.of("target", "certificates"));
        directory = Files.createTempDirectory(parent, name).toAbsolutePath();
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process process = new ProcessBuilder(List.of(
                        keytool.toString(),
                        "-genkeypair",
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=" + hosts,
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keyStore().toString(),
                        "-storepass",
                        PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.log").toFile())
                .start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException(Files.readString(directory.resolve("keytool.log")));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        store = KeyStore.getInstance(keyStore().toFile(), PASSWORD.toCharArray());
    }

    /** A PKCS12 file with the key and the certificate. */
    public Path keyStore() {
        return directory.resolve("key.p12");
    }

    /** A PKCS12 file with only the certificate. */
    public Path trustStore() throws IOException, GeneralSecurityException {
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry(ALIAS, certificate());
        Path file = directory.resolve("trust.p12");
        try (var out = Files.newOutputStream(file)) {
            trust.store(out, PASSWORD.toCharArray());
        }
        return file;
    }

    /** A PEM file with the certificate. */
    public Path certificateFile() throws IOException, GeneralSecurityException {
        return pem("CERTIFICATE", certificate().getEncoded());
    }

    /** A PEM file with the key. */
    public Path keyFile() throws IOException, GeneralSecurityException {
        return pem("PRIVATE KEY", store.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded());
    }

    private Certificate certificate() throws GeneralSecurityException {
        return store.getCertificate(ALIAS);
    }

    private Path pem(String type, byte[] content) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        String pem = "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n";
        return Files.writeString(directory.resolve(type.toLowerCase().replace(' ', '-') + ".pem"), pem);
    }
}
