package org.mmkit.replay.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.mmkit.replay.model.Advice;
import org.mmkit.replay.model.Policy;
import org.mmkit.replay.model.PolicyResult;
import org.mmkit.replay.model.SelfCheck;
import org.mmkit.replay.reader.EventKind;
import org.mmkit.replay.reader.EventLog;
import org.mmkit.replay.reader.Recording;

/**
 * Finds the policy to recommend and says why.
 *
 * <p>From a recording that would mislead nothing is recommended. The rule: among the policies whose peak memory is at most 10 % (and 4 MB) above the least, the one with the least time in faults; but a
 * policy is recommended over a tamer one only for a gain of at least 5 % of that time and 1 ms, beyond the cost model's
 * uncertainty in proportion. Tamer comes in the order never, madvise, mthp, always. Thread-safe.
 */
public final class Adviser {

    private static final double MEMORY_SLACK = 0.10;
    private static final long MEMORY_SLACK_KB = 4096;
    private static final double LEAST_GAIN = 0.05;
    private static final double LEAST_GAIN_NS = 1e6;

    private static final List<String> LIMITS = List.of(
            "It cannot tell from this recording what the program gains afterwards from fewer TLB misses: page faults show first touches only.");

    private static final String NOT_LINUX =
            "No released Linux hands out huge pages this way, so there is nothing to set; the figures say what such a kernel would do.";

    private Adviser() {}

    /** The advice for {@code results} of {@code recording}. */
    public static Advice advise(Recording recording, SelfCheck check, List<PolicyResult> results) {
        if (!check.isSound() || recording.diagnostics().isMisleading()) {
            return new Advice("", "No recommendation: the recording is incomplete or not understood in places (see above), so these figures may mislead.",
                    List.of(), List.of(), List.of());
        }
        PolicyResult leastMemory = results.stream().min(Comparator.comparingLong(r -> r.memory().peakTotal())).orElseThrow();
        long limit = leastMemory.memory().peakTotal()
                + Math.max(MEMORY_SLACK_KB, (long) (leastMemory.memory().peakTotal() * MEMORY_SLACK));
        PolicyResult best = leastMemory;
        List<PolicyResult> tameFirst = new ArrayList<>(results);
        tameFirst.sort(Comparator.comparingInt(r -> tameness(r.policy())));
        Optional<PolicyResult> start = tameFirst.stream().filter(r -> r.memory().peakTotal() <= limit).findFirst();
        best = start.orElse(best);
        for (PolicyResult r : tameFirst) {
            double gain = best.cost().middle() - r.cost().middle();
            if (r.memory().peakTotal() <= limit && gain > LEAST_GAIN_NS && gain > best.cost().middle() * LEAST_GAIN) {
                best = r;
            }
        }
        PolicyResult usual = results.stream().filter(r -> r.policy().name().equals("madvise")).findFirst().orElse(tameFirst.get(0));
        return new Advice(best.policy().name(), verdict(best, usual), reasons(best, usual, results),
                best.policy().host().isLinux() ? LIMITS : List.of(LIMITS.get(0), NOT_LINUX),
                best.policy().host().isLinux() ? best.policy().changes().stream().map(Policy.Setting::echo).toList() : List.of());
    }

    /** What the program does about huge pages itself. */
    public static List<String> programFacts(Recording recording) {
        List<String> facts = new ArrayList<>();
        EventLog events = recording.events();
        long huge = 0;
        long hugeBytes = 0;
        long noHuge = 0;
        long start = events.size() == 0 ? 0 : events.time(0);
        boolean told = false;
        for (int i = 0; i < events.size(); i++) {
            if (events.kind(i) == EventKind.THP_DISABLE && events.a(i) != 0 && !told) {
                told = true;
                facts.add(String.format(java.util.Locale.ROOT,
                        "%s (pid %d) opts out of huge pages itself by prctl, %.2f s after the start of the recording; it was recorded seeing enabled = always.",
                        recording.processes().get(events.process(i)).name(), recording.processes().get(events.process(i)).pid(),
                        (events.time(i) - start) / 1e9));
            } else if (events.kind(i) == EventKind.MADVISE && events.aux(i) == 14) {
                huge++;
                hugeBytes += events.b(i);
            } else if (events.kind(i) == EventKind.MADVISE && events.aux(i) == 15) {
                noHuge++;
            }
        }
        if (huge > 0) {
            facts.add("The program asks for huge pages with madvise " + times(huge) + ", for " + Figures.size(hugeBytes >> 10) + " in all.");
        }
        if (noHuge > 0) {
            facts.add("The program declines huge pages with madvise " + times(noHuge) + ".");
        }
        return facts;
    }

