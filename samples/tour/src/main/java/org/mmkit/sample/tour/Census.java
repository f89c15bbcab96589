package org.mmkit.sample.tour;

import com.google.auto.service.AutoService;
import org.mmkit.api.Errno;
import org.mmkit.api.feature.Feature;
import org.mmkit.api.feature.FeatureContext;
import org.mmkit.api.feature.SpaceListener;
import org.mmkit.api.file.PseudoFile;
import org.mmkit.api.space.AddressSpace;

/**
 * Counts how often address spaces were copied and torn down: a feature with counters, a file and a boot parameter. It keeps nothing in static fields and nothing in itself: one provider serves all machines.
 */
@AutoService(Feature.class)
public final class Census implements Feature {

    private static final String FILE = "/sys/kernel/mm/census/enabled";

    /** For ServiceLoader. */
    public Census() {}

    @Override
    public String id() {
        return "census";
    }

    @Override
    public String configSymbol() {
        return "CENSUS";
    }

    @Override
    public void init(FeatureContext context) {
        Count count = new Count(context);
        for (String value : context.bootParameters("census")) {
            if (count.write(value) < 0) {
                context.log("census: \"" + value + "\" is neither 0 nor 1");
            }
        }
        context.pseudoFile(FILE, count);
        context.spaceListener(count);
    }

    /** The feature in one machine. */
    private static final class Count implements SpaceListener, PseudoFile {

        private final FeatureContext context;
        private final int copies;
        private final int ends;
        private boolean enabled = true;

        Count(FeatureContext context) {
            this.context = context;
            copies = context.counters().register("census_copies");
            ends = context.counters().register("census_ends");
        }

        private void count(int slot) {
            if (enabled) {
                context.counters().add(slot, 1);
            }
        }

        @Override
        public void forked(AddressSpace parent, AddressSpace child) {
            count(copies);
        }

        @Override
        public void exiting(AddressSpace space) {
            count(ends);
        }

        @Override
        public String read() {
            return enabled ? "1\n" : "0\n";
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public int write(String text) {
            switch (text.strip()) {
                case "0" -> enabled = false;
                case "1" -> enabled = true;
                default -> {
                    return -Errno.EINVAL;
                }
            }
            return 0;
        }
    }
}
