package org.mmkit.replay.report;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.mmkit.replay.compare.Truth;
import org.mmkit.replay.model.Comparison;
import org.mmkit.replay.model.FolioCount;
import org.mmkit.replay.model.PolicyResult;

/** Prediction beside measurement, one line per policy. Thread-safe. */
public final class AgainstReport {

    private static final int PAGES_OF_2M_ORDER = 9;
    private static final double RSS = 0.03;
    /** What khugepaged made huge, or did not, shows in the resident memory too. */
    private static final double RSS_IN_RANGE = 0.06;

    /** Creates the writer. */
    public AgainstReport() {}

    /**
     * Prints the table.
     *
     * @return whether the user faults of each policy are within {@code tolerance} (0.005 for half a percent), or between those of a khugepaged
     *     that is awake and one that is asleep, and its peak RSS within 3 %, or 6 % in that case
     */
    public boolean print(Comparison comparison, Truth truth, double tolerance, PrintWriter out) {
        List<String[]> lines = new ArrayList<>();
        lines.add(new String[] {"", "user faults", "measured", "off by", "kernel", "measured", "folios", "measured", "peak RSS", "measured", "off by"});
        List<String> ranges = new ArrayList<>();
        boolean good = true;
        for (PolicyResult r : comparison.results()) {
            Optional<Truth.Measured> measured = truth.of(r.policy().name());
            if (measured.isEmpty()) {
                lines.add(new String[] {TerminalReport.title(r.policy().name()), Figures.count(r.faults().user()), "-", "", "", "", "", "", "", "", ""});
                continue;
            }
            Truth.Measured m = measured.get();
            double faultError = error(r.faults().user(), m.userFaults());
            double rssError = error(r.memory().maxRss(), m.maxRssKb());
            Optional<PolicyResult> asleep = asleep(comparison, r);
            boolean inRange = asleep.isPresent() && isBetween(m.userFaults(), r.faults().user(), asleep.get().faults().user());
            if (asleep.isPresent()) {
                ranges.add(range(r, asleep.get(), m, inRange));
            }
            good &= (inRange || Math.abs(faultError) <= tolerance) && Math.abs(rssError) <= (inRange ? RSS_IN_RANGE : RSS);
            lines.add(new String[] {
                TerminalReport.title(r.policy().name()),
                Figures.count(r.faults().user()), Figures.count(m.userFaults()), inRange && faultError != 0 ? "in range" : percent(faultError),
                Figures.count(r.faults().kernel()), Figures.count(m.kernelFaults()),
                folios(r), measuredFolios(r, m),
                Figures.size(r.memory().maxRss()), Figures.size(m.maxRssKb()), percent(rssError)
            });
        }
        print(lines, out);
        if (!ranges.isEmpty()) {
            out.println();
            ranges.forEach(out::println);
        }
        return good;
    }

    /** What becomes of the program if khugepaged sleeps throughout, where that makes a difference. */
    private static Optional<PolicyResult> asleep(Comparison comparison, PolicyResult awake) {
        return comparison.asleep().stream()
                .filter(r -> r.policy().name().equals(awake.policy().name()) && r.faults().user() != awake.faults().user())
                .findFirst();
    }

    private static boolean isBetween(long n, long a, long b) {
        return n >= Math.min(a, b) && n <= Math.max(a, b);
    }

    private static String verdict(PolicyResult awake, PolicyResult asleep, Truth.Measured m, boolean inRange) {
        if (m.userFaults() == awake.faults().user()) {
            return "exactly the former.";
        }
        return m.userFaults() == asleep.faults().user() ? "exactly the latter." : inRange ? "between the two." : "neither nor between.";
    }

    private static String range(PolicyResult awake, PolicyResult asleep, Truth.Measured m, boolean inRange) {
        return TerminalReport.title(awake.policy().name()) + ": " + Figures.count(awake.faults().user())
                + " user faults if khugepaged looks at the program at once, " + Figures.count(asleep.faults().user()) + " if it sleeps throughout; "
                + Figures.count(m.userFaults()) + " were measured, " + verdict(awake, asleep, m, inRange);
    }

    private static double error(long predicted, long measured) {
        return measured == 0 ? (predicted == 0 ? 0 : 1) : (double) (predicted - measured) / measured;
    }

    private static String percent(double error) {
        return error == 0 ? "exact" : String.format(Locale.ROOT, "%+.2f %%", error * 100);
    }

    private static String folios(PolicyResult r) {
        StringBuilder text = new StringBuilder();
        for (FolioCount f : r.folios()) {
            if (f.faulted() > 0) {
                text.append(text.isEmpty() ? "" : " ").append(Figures.count(f.faulted())).append('x').append(Figures.folio(f.sizeKb()));
            }
        }
        return text.isEmpty() ? "0" : text.toString();
    }

    private static String measuredFolios(PolicyResult r, Truth.Measured m) {
        StringBuilder text = new StringBuilder();
        for (int order = 2; order <= PAGES_OF_2M_ORDER; order++) {
            long n = m.allocations().getOrDefault(order, 0L);
            int kb = 4 << order;
            boolean wanted = r.folios().stream().anyMatch(f -> f.sizeKb() == kb);
            if (n > 0 && wanted) {
                text.append(text.isEmpty() ? "" : " ").append(Figures.count(n)).append('x').append(Figures.folio(kb));
            }
        }
        return text.isEmpty() ? "0" : text.toString();
    }

    private static void print(List<String[]> lines, PrintWriter out) {
        int columns = lines.get(0).length;
        int[] width = new int[columns];
        for (String[] line : lines) {
            for (int i = 0; i < columns; i++) {
                width[i] = Math.max(width[i], line[i].length());
            }
        }
        for (String[] line : lines) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String pad = " ".repeat(width[i] - line[i].length());
                text.append(i == 0 ? line[i] + pad : "  " + pad + line[i]);
            }
            out.println(text.toString().stripTrailing());
        }
    }
}
