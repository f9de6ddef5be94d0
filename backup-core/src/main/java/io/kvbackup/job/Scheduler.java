package io.kvbackup.job;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks at their times. Looks at all of them whenever the timer wakes it; what takes time is done elsewhere and
 * without the lock. Safe for use by several threads.
 */
final class Scheduler implements SlotRuns.Outcome {
    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

    private final Clock clock;
    private final JobOptions.Timer timer;
    private final JobRunner runner;
    private final SlotRuns runs;
    private final JobHistory history;
    private final RandomGenerator random;
    private final Map<String, ScheduledTask> tasks = new LinkedHashMap<>();
    private @Nullable Instant lastLook;
    private @Nullable Instant lastUpkeep;
    private long generation;
    private boolean stopped;

    Scheduler(
            Clock clock,
            JobOptions.Timer timer,
            JobRunner runner,
            SlotRuns runs,
            JobHistory history,
            RandomGenerator random) {
        this.history = history;
        this.clock = clock;
        this.timer = timer;
        this.runner = runner;
        this.runs = runs;
        this.random = random;
    }

    void add(String name, Schedule schedule, JobTask task) {
        ScheduleName.require("schedule", name);
        ScheduledTask added = new ScheduledTask(name, schedule, task, random);
        synchronized (this) {
            if (stopped) {
                throw JobRegister.closed();
            }
            if (history.paused().contains(name)) {
                added.pause();
                LOG.info("schedule {} was paused before and rests until it is resumed", name);
            }
            if (tasks.putIfAbsent(name, added) != null) {
                throw new IllegalArgumentException(
                        "there is a schedule '" + name + "' already; unschedule it first, or choose another name");
            }
        }
        runs.restore(added, lastServed -> change(() -> added.restored(lastServed, clock.instant())));
    }

    void remove(String name) {
        ScheduledTask task;
        synchronized (this) {
            task = require(name);
            tasks.remove(name);
            remember(name, false);
        }
        giveBackUnlessGoingOn(task);
    }

    void pause(String name) {
        ScheduledTask task;
        synchronized (this) {
            task = require(name);
            task.pause();
            remember(name, true);
        }
        giveBackUnlessGoingOn(task);
    }

    /** What is held for a run that was to be tried again would keep all other processes from their runs. */
    private void giveBackUnlessGoingOn(ScheduledTask task) {
        SlotClaims.Claim left;
        synchronized (this) {
            if (task.isBusy() || goesOn(task)) {
                return;
            }
            left = task.claim;
            task.claim = null;
        }
        if (left != null) {
            left.release();
        }
    }

    void resume(String name) {
        ScheduledTask task = require(name);
        change(() -> {
            task.resume(clock.instant());
            remember(name, false);
        });
    }

    /** A restart must not wake what somebody has paused. */
    private void remember(String name, boolean paused) {
        Set<String> names = new TreeSet<>(history.paused());
        if (paused ? names.add(name) : names.remove(name)) {
            history.paused(names);
        }
    }

    /** Runs the task outside its times; if it is under way, that is the run. */
    Job runNow(String name) {
        ScheduledTask task;
        boolean idle;
        synchronized (this) {
            task = require(name);
            Job running = task.job();
            if (running != null) {
                return running;
            }
            idle = task.occupy();
        }
        JobRequest request =
                new JobRequest(task.task.scope(), Optional.of(name), Optional.empty(), 1, JobContext.Guard.NONE);
        Job job = runner.submit(request, task.task);
        if (idle) {
            begun(task, job);
            job.addListener(record -> {
                if (record.status().isFinal()) {
                    change(() -> task.idle(clock.instant()));
                    giveBackUnlessGoingOn(task);
                }
            });
        }
        return job;
    }

    synchronized List<Schedule.Status> list() {
        return tasks.values().stream().map(ScheduledTask::status).toList();
    }

    private synchronized ScheduledTask require(String name) {
        ScheduledTask task = tasks.get(name);
        if (task == null) {
            throw new IllegalArgumentException("no schedule '" + name + "'; there are " + tasks.keySet());
        }
        return task;
    }

    /** Changes a task, and sees when to look again. */
    private void change(Runnable change) {
        synchronized (this) {
            change.run();
            notifyAll();
        }
        sleep();
    }

    private void look(long wake) {
        List<Runnable> actions = new ArrayList<>();
        synchronized (this) {
            if (stopped || wake != generation) {
                return;
            }
            Instant now = clock.instant();
            if (lastLook != null && now.isBefore(lastLook.minus(ScheduledTask.SETBACK))) {
                tasks.values().forEach(task -> task.replan(now));
            }
            lastLook = now;
            for (ScheduledTask task : tasks.values()) {
                task.due(now).ifPresent(run -> actions.add(() -> runs.start(task, run, this)));
            }
            actions.addAll(upkeep(now));
        }
        for (Runnable action : actions) {
            try {
                action.run();
            } catch (RuntimeException | Error e) {
                LOG.error("a schedule failed to start its task; the others go on", e);
            }
        }
        sleep();
    }

