package org.mmkit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.mmkit.api.arch.Access;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.config.Configuration;
import org.mmkit.core.dump.DumpException;
import org.mmkit.core.dump.MemoryImage;
import org.mmkit.core.dump.TableScan;
import org.mmkit.core.dump.TableWalk;

/**
 * A backend reads the page tables of real kernels. A fixture is three resources of the test, in {@code guests/}:
 *
 * <ul>
 *   <li>{@code NAME.registers}: properties {@code root}, {@code kernel_root} where the upper half has one of its own, and {@code set},
 *       the Kconfig symbols of that kernel;
 *   <li>{@code NAME.tables.gz}: an ELF core with the tables, as {@code mm tables --extract} writes it;
 *   <li>{@code NAME.emulator.gz}: lines of an address and the physical one that the emulator gave for it, or {@code -} when it could not
 *       be read.
 * </ul>
 */
public abstract class GuestTablesContract {

    @TempDir
    private Path directory = Path.of("");

    /** For subclasses. */
    protected GuestTablesContract() {}

    /** The backend under test. */
    protected abstract Architecture architecture();

    /** The names of the fixtures. */
    protected abstract List<String> guests();

    /** Addresses that a fixture has at least. */
    protected int leastAddresses() {
        return 10_000;
    }

    @TestFactory
    Stream<DynamicTest> A03_tables_of_a_real_kernel_translate_as_its_emulator_does() {
        return guests().stream().map(name -> DynamicTest.dynamicTest(name, () -> translate(name)));
    }

    @TestFactory
    Stream<DynamicTest> A03_all_mappings_of_a_real_kernel_are_found_and_none_is_malformed() {
        return guests().stream().map(name -> DynamicTest.dynamicTest(name, () -> list(name)));
    }

    private void translate(String name) throws IOException, DumpException {
        Guest guest = new Guest(name);
        int mapped = 0;
        List<String> lines = guest.emulator();
        for (String line : lines) {
            String[] words = line.split(" ");
            long va = Long.parseUnsignedLong(words[0].substring(2), 16);
            TableWalk walk = va < 0 ? guest.upper : guest.lower;
            boolean readable = walk.walk(va) == TableWalk.Outcome.MAPPED
                    && (walk.access() & (va < 0 ? Access.KERNEL_READ : Access.USER_READ)) != 0;
            mapped += readable ? 1 : 0;
            assertEquals(words[1], readable ? "0x" + Long.toHexString(walk.physical()) : "-", name + " at " + words[0]);
        }
        assertTrue(lines.size() >= leastAddresses(), name + " asks for " + lines.size() + " addresses");
        assertTrue(mapped >= lines.size() / 2, name + " maps " + mapped + " of its " + lines.size() + " addresses");
    }

    private void list(String name) throws IOException, DumpException {
        Guest guest = new Guest(name);
        guest.scan(guest.root, false, guest.lower);
        if (guest.kernelRoot != guest.root) {
            guest.scan(guest.kernelRoot, true, guest.upper);
        }
    }

    /** One fixture, opened. */
    private final class Guest {

        final MemoryImage image;
        final PageTableLayout layout;
        final EntryFormat format;
        final long root;
        final long kernelRoot;
        final TableWalk lower;
        final TableWalk upper;
        private final String name;

        Guest(String name) throws IOException, DumpException {
            this.name = name;
            Properties registers = new Properties();
            try (InputStream in = resource(name + ".registers")) {
                registers.load(in);
            }
            List<String> symbols = new ArrayList<>(List.of(architecture().configSymbol()));
            for (String setting : registers.getProperty("set", "").split(" ")) {
                symbols.add(setting.replace("=y", ""));
            }
            Configuration configuration = FixedConfiguration.of(symbols.toArray(String[]::new));
            layout = architecture().layout(configuration);
            format = architecture().entryFormat(configuration);
            Path tables = directory.resolve(name + ".elf");
            try (InputStream in = new GZIPInputStream(resource(name + ".tables.gz"))) {
                Files.copy(in, tables, StandardCopyOption.REPLACE_EXISTING);
            }
            image = MemoryImage.open(tables, 0);
            root = root(configuration, registers.getProperty("root"));
            kernelRoot = registers.containsKey("kernel_root") ? root(configuration, registers.getProperty("kernel_root")) : root;
            lower = new TableWalk(image, architecture(), layout, format, root);
            upper = new TableWalk(image, architecture(), layout, format, kernelRoot);
        }

        private long root(Configuration configuration, String text) {
            return architecture().rootAddress(configuration, Long.parseUnsignedLong(text.substring(2), 16));
        }

        private InputStream resource(String file) {
            InputStream in = GuestTablesContract.this.getClass().getResourceAsStream("/guests/" + file);
            assertNotNull(in, "guests/" + file + " is not among the test's resources");
            return in;
        }

        List<String> emulator() throws IOException {
            try (BufferedReader in = new BufferedReader(
                    new InputStreamReader(new GZIPInputStream(resource(name + ".emulator.gz")), StandardCharsets.UTF_8))) {
                return in.lines().toList();
            }
        }

        /** What the scan lists, the walk must find: the same frame, level and rights, at both ends of each run. */
        void scan(long from, boolean kernel, TableWalk walk) {
            long[] leaves = new long[1];
            TableScan scan = new TableScan(image, architecture(), layout, format, kernel, false, new TableScan.Visitor() {
                @Override
                public void mapped(TableScan.Run run) {
                    leaves[0] += run.leaves;
                    for (long offset : new long[] {0, run.bytes - 1}) {
                        assertEquals(TableWalk.Outcome.MAPPED, walk.walk(run.va + offset), () -> name + " at " + Long.toHexString(run.va));
                        assertEquals(run.physical + offset, walk.physical(), () -> name + " at " + Long.toHexString(run.va));
                        assertEquals(run.level, walk.lastLevel());
                        assertEquals(run.access, walk.access());
                    }
                }

                @Override
                public void malformed(long va, int level, long entry, long reserved) {
                    throw new AssertionError(name + ": entry 0x" + Long.toHexString(entry) + " at " + Long.toHexString(va));
                }

                @Override
                public void notHeld(long va, int level, long entry, long table) {
                    throw new AssertionError(name + ": table 0x" + Long.toHexString(table) + " is missing");
                }
            });
            assertTrue(scan.scan(from), name + " lacks its root");
            assertTrue(leaves[0] > 500, name + " maps " + leaves[0] + " leaves");
        }
    }
}
