package org.mmkit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.feature.Feature;
import org.mmkit.core.BootException;
import org.mmkit.core.Machine;
import org.mmkit.core.MachineBuilder;
import org.mmkit.core.PathException;

/**
 * What the engine relies on in a {@link Feature}. A feature's whole test is one method; an architecture must be on the path.
 *
 * <p>Random tests print their seed in each failure.
 */
public abstract class FeatureContract {

    private static final long MIB = 1L << 20;

    /** For subclasses. */
    protected FeatureContract() {}

    /** The feature. */
    protected abstract Feature feature();

    /** The Kconfig symbol by which a user switches it; the feature's own unless overridden. */
    protected String symbol() {
        return feature().configSymbol();
    }

    /** Whether the feature has {@code behavior}; overridden by one that lacks something. */
    protected boolean has(FeatureBehavior behavior) {
        return true;
    }

    /** The machine to be built, the feature's symbol aside; 512 MiB of the first architecture unless overridden. */
    protected MachineBuilder machine() {
        return Machine.builder().memory(512 * MIB).contents(false);
    }

    /** Boot parameters with values, of which each changes what a file of the feature says; none unless overridden. */
    protected List<String> tellingParameters() {
        return List.of();
    }

    /** Brings a machine that has the feature into the state in which it does most; nothing unless overridden. */
    protected void turnUp(Machine machine) {}

    private MachineBuilder builder() {
        MachineBuilder builder = machine();
        Feature feature = feature();
        boolean found = builder.report().plugins().stream().anyMatch(plugin -> plugin.id().equals(feature.id()));
        return found ? builder : builder.feature(feature);
    }

    private Machine with() {
        return builder().set(symbol(), "y").build();
    }

    private Machine without() {
        return builder().set(symbol(), "n").build();
    }

    @Test
    void a_machine_boots_with_it_and_without_it() {
        Machine on = with();
        Machine off = without();

        assertTrue(on.configuration().isEnabled(feature().configSymbol()), feature().configSymbol() + " cannot be switched on");
        assertFalse(off.configuration().isEnabled(feature().configSymbol()), feature().configSymbol() + " cannot be switched off");
        on.verify();
        off.verify();
    }

    private static Set<String> files(Machine machine) {
        Set<String> files = new TreeSet<>();
        collect(machine, "/proc", files);
        collect(machine, "/sys", files);
        return files;
    }

    private static void collect(Machine machine, String path, Set<String> into) {
        for (String name : machine.list(path)) {
            String child = path + "/" + name;
            if (machine.isDirectory(child)) {
                collect(machine, child, into);
            } else {
                into.add(child);
            }
        }
    }

    private Set<String> ownFiles(Machine on) {
        Set<String> own = files(on);
        own.removeAll(files(without()));
        return own;
    }

    @Test
    void its_files_are_there_with_it_and_gone_without_it() {
        Machine on = with();
        Set<String> base = files(without());

        assertTrue(files(on).containsAll(base), "files that the feature takes away");
        assertEquals(has(FeatureBehavior.FILES), !ownFiles(on).isEmpty(), "files of its own: " + ownFiles(on));
    }

    @Test
    void each_of_its_files_can_be_read_or_says_that_it_cannot() {
        Machine on = with();
        for (String file : ownFiles(on)) {
            try {
                String text = on.read(file);
                assertTrue(text.isEmpty() || text.endsWith("\n"), file + " does not end with a newline");
            } catch (PathException e) {
                assertTrue(e.getMessage() != null && !e.getMessage().isBlank(), file);
            }
        }
    }

    @Test
    void words_that_mean_nothing_are_refused_and_change_nothing() {
        Machine on = with();
        List<String> taken = new ArrayList<>();
        for (String file : ownFiles(on)) {
            String before = readOr(on, file);
            if (on.write(file, "?") >= 0) {
                taken.add(file);
            } else {
                assertEquals(before, readOr(on, file), file + " refused a word, but changed");
            }
        }
        assertEquals(has(FeatureBehavior.REFUSES_NONSENSE), taken.isEmpty(), "take any word: " + taken);
        on.verify();
    }

    private static String readOr(Machine machine, String file) {
        try {
            return machine.read(file);
        } catch (PathException e) {
            return e.toString();
        }
    }

    /** The texts of the feature's files. */
    private Map<String, String> texts(Machine on) {
        Map<String, String> texts = new TreeMap<>();
        ownFiles(on).forEach(file -> texts.put(file, readOr(on, file)));
        return texts;
    }