    private List<Runnable> upkeep(Instant now) {
        List<Runnable> actions = new ArrayList<>();
        Optional<Duration> interval = runs.upkeep();
        boolean due = interval.isPresent()
                && (lastUpkeep == null || now.isBefore(lastUpkeep) || !now.isBefore(lastUpkeep.plus(interval.get())));
        if (due) {
            lastUpkeep = now;
            for (ScheduledTask task : tasks.values()) {
                SlotClaims.Claim claim = task.claim;
                if (claim != null) {
                    actions.add(() -> runs.lookAfter(claim, Optional.ofNullable(task.job()), task.name));
                }
            }
        }
        return actions;
    }

    private void sleep() {
        Duration delay;
        long wake;
        synchronized (this) {
            Optional<Instant> next = nextLook();
            if (stopped || next.isEmpty()) {
                return;
            }
            Duration left = Duration.between(clock.instant(), next.get());
            delay = left.isNegative() ? Duration.ZERO : left;
            wake = ++generation;
        }
        try {
            timer.wakeAfter(delay, () -> look(wake));
        } catch (RuntimeException e) {
            LOG.error(
                    "the timer takes no tasks (is its executor shut down?); no schedule runs until another job ends",
                    e);
        }
    }

    private Optional<Instant> nextLook() {
        Optional<Instant> earliest =
                tasks.values().stream().flatMap(task -> task.wakeAt().stream()).min(Instant::compareTo);
        Optional<Duration> interval = runs.upkeep();
        if (interval.isPresent() && tasks.values().stream().anyMatch(task -> task.claim != null)) {
            Instant upkeep = clock.instant().plus(interval.get());
            return Optional.of(earliest.filter(upkeep::isAfter).orElse(upkeep));
        }
        return earliest;
    }

    @Override
    public void claimed() {
        sleep();
    }

    @Override
    public void begun(ScheduledTask task, Job job) {
        synchronized (this) {
            if (!job.status().isFinal()) {
                task.begun(job);
            }
        }
        sleep();
    }

    @Override
    public void servedElsewhere(ScheduledTask task, ScheduledTask.Run run) {
        change(() -> task.served(run.slot(), clock.instant()));
    }

    @Override
    public void busyElsewhere(ScheduledTask task, ScheduledTask.Run run, Duration askAgain) {
        change(() -> task.waitFor(run, askAgain, clock.instant()));
    }

    @Override
    public void ended(ScheduledTask task, ScheduledTask.Run run, JobRecord record) {
        SlotClaims.Claim claim = task.claim;
        boolean held = claim == null || isHeld(claim, task);
        boolean again = record.status() == JobStatus.ERROR
                && task.schedule.pauseAfter(run.attempt()).isPresent();
        boolean goesOn = goesOn(task);
        boolean givenUpHere = !goesOn && record.status() != JobStatus.FINISHED;
        if (claim != null && (!held || !again || !goesOn)) {
            if (held && !givenUpHere) {
                markServed(claim, task, run);
            }
            claim.release();
            task.claim = null;
        }
        change(() -> settle(task, run, record, held, again));
        giveBackUnlessGoingOn(task);
    }

    private void settle(ScheduledTask task, ScheduledTask.Run run, JobRecord record, boolean held, boolean again) {
        Instant now = clock.instant();
        task.counted(record.status());
        if (!held) {
            task.waitFor(new ScheduledTask.Run(run.slot(), 1), Duration.ofSeconds(1), now);
        } else if (again) {
            task.retry(run, now);
        } else {
            task.served(run.slot(), now);
        }
    }

    private static boolean isHeld(SlotClaims.Claim claim, ScheduledTask task) {
        try {
            claim.ensureHeld();
            return true;
        } catch (IOException | RuntimeException e) {
            LOG.warn("schedule {}: {}", task.name, e.toString());
            return false;
        }
    }

    private static void markServed(SlotClaims.Claim claim, ScheduledTask task, ScheduledTask.Run run) {
        try {
            claim.served(run.slot());
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "schedule {}: served {}, but cannot tell other processes, which may serve it too: {}",
                    task.name,
                    run.slot(),
                    e.toString());
        }
    }

    private synchronized boolean goesOn(ScheduledTask task) {
        return !stopped && tasks.get(task.name) == task && !task.isPaused();
    }

    /** Starts no more runs, and gives back what is held for those that were to be tried again. */
    void stop() {
        List<ScheduledTask> all;
        synchronized (this) {
            stopped = true;
            all = List.copyOf(tasks.values());
        }
        all.forEach(this::giveBackUnlessGoingOn);
    }

    private static boolean isBetweenJobs(ScheduledTask task) {
        Job job = task.job();
        return task.isBusy() && (job == null || job.status().isFinal());
    }

    /** Waits until the outcome of every run has been told to other processes, but not longer than so. */
    synchronized boolean awaitIdle(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (tasks.values().stream().anyMatch(Scheduler::isBetweenJobs)) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }
}
