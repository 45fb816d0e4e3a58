// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicySpec;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.redisqueue.ra.config.Configuration;
import org.redisqueue.ra.inbound.RedisActivationSpec;

/** The Kubernetes manifests have only properties that exist, and agree with the code and with the other examples. */
class KubernetesTest {

    private static final String QUEUE = "orders";

    private final StatefulSet shop = Example.manifest("shop.yaml", "StatefulSet", "shop", StatefulSet.class);
    private final PodSpec pod = shop.getSpec().getTemplate().getSpec();
    private final Container container = pod.getContainers().get(0);

    /** The probes of an example in the page about health. */
    record Probes(@JsonProperty("containers") List<Container> containers) {}

    @Test
    void everyObjectIsValid() {
        assertThat(List.of("secret.yaml", "shop.yaml", "scaler.yaml"))
                .flatExtracting(file -> Example.manifests(file).toList())
                .allSatisfy(Manifest::check)
                .extracting(tree -> tree.get("apiVersion") + " " + tree.get("kind"))
                .containsExactly(
                        "v1 Secret",
                        "v1 Secret",
                        "v1 Service",
                        "v1 Service",
                        "apps/v1 StatefulSet",
                        "policy/v1 PodDisruptionBudget",
                        "networking.k8s.io/v1 NetworkPolicy",
                        "keda.sh/v1alpha1 TriggerAuthentication",
                        "keda.sh/v1alpha1 ScaledObject");
    }

