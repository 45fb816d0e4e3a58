// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A timer whose tasks run when the test fires it. */
public final class ManualTimer extends ScheduledThreadPoolExecutor {

    /** A task with its delay in milliseconds. */
    private record Task(Runnable action, long millis, ScheduledFuture<?> future) {}

    private final List<Task> tasks = new ArrayList<>();
    private Error failure;

    public ManualTimer() {
        super(0);
    }

    /** From now on, the timer accepts no tasks and fails instead. */
    public void fail(Error with) {
        failure = with;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable action, long delay, TimeUnit unit) {
        if (isShutdown()) {
            throw new RejectedExecutionException();
        }
        if (failure != null) {
            throw failure;
        }
        ScheduledFuture<?> future = super.schedule(() -> {}, 1, TimeUnit.DAYS);
        tasks.add(new Task(action, unit.toMillis(delay), future));
        return future;
    }

    /** The delays of the tasks that have neither run nor been cancelled, in milliseconds. */
    public List<Long> delays() {
        return pending().stream().map(Task::millis).toList();
    }

    /** Runs the pending tasks, but not those that they schedule. */
    public void fire() {
        List<Task> due = pending();
        tasks.clear();
        due.forEach(task -> task.action().run());
    }

    private List<Task> pending() {
        return tasks.stream().filter(task -> !task.future().isCancelled()).toList();
    }
}
