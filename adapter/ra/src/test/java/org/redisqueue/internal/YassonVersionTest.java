// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.internal;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.bind.spi.JsonbProvider;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.eclipse.yasson.JsonBindingProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Types are refused only with the version of Yasson whose rules are known. */
class YassonVersionTest {

    @TempDir
    private Path directory;

    @Test
    void yassonOfTheBuildIsTested() {
        assertThat(YassonVersion.isTested(JsonBindingProvider.class)).isTrue();
    }

    @Test
    void otherProviderIsNotTested() {
        assertThat(YassonVersion.isTested(JsonbProvider.class)).isFalse();
        assertThat(YassonVersion.isTested(String.class)).isFalse();
    }

    @Test
    void versionOfTheArchiveDecides() throws Exception {
        assertThat(isTested("yasson", "3.0.99")).isTrue();
        assertThat(isTested("yasson", "3.1.0")).isFalse();
        assertThat(isTested("yasson", "3.10.0")).isFalse();
        assertThat(isTested("yasson", "30.0.0")).isFalse();
        assertThat(isTested("repackaged", "3.0.4")).as("another archive").isFalse();
        assertThat(isTested("yasson", null)).as("unknown version").isFalse();
    }

    private boolean isTested(String name, String version) throws Exception {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Bundle-SymbolicName", name);
        if (version != null) {
            manifest.getMainAttributes().putValue("Bundle-Version", version);
        }
        Path archive = directory.resolve(name + version + ".jar");
        write(archive, manifest);
        URL api = JsonbProvider.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {archive.toUri().toURL(), api}, ClassLoader.getPlatformClassLoader())) {
            return YassonVersion.isTested(loader.loadClass(JsonBindingProvider.class.getName()));
        }
    }

    private static void write(Path archive, Manifest manifest) throws IOException {
        String provider = JsonBindingProvider.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(archive), manifest);
                InputStream content = JsonBindingProvider.class.getResourceAsStream("/" + provider)) {
            jar.putNextEntry(new JarEntry(provider));
            content.transferTo(jar);
            jar.closeEntry();
        }
    }
}
