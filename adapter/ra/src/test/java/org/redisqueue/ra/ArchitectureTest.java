// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The dependencies between packages. */
@AnalyzeClasses(packages = "org.redisqueue", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule dependenciesGoOneWay = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .ensureAllClassesAreContainedInArchitectureIgnoring(
                    "org.redisqueue", "org.redisqueue.admin", "org.redisqueue.spi", "org.redisqueue.internal")
            .layer("adapter")
            .definedBy("org.redisqueue.ra")
            .layer("inbound")
            .definedBy("org.redisqueue.ra.inbound..")
            .layer("outbound")
            .definedBy("org.redisqueue.ra.outbound..")
            .layer("admin")
            .definedBy("org.redisqueue.ra.admin..")
            .layer("health")
            .definedBy("org.redisqueue.ra.health..")
            .layer("jmx")
            .definedBy("org.redisqueue.ra.jmx..")
            .layer("transaction")
            .definedBy("org.redisqueue.ra.transaction..")
            .layer("statistics")
            .definedBy("org.redisqueue.ra.statistics..")
            .layer("telemetry")
            .definedBy("org.redisqueue.ra.telemetry..")
            .layer("observer")
            .definedBy("org.redisqueue.ra.observer..")
            .layer("message")
            .definedBy("org.redisqueue.ra.message..")
            .layer("protocol")
            .definedBy("org.redisqueue.ra.protocol..")
            .layer("client")
            .definedBy("org.redisqueue.ra.client..")
            .layer("config")
            .definedBy("org.redisqueue.ra.config..")
            .layer("log")
            .definedBy("org.redisqueue.ra.log..")
            .whereLayer("adapter")
            .mayOnlyAccessLayers(
                    "inbound",
                    "outbound",
                    "admin",
                    "health",
                    "jmx",
                    "transaction",
                    "statistics",
                    "observer",
                    "client",
                    "config",
                    "log")
            .whereLayer("inbound")
            .mayOnlyAccessLayers(
                    "transaction",
                    "statistics",
                    "telemetry",
                    "observer",
                    "message",
                    "protocol",
                    "client",
                    "config",
                    "log")
            .whereLayer("outbound")
            .mayOnlyAccessLayers(
                    "transaction",
                    "statistics",
                    "telemetry",
                    "observer",
                    "message",
                    "protocol",
                    "client",
                    "config",
                    "log")
            .whereLayer("admin")
            .mayOnlyAccessLayers("message", "protocol", "client", "config", "log")
            .whereLayer("health")
            .mayOnlyAccessLayers("protocol", "client", "config")
            .whereLayer("jmx")
            .mayOnlyAccessLayers("statistics", "observer", "protocol", "client", "config", "log")
            .whereLayer("transaction")
            .mayOnlyAccessLayers("protocol", "client", "config", "log")
            .whereLayer("statistics")
            .mayOnlyAccessLayers("observer", "protocol", "client", "log")
            .whereLayer("telemetry")
            .mayOnlyAccessLayers("admin", "observer", "protocol", "client", "config", "log")
            .whereLayer("observer")
            .mayOnlyAccessLayers("protocol", "client", "log")
            .whereLayer("message")
            .mayOnlyAccessLayers("protocol")
            .whereLayer("protocol")
            .mayOnlyAccessLayers("client", "config", "log")
            .whereLayer("client")
            .mayOnlyAccessLayers("config", "log")
            .whereLayer("config")
            .mayNotAccessAnyLayer()
            .whereLayer("log")
            .mayNotAccessAnyLayer();

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching("org.redisqueue.ra.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule openTelemetryIsUsedInOnePackage = noClasses()
            .that()
            .resideOutsideOfPackage("org.redisqueue.ra.telemetry")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.opentelemetry..");

    @ArchTest
    static final ArchRule entryPointsOfTelemetryDoNotNeedOpenTelemetry = noClasses()
            .that()
            .resideInAPackage("org.redisqueue.ra.telemetry")
            .and()
            .arePublic()
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.opentelemetry..");

    @ArchTest
    static final ArchRule contractsDependOnlyOnTheApi = classes()
            .that()
            .resideInAPackage("org.redisqueue.spi")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("org.redisqueue", "org.redisqueue.spi", "java..", "org.jspecify.annotations");

    @ArchTest
    static final ArchRule operationsForOperatorsDependOnNothing = classes()
            .that()
            .resideInAPackage("org.redisqueue.admin")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("org.redisqueue.admin", "java..", "org.jspecify.annotations");

    @ArchTest
    static final ArchRule apiDoesNotDependOnTheAdapter = noClasses()
            .that()
            .resideInAnyPackage(
                    "org.redisqueue", "org.redisqueue.admin", "org.redisqueue.spi", "org.redisqueue.internal")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.redisqueue.ra..", "org.redisson..");
}
