// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import io.opentelemetry.api.OpenTelemetry;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.CDI;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the instruments of the application that runs on the current thread. Servers with MicroProfile Telemetry
 * configure OpenTelemetry for each application, and give it to the application as a CDI bean. If there is no such bean,
 * the global instance is used, which for example the Java agent sets.
 *
 * <p>What was found is kept for each class loader, without preventing that an application is unloaded.
 */
final class ApplicationInstruments {

    private static final long RECHECK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private volatile List<Found> known = List.of();

    /**
     * The result of a search.
     *
     * @param application the context class loader of the application
     * @param source an object that lives as long as the instance of OpenTelemetry
     * @param global the global instance, if the instruments are from it or if there are none
     * @param instruments null if there is no instance that exports anything
     */
    private record Found(
            WeakReference<@Nullable ClassLoader> application,
            WeakReference<Object> source,
            @Nullable OpenTelemetry global,
            @Nullable Instruments instruments,
            long nanoTime) {

        private boolean isCurrent() {
            if (instruments == null) {
                return System.nanoTime() - nanoTime < RECHECK_NANOS && global == GlobalInstance.get();
            }
            return source.get() != null && (global == null || global == GlobalInstance.get());
        }

        private boolean hasSourceOf(Found other) {
            return instruments != null
                    && other.instruments() != null
                    && other.source().refersTo(source.get());
        }

        private Found with(@Nullable Instruments shared) {
            return new Found(application, source, global, shared, nanoTime);
        }
    }

    /** Returns the instruments of the application, or null if it has no telemetry at present. */
    @Nullable
    Instruments current() {
        ClassLoader application = Thread.currentThread().getContextClassLoader();
        Found found = find(application);
        return (found == null ? add(application, search(application)) : found).instruments();
    }

    private @Nullable Found find(@Nullable ClassLoader application) {
        List<Found> all = known;
        for (int i = 0; i < all.size(); i++) {
            Found found = all.get(i);
            if (found.application().refersTo(application) && found.isCurrent()) {
                return found;
            }
        }
        return null;
    }

    /** Calls a consumer with the instruments of each application. */
    void forEach(Consumer<Instruments> consumer) {
        for (Found found : known) {
            if (found.instruments() != null) {
                consumer.accept(found.instruments());
            }
        }
    }

    /** Adds a result, unless another thread was faster. The modules of an application may share their instruments. */
    private synchronized Found add(@Nullable ClassLoader application, Found found) {
        Found faster = find(application);
        if (faster != null) {
            return faster;
        }
        Found added = found;
        List<Found> all = new ArrayList<>();
        for (Found each : known) {
            boolean unloaded = application != null && each.application().refersTo(null);
            if (!unloaded && !each.application().refersTo(application) && each.isCurrent()) {
                all.add(each);
                added = each.hasSourceOf(found) ? found.with(each.instruments()) : added;
            }
        }
        all.add(added);
        known = List.copyOf(all);
        return added;
    }

    /** Searches without holding a lock, because the server may create beans meanwhile. */
    private static Found search(@Nullable ClassLoader application) {
        OpenTelemetry own = ofApplication();
        if (own != null) {
            Instruments instruments = Instruments.of(own);
            if (instruments != null) {
                return found(application, own, null, instruments);
            }
        }
        OpenTelemetry global = GlobalInstance.get();
        return found(application, global, global, global == null ? null : Instruments.of(global));
    }

    private static Found found(
            @Nullable ClassLoader application,
            @Nullable OpenTelemetry instance,
            @Nullable OpenTelemetry global,
            @Nullable Instruments instruments) {
        // The provider, because the bean may be a client proxy that nobody else refers to.
        Object source = instance == null ? ApplicationInstruments.class : instance.getMeterProvider();
        return new Found(
                new WeakReference<>(application), new WeakReference<>(source), global, instruments, System.nanoTime());
    }

    /** Returns the instance that the server gives to the application; null if there is none. */
    private static @Nullable OpenTelemetry ofApplication() {
        try {
            Instance<OpenTelemetry> beans = CDI.current().select(OpenTelemetry.class);
            return beans.isResolvable() ? beans.get() : null;
        } catch (RuntimeException | LinkageError e) {
            return null; // no application on this thread, or one without CDI
        }
    }
}
