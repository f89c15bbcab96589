package org.mmkit.replay.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.mmkit.replay.model.Comparison;
import org.mmkit.replay.model.Policy;
import org.mmkit.replay.model.PolicyResult;
import org.mmkit.replay.model.SelfCheck;
import org.mmkit.replay.reader.Recording;
import org.mmkit.replay.report.Adviser;

/**
 * Replays a recording under several policies at the same time, each on a machine of its own, after the self-check has shown how far the
 * model knows the program.
 *
 * <p>Safe for any thread; a call uses as many threads as {@link Options} says.
 */
public final class PolicyComparison {

    private final MachineFactory machines;
    private final Options options;
    private boolean asleepToo;

    /** Comparisons on machines of {@code machines}. */
    PolicyComparison(MachineFactory machines, Options options) {
        this.machines = machines;
        this.options = options;
    }

    /** Comparisons on machines with the plugins found on the class path or module path. */
    public PolicyComparison(Options options) {
        this(EngineMachine::boot, options);
    }

    /** From now on policies of 2 MiB pages everywhere are replayed a second time, with a khugepaged that sleeps throughout; this object. */
    public PolicyComparison asleepToo() {
        asleepToo = true;
        return this;
    }

    /** Boots a machine with the settings of a policy. */
    interface MachineFactory {
        ReplayMachine boot(Policy policy, Recording recording);
    }

    /** Replays {@code recording} under its own settings, then under each of {@code policies}. */
    public Comparison compare(Recording recording, List<Policy> policies) {
        Policy own = Policy.named(recording.isSwitchedOffByRecorder() ? "always" : "never");
        own = own.withHost(own.host().withPools(HugetlbUse.bound(recording)));
        LearnedPages learned = new LearnedPages();
        SelfCheckRun first = new SelfCheckRun(recording, machines.boot(own, recording), learned);
        first.run(-1, progress("self-check"));
        // The second run knows the page cache, and what was touched at the peak.
        SelfCheckRun second = new SelfCheckRun(recording, machines.boot(own, recording), learned);
        second.run(first.peakEvent(), progress("self-check"));
        SelfCheck check = second.result(first.learnedFaults());
        PolicyRun.Baseline baseline = second.baseline();
        List<Policy> all = withPools(policies, second.hugetlb.needed());
        List<PolicyResult> results = replay(recording, all, learned, baseline, false);
        List<Policy> bounded = asleepToo ? all.stream().filter(Policy::isHugeEverywhere).toList() : List.of();
        List<PolicyResult> asleep = bounded.isEmpty() ? List.of() : replay(recording, bounded, learned, baseline, true);
        return new Comparison(recording, check, results, asleep, Adviser.advise(recording, check, results), Adviser.programFacts(recording));
    }

    /** Machines whose pools nobody sized get what the program needed at most. */
    private static List<Policy> withPools(List<Policy> policies, Map<Long, Long> needed) {
        return policies.stream().map(p -> p.host().hasPools() ? p : p.withHost(p.host().withPools(needed))).toList();
    }

    private List<PolicyResult> replay(Recording recording, List<Policy> policies, LearnedPages learned, PolicyRun.Baseline baseline,
            boolean asleep) {
        ExecutorService pool = Executors.newFixedThreadPool(Math.max(1, Math.min(options.threads(), policies.size())), task -> {
            Thread thread = new Thread(task, "replay");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<PolicyResult>> running = new ArrayList<>();
            for (Policy policy : policies) {
                running.add(pool.submit(() -> {
                    ReplayMachine machine = machines.boot(policy, recording);
                    if (asleep) {
                        machine.keepKhugepagedAsleep();
                    }
                    PolicyRun run = new PolicyRun(recording, machine, learned, policy, options.costs(), baseline);
                    run.run(baseline.peakEvent(), progress(policy.name()));
                    return run.result(new PolicyRun.TlbModel(options.tlbEntries()));
                }));
            }
            List<PolicyResult> results = new ArrayList<>();
            for (Future<PolicyResult> f : running) {
                results.add(f.get());
            }
            return results;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while replaying", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException r) {
                throw r;
            }
            if (e.getCause() instanceof Error r) {
                throw r;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    private ReplayLoop.Progress progress(String name) {
        return (done, of) -> options.progress().accept(name.toLowerCase(Locale.ROOT), of == 0 ? 1.0 : (double) done / of);
    }
}
