// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.deploy;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBehavior;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Rejects an object that Kubernetes or KEDA would reject. The model of Kubernetes has types, but no rules for values. */
final class Manifest {

    private static final Pattern QUANTITY = Pattern.compile("\\d+(\\.\\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?");

    private static final Map<String, Set<String>> VALUES = Map.of(
            "podManagementPolicy", Set.of("OrderedReady", "Parallel"),
            "whenScaled", Set.of("Retain", "Delete"),
            "whenDeleted", Set.of("Retain", "Delete"),
            "accessModes", Set.of("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"),
            "policyTypes", Set.of("Ingress", "Egress"),
            "drop", Set.of("ALL"));

    /** The properties that the elements of a list must have. */
    private static final Map<String, Set<String>> REQUIRED = Map.of(
            "containers", Set.of("name", "image"),
            "env", Set.of("name"),
            "volumeMounts", Set.of("name", "mountPath"),
            "volumeClaimTemplates", Set.of("metadata", "spec"),
            "triggers", Set.of("type", "metadata"),
            "secretTargetRef", Set.of("parameter", "name", "key"));

    /** The part of KEDA's types that the example uses, as documented for KEDA 2. */
    record ScaledObject(String apiVersion, String kind, ObjectMeta metadata, ScaledObjectSpec spec) {}

    record ScaledObjectSpec(
            Target scaleTargetRef,
            int pollingInterval,
            int minReplicaCount,
            int maxReplicaCount,
            Advanced advanced,
            List<Trigger> triggers) {}

    record Target(String kind, String name) {}

    record Advanced(AutoscalerConfig horizontalPodAutoscalerConfig) {}

    record AutoscalerConfig(HorizontalPodAutoscalerBehavior behavior) {}

    record Trigger(String type, RedisList metadata, Reference authenticationRef) {}

    record RedisList(String address, String listName, String listLength, String databaseIndex, String enableTLS) {}

    record Reference(String name) {}

    record TriggerAuthentication(String apiVersion, String kind, ObjectMeta metadata, AuthenticationSpec spec) {}

    record AuthenticationSpec(List<SecretKey> secretTargetRef) {}

    record SecretKey(String parameter, String name, String key) {}

    private Manifest() {}

    /** @throws IllegalArgumentException if a property or a value is wrong */
    static void check(Map<String, Object> tree) {
        Example.convert(tree, type(tree));
        checkValues(tree);
    }

    private static Class<?> type(Map<String, Object> tree) {
        String type = tree.get("apiVersion") + " " + tree.get("kind");
        return switch (type) {
            case "v1 Secret" -> Secret.class;
            case "v1 Service" -> Service.class;
            case "apps/v1 StatefulSet" -> StatefulSet.class;
            case "policy/v1 PodDisruptionBudget" -> PodDisruptionBudget.class;
            case "networking.k8s.io/v1 NetworkPolicy" -> NetworkPolicy.class;
            case "keda.sh/v1alpha1 TriggerAuthentication" -> TriggerAuthentication.class;
            case "keda.sh/v1alpha1 ScaledObject" -> ScaledObject.class;
            default -> throw new IllegalArgumentException(type);
        };
    }

    private static void checkValues(Map<?, ?> tree) {
        tree.forEach((key, value) -> checkValue(key.toString(), value));
    }

    private static void checkValue(String key, Object value) {
        Collection<?> elements = value instanceof Collection<?> several ? several : List.of(value);
        for (Object element : elements) {
            require(!VALUES.containsKey(key) || VALUES.get(key).contains(element), key, element);
            if (element instanceof Map<?, ?> map) {
                require(map.keySet().containsAll(REQUIRED.getOrDefault(key, Set.of())), key, map);
                if (key.equals("requests") || key.equals("limits")) {
                    map.values().forEach(size -> require(isQuantity(size), key, size));
                }
                checkValues(map);
            }
        }
    }

    private static boolean isQuantity(Object value) {
        return QUANTITY.matcher(value.toString()).matches();
    }

    private static void require(boolean valid, String key, Object value) {
        if (!valid) {
            throw new IllegalArgumentException(key + ": " + value);
        }
    }
}