    private static String times(long n) {
        return n == 1 ? "once" : Figures.count(n) + " times";
    }

    private static int tameness(Policy policy) {
        if (!policy.host().isLinux()) {
            return 4; // nobody can switch to it today
        }
        return switch (policy.enabled()) {
            case "never" -> 1;
            case "madvise" -> 0; // what distributions ship: to leave it costs nobody anything
            default -> policy.sizes().isEmpty() ? 3 : 2;
        };
    }

    private static String verdict(PolicyResult best, PolicyResult usual) {
        String name = TerminalReport.title(best.policy().name());
        if (!best.policy().host().isLinux()) {
            return "The policy " + name + " would serve it best.";
        }
        if (best == usual) {
            return best.policy().name().equals("madvise") ? "Leave it at madvise." : "Use " + name + ".";
        }
        return switch (best.policy().name()) {
            case "always" -> "Set it to always.";
            case "never" -> "Switch huge pages off (never).";
            default -> "Use " + name + " folios.";
        };
    }

    private static List<String> reasons(PolicyResult best, PolicyResult usual, List<PolicyResult> results) {
        List<String> reasons = new ArrayList<>();
        if (best != usual) {
            long saved = usual.faults().user() - best.faults().user();
            String pattern = saved >= 0
                    ? "Against %s it saves %s of %s page faults and about %s of CPU time in them, for %s."
                    : "Against %s it takes %s page faults more than its %s, yet saves about %s of CPU time in them, for %s.";
            reasons.add(String.format(java.util.Locale.ROOT, pattern,
                    TerminalReport.title(usual.policy().name()), Figures.count(Math.abs(saved)),
                    Figures.count(usual.faults().user()),
                    Figures.span(Math.max(0, usual.cost().low() - best.cost().low()), Math.max(0, usual.cost().high() - best.cost().high())),
                    memoryChange(best.memory().peakTotal() - usual.memory().peakTotal())));
        }
        for (PolicyResult r : results) {
            if (r != best && tameness(r.policy()) > tameness(best.policy())) {
                reasons.add(against(r, best));
            }
        }
        long sinceFork = best.work().copiesAfterFork();
        if (sinceFork * 5 > best.faults().user()) {
            reasons.add(Figures.count(sinceFork) + " faults copy pages shared by fork; no setting of huge pages avoids them.");
        }
        return reasons;
    }

    private static String against(PolicyResult r, PolicyResult best) {
        long memory = r.memory().peakTotal() - best.memory().peakTotal();
        long faults = best.faults().user() - r.faults().user();
        String name = TerminalReport.title(r.policy().name());
        if (faults == 0 && Math.abs(memory) < 256) {
            return name + " would change nothing.";
        }
        String gain = faults > 0 ? "save " + Figures.count(faults) + " faults" : "take " + Figures.count(-faults) + " faults more";
        return name + " would " + gain + ", for " + memoryChange(memory)
                + (r.memory().bloat() >= 1024 ? " (" + Figures.size(r.memory().bloat()) + " that the program never touches)" : "") + ".";
    }

    private static String memoryChange(long kb) {
        return Math.abs(kb) < 64 ? "the same memory" : Figures.size(Math.abs(kb)) + (kb > 0 ? " more memory at the peak" : " less memory at the peak");
    }
}
