// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.redisqueue.it.docs.app.OrderListener;
import org.redisqueue.ra.testing.TestRedis;

/** What the pages take for granted. */
final class Preparations {

    private final Path directory;
    private final TestRedis redis;
    private final OrderQueues queues;

    Preparations(Path directory, TestRedis redis) {
        this.directory = directory;
        this.redis = redis;
        this.queues = new OrderQueues(redis);
    }

    void prepare(String what) {
        switch (what) {
            case "user shop" -> addUser("shop", "shop", "the-password");
            case "user shop with the console" -> addUser("shop", "shop-console", "the-password");
            case "user shop-operator" -> addUser("shop-operator", "shop-operator", "a-password");
            case "dead letters" -> queues.addDeadLetters();
            case "ready messages" -> queues.addReady();
            case "servers" -> queues.addServers();
            case "branch in doubt" -> queues.addBranch();
            case "hostile id" -> queues.addHostileId();
            case "damage" -> queues.damage();
            case "shop.war" -> packageApplication();
            default -> throw new IllegalArgumentException(what);
        }
    }

    /** Adds a user, or changes it, who has the rights that the documentation gives to another one. */
    private void addUser(String name, String documented, String password) {
        String beginning = "redis-cli ACL SETUSER " + documented + " on '>a-password' ";
        String rights = Page.of("docs/operations.md")
                .blocks()
                .flatMap(block -> block.text().lines())
                .filter(line -> line.startsWith(beginning))
                .findFirst()
                .orElseThrow()
                .substring(beginning.length());
        List<String> command = new ArrayList<>(List.of("ACL", "SETUSER", name, "reset", "on", ">" + password));
        command.addAll(RedisCli.words(rights));
        redis.call(command.toArray());
    }

    /** Packages the listener with the descriptors that the reader has written. */
    private void packageApplication() {
        WebArchive war = ShrinkWrap.create(WebArchive.class, "shop.war").addPackage(OrderListener.class.getPackage());
        for (File descriptor : directory.resolve("WEB-INF").toFile().listFiles()) {
            war.addAsWebInfResource(descriptor);
        }
        war.as(ZipExporter.class).exportTo(directory.resolve("shop.war").toFile(), true);
    }
}
