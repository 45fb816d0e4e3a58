// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The packages of the test support depend on each other in one direction. */
@AnalyzeClasses(packages = "org.redisqueue.test", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule packagesDependOnEachOtherInOneDirection = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("test")
            .definedBy("org.redisqueue.test")
            .layer("run")
            .definedBy("org.redisqueue.test.run")
            .layer("listener")
            .definedBy("org.redisqueue.test.internal.listener")
            .layer("memory")
            .definedBy("org.redisqueue.test.internal.memory")
            .layer("redis")
            .definedBy("org.redisqueue.test.internal.redis")
            .layer("state")
            .definedBy("org.redisqueue.test.internal.state")
            .whereLayer("test")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("run")
            .mayOnlyAccessLayers("redis")
            .whereLayer("run")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("listener")
            .mayNotAccessAnyLayer()
            .whereLayer("memory")
            .mayOnlyAccessLayers("state")
            .whereLayer("redis")
            .mayOnlyAccessLayers("state")
            .whereLayer("state")
            .mayNotAccessAnyLayer();

    @ArchTest
    static final ArchRule unitTestsDoNotNeedRedis = noClasses()
            .that()
            .resideOutsideOfPackages("org.redisqueue.test.internal.redis", "org.redisqueue.test.run")
            .and()
            .haveNameNotMatching(".*\\.TestRedis")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.redisson..", "redis.embedded..");
}