    /** Each line: the file, a text in it, and a mistake that replaces the text. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            shop.yaml | terminationGracePeriodSeconds: | terminationGraceSeconds:
            shop.yaml | value: "40" | value: 40
            shop.yaml | runAsNonRoot: true | runAsNonRoot: "true"
            shop.yaml | failureThreshold: 3 | failureThreshold: "3"
            shop.yaml | podManagementPolicy: Parallel | podManagementPolicy: parallel
            shop.yaml | whenDeleted: Retain | whenDeleted: Keep
            shop.yaml | accessModes: ["ReadWriteOncePod"] | accessModes: ["ReadWriteOne"]
            shop.yaml | storage: 1Gi | storage: 1Gib
            shop.yaml | memory: 768Mi | memory: 768MB
            shop.yaml | image: registry.example.org/shop:1.0 | imagePullPolicy: Always
            shop.yaml | apiVersion: apps/v1 | apiVersion: apps/v2
            shop.yaml | policyTypes: ["Ingress"] | policyTypes: ["ingress"]
            scaler.yaml | listLength: "200" | listLength: 200
            scaler.yaml | enableTLS: "false" | enableTLS: false
            scaler.yaml | minReplicaCount: 2 | minReplicaCount: "2"
            scaler.yaml | listName: | list:
            """)
    void mistakeIsNoticed(String file, String text, String mistake) {
        String content = Example.text("kubernetes/" + file);
        assertThat(content).contains(text);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Example.trees(content.replace(text, mistake)).forEach(Manifest::check));
    }

    @Test
    void selectorsMatchThePods() {
        Map<String, String> labels = shop.getSpec().getTemplate().getMetadata().getLabels();
        assertThat(shop.getSpec().getSelector().getMatchLabels()).isEqualTo(labels);
        for (String service : List.of("shop", "shop-pods")) {
            var spec = Example.manifest("shop.yaml", "Service", service, Service.class)
                    .getSpec();
            assertThat(spec.getSelector()).isEqualTo(labels);
            assertThat(spec.getPorts())
                    .allMatch(port -> "http".equals(port.getTargetPort().getStrVal()));
        }
        assertThat(Example.manifest("shop.yaml", "PodDisruptionBudget", "shop", PodDisruptionBudget.class)
                        .getSpec()
                        .getSelector()
                        .getMatchLabels())
                .isEqualTo(labels);
        assertThat(shop.getSpec().getServiceName()).isEqualTo("shop-pods");
        assertThat(Example.manifest("shop.yaml", "Service", "shop-pods", Service.class)
                        .getSpec()
                        .getClusterIP())
                .isEqualTo("None");
    }

    @Test
    void probesAreThoseOfTheHealthPage() {
        Matcher example = Pattern.compile("(?s)```yaml\\n(containers:.*?)```").matcher(Example.document("health.md"));
        assertThat(example.find()).isTrue();
        Container documented = Example.convert(Example.tree(example.group(1)), Probes.class)
                .containers()
                .get(0);

        assertThat(container.getPorts()).isEqualTo(documented.getPorts());
        assertSame(container.getStartupProbe(), documented.getStartupProbe(), "/health/live");
        assertSame(container.getReadinessProbe(), documented.getReadinessProbe(), "/health/ready");
        assertSame(container.getLivenessProbe(), documented.getLivenessProbe(), "/health/live");
    }

    private static void assertSame(Probe probe, Probe documented, String path) {
        assertThat(probe).isEqualTo(documented);
        HTTPGetAction request = probe.getHttpGet();
        assertThat(request.getPath()).isEqualTo(path);
        assertThat(request.getPort().getStrVal()).isEqualTo("management");
    }

    @Test
    void podHasTimeToDrain() {
        int sleep = Integer.parseInt(
                container.getLifecycle().getPreStop().getExec().getCommand().get(1));
        int suspend = Integer.parseInt(variable("SUSPEND_SECONDS").getValue());
        int drain = Integer.parseInt(Configuration.definitions(RedisActivationSpec.class).stream()
                        .filter(property -> property.name().equals("drainTimeout"))
                        .findFirst()
                        .orElseThrow()
                        .property()
                        .defaultValue())
                / 1_000;
        assertThat(suspend).isGreaterThan(drain);
        assertThat(pod.getTerminationGracePeriodSeconds()).isGreaterThan(sleep + suspend + drain);
    }

    @Test
    void podIsStableAndKeepsItsTransactionLog() {
        assertThat(variable("NODE_IDENTIFIER").getValueFrom().getFieldRef().getFieldPath())
                .isEqualTo("metadata.name");
        assertThat(shop.getMetadata().getName().length() + "-999".length())
                .as("length of a node identifier")
                .isLessThanOrEqualTo(23);
        String volume =
                shop.getSpec().getVolumeClaimTemplates().get(0).getMetadata().getName();
        assertThat(container.getVolumeMounts())
                .singleElement()
                .satisfies(mount -> assertThat(mount.getName()).isEqualTo(volume))
                .satisfies(mount ->
                        assertThat(Example.text("Dockerfile")).contains("VOLUME [\"" + mount.getMountPath() + "\"]"));
        assertThat(shop.getSpec().getPersistentVolumeClaimRetentionPolicy().getWhenScaled())
                .isEqualTo("Retain");
        assertThat(Example.text("Dockerfile"))
                .contains("USER " + pod.getSecurityContext().getRunAsUser())
                .contains("--gid " + pod.getSecurityContext().getFsGroup());
    }

    @Test
    void credentialsComeFromTheSecret() {
        Secret secret = Example.manifest("secret.yaml", "Secret", "shop-redis", Secret.class);
        for (String name : List.of("REDIS_USER", "REDIS_PASSWORD")) {
            var key = variable(name).getValueFrom().getSecretKeyRef();
            assertThat(key.getName()).isEqualTo(secret.getMetadata().getName());
            assertThat(secret.getStringData()).containsKey(key.getKey());
        }
        assertUser(secret);
    }

    private static void assertUser(Secret secret) {
        Map<String, String> data = secret.getStringData();
        assertThat(Example.text("users.acl"))
                .contains("user " + data.get("username") + " on >" + data.get("password") + " ");
    }

    @Test
    void scalerReadsTheListOfReadyMessages() {
        Manifest.ScaledObject scaler =
                Example.manifest("scaler.yaml", "ScaledObject", "shop", Manifest.ScaledObject.class);
        assertThat(scaler.spec().scaleTargetRef()).isEqualTo(new Manifest.Target("StatefulSet", "shop"));
        assertThat(scaler.spec().minReplicaCount())
                .isPositive()
                .isLessThan(scaler.spec().maxReplicaCount());
        assertThat(shop.getSpec().getReplicas()).as("set by the scaler").isNull();
        Manifest.Trigger trigger = scaler.spec().triggers().get(0);
        assertThat(trigger.type()).isEqualTo("redis");
        assertThat(Example.document("protocol.md"))
                .contains("| `" + trigger.metadata().listName() + "` | list |");
        assertThat(trigger.metadata().listName()).isEqualTo("rq:{" + QUEUE + "}:ready");
        assertThat(variable("REDIS_ADDRESSES").getValue())
                .isEqualTo("redis://" + trigger.metadata().address());
        assertThat(Example.text("users.acl")).contains("~" + trigger.metadata().listName() + " ");
    }

    @Test
    void scalerAuthenticatesWithItsSecret() {
        Secret secret = Example.manifest("secret.yaml", "Secret", "shop-keda", Secret.class);
        Manifest.TriggerAuthentication authentication = Example.manifest(
                "scaler.yaml", "TriggerAuthentication", "shop-redis", Manifest.TriggerAuthentication.class);
        assertThat(authentication.spec().secretTargetRef())
                .extracting(Manifest.SecretKey::parameter)
                .containsExactly("username", "password");
        assertThat(authentication.spec().secretTargetRef()).allSatisfy(key -> {
            assertThat(key.name()).isEqualTo(secret.getMetadata().getName());
            assertThat(secret.getStringData()).containsKey(key.key());
        });
        assertUser(secret);
        assertThat(Example.manifest("scaler.yaml", "ScaledObject", "shop", Manifest.ScaledObject.class)
                        .spec()
                        .triggers()
                        .get(0)
                        .authenticationRef()
                        .name())
                .isEqualTo(authentication.metadata().getName());
    }

    @Test
    void otherPodsReachOnlyTheApplication() {
        NetworkPolicySpec policy = Example.manifest("shop.yaml", "NetworkPolicy", "shop", NetworkPolicy.class)
                .getSpec();
        assertThat(policy.getPodSelector().getMatchLabels())
                .isEqualTo(shop.getSpec().getSelector().getMatchLabels());
        assertThat(policy.getIngress())
                .flatExtracting(NetworkPolicyIngressRule::getPorts)
                .extracting(port -> port.getPort().getStrVal())
                .containsExactly("http");
    }

    /** The rules of the Pod Security Standard "restricted". */
    @Test
    void podIsRestricted() {
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(pod.getAutomountServiceAccountToken()).isFalse();
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    }

    @Test
    void memoryOfTheHeapReplacesOnlyTheSizesOfWildFly() {
        assertThat(variable("JBOSS_JAVA_SIZING").getValue()).startsWith("-XX:MaxRAMPercentage=");
        assertThat(container.getEnv()).extracting(EnvVar::getName).doesNotContain("JAVA_OPTS");
    }

    @Test
    void imageExposesThePorts() {
        assertThat(Example.text("Dockerfile"))
                .contains("EXPOSE "
                        + String.join(
                                " ",
                                container.getPorts().stream()
                                        .map(ContainerPort::getContainerPort)
                                        .map(String::valueOf)
                                        .toList()));
    }

    private EnvVar variable(String name) {
        return container.getEnv().stream()
                .filter(variable -> variable.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