    private Set<String> ownParameters(Machine on) {
        Set<String> own = new TreeSet<>(on.knownParameters());
        own.removeAll(without().knownParameters());
        return own;
    }

    private Machine with(String commandLine) {
        return builder().set(symbol(), "y").cmdline(commandLine).build();
    }

    @Test
    void its_boot_parameters_are_known_with_it_and_unknown_without_it() {
        Set<String> own = ownParameters(with());
        Machine off = builder().set(symbol(), "n").cmdline(String.join(" ", own)).build();

        assertEquals(has(FeatureBehavior.BOOT_PARAMETERS), !own.isEmpty(), "boot parameters of its own: " + own);
        assertEquals(List.copyOf(own), off.unknownParameters());
    }

    @Test
    void a_boot_parameter_that_means_nothing_changes_nothing_and_is_named() {
        Machine plain = with("");
        for (String name : ownParameters(plain)) {
            for (String given : new String[] {name, name + "=", name + "=?", name + "=99999999999999999999"}) {
                try {
                    Machine on = with(given);
                    List<String> said = new ArrayList<>(on.kernelLog());
                    said.removeAll(plain.kernelLog());
                    assertTrue(!given.endsWith("?") || said.stream().anyMatch(line -> line.contains(name)),
                            given + " is passed over in silence: " + said);
                    assertTrue(!given.endsWith("?") || texts(plain).equals(texts(on)), given + " changes what files say");
                    on.verify();
                } catch (BootException e) {
                    assertTrue(e.toString().contains(name), given + " is refused without a word of it: " + e.getMessage());
                }
            }
        }
    }

    @Test
    void its_boot_parameters_have_an_effect() {
        Map<String, String> plain = texts(with(""));
        for (String given : tellingParameters()) {
            Machine on = with(given);

            assertEquals(List.of(), on.unknownParameters());
            assertFalse(plain.equals(texts(on)), given + " changes no file of the feature");
            on.verify();
        }
    }

    private static Map<String, Long> counters(Machine machine) {
        Map<String, Long> counters = new TreeMap<>();
        machine.read("/proc/vmstat").lines().forEach(line -> {
            String[] words = line.split(" ");
            counters.put(words[0], Long.parseLong(words[1]));
        });
        return counters;
    }

    @Test
    void its_counters_are_there_with_it_and_gone_without_it_and_never_negative() throws ErrnoException {
        Machine on = with();
        Set<String> own = new TreeSet<>(counters(on).keySet());
        Set<String> base = counters(without()).keySet();

        assertTrue(own.containsAll(base), "counters that the feature takes away");
        own.removeAll(base);
        assertEquals(has(FeatureBehavior.COUNTERS), !own.isEmpty(), "counters of its own: " + own);
        turnUp(on);
        RandomCalls.work(on, 3);
        counters(on).forEach((name, value) -> assertTrue(value >= 0, name + " is " + value));
    }

    @Test
    void a_counter_moves_only_when_something_happens() {
        Machine on = with();
        Map<String, Long> first = counters(on);

        assertEquals(first, counters(on), "reading moves counters");
        on.verify();
        assertEquals(first, counters(on), "checking moves counters");
    }

    @Test
    void the_same_calls_have_the_same_effect() throws ErrnoException {
        for (long seed = 1; seed <= 3; seed++) {
            Machine one = with();
            Machine other = with();
            turnUp(one);
            turnUp(other);
            RandomCalls.work(one, seed);
            RandomCalls.work(other, seed);

            assertEquals(counters(one), counters(other), "seed " + seed);
        }
    }

    @Test
    void machines_do_not_know_each_other() throws ErrnoException {
        Machine busy = with();
        Machine idle = with();
        Map<String, Long> before = counters(idle);
        turnUp(busy);
        RandomCalls.work(busy, 5);

        assertEquals(before, counters(idle));
    }

    @Test
    void what_programs_used_comes_back_when_they_are_gone() throws ErrnoException {
        Machine on = with();
        turnUp(on);
        for (long seed = 11; seed <= 13; seed++) {
            RandomCalls.work(on, seed);
        }
        long free = on.vmstat("nr_free_pages");
        for (long seed = 11; seed <= 13; seed++) {
            RandomCalls.work(on, seed);
            assertEquals(free, on.vmstat("nr_free_pages"), "free frames after the programs of seed " + seed + " ended once more");
        }
    }

    @Test
    void random_calls_leave_a_machine_with_it_whole() throws ErrnoException {
        for (long seed = 21; seed <= 24; seed++) {
            Machine on = with();
            turnUp(on);
            RandomCalls.work(on, seed);
        }
    }
}
