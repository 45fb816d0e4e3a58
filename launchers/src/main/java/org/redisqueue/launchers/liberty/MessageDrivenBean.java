// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.liberty;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.redisqueue.launchers.server.Archive;

/**
 * A message-driven bean in an archive, for which Open Liberty needs an activation specification.
 *
 * @param module the name of its module
 * @param name the name of the bean
 * @param listener the simple name of its listener interface
 */
record MessageDrivenBean(String module, String name, String listener) {

    private static final Pattern DECLARED = Pattern.compile(
            "<message-driven>.*?<ejb-name>(.*?)</ejb-name>.*?<messaging-type>.*?(\\w+)</messaging-type>",
            Pattern.DOTALL);
    private static final String ANNOTATION = "Ljakarta/ejb/MessageDriven;";
    private static final String INTERFACE = "org/redisqueue/RedisMessageListener";

    /** The beans of all modules of an archive. */
    static List<MessageDrivenBean> of(Path archive) {
        List<MessageDrivenBean> found = new ArrayList<>();
        try (InputStream content = Files.newInputStream(archive)) {
            find(content, Archive.nameOf(archive), found);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static void find(InputStream archive, String module, List<MessageDrivenBean> found) throws IOException {
        ZipInputStream entries = new ZipInputStream(archive);
        for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
            String path = entry.getName();
            if (path.matches("[^/]+\\.[wj]ar")) {
                find(new ByteArrayInputStream(entries.readAllBytes()), Archive.nameOf(path), found);
            } else if (path.matches("WEB-INF/lib/[^/]+\\.jar")) {
                find(new ByteArrayInputStream(entries.readAllBytes()), module, found);
            } else if (path.endsWith("-INF/ejb-jar.xml")) {
                Matcher declared = DECLARED.matcher(new String(entries.readAllBytes(), StandardCharsets.UTF_8));
                while (declared.find()) {
                    found.add(new MessageDrivenBean(module, declared.group(1), declared.group(2)));
                }
            } else if (path.endsWith(".class")) {
                String constants = new String(entries.readAllBytes(), StandardCharsets.ISO_8859_1);
                if (constants.contains(ANNOTATION)) {
                    String listener = constants.contains(INTERFACE) ? "RedisMessageListener" : "RedisQueueEndpoint";
                    found.add(new MessageDrivenBean(module, Archive.nameOf(path), listener));
                }
            }
        }
    }
}
