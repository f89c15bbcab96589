package org.mmkit.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.mmkit.api.arch.Access;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.core.ConfiguredArchitecture;
import org.mmkit.core.dump.DumpException;
import org.mmkit.core.dump.MemoryImage;
import org.mmkit.core.dump.TableExtract;
import org.mmkit.core.dump.TableScan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mm tables}: lists what the page tables in an image of a machine's memory map. */
@Command(
        name = "tables",
        headerHeading = "Example: mm tables --root 0x1fe2e000 guest.elf%n%n",
        header = "List the mappings of the page tables in a memory image.",
        description = {
            "%nA line is a run of leaves that follow on each other and differ in the accessed and dirty bits only: addresses, physical"
                    + " address, size and number of the leaves, what they let through, how many are accessed (A) and dirty (D), the"
                    + " first leaf.",
            "Exit status 1 says that tables are broken or missing."
        })
final class TablesCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private DumpOptions options;

    @Option(names = "--exact", description = "Tell leaves apart that differ in the accessed or dirty bit.")
    private boolean exact;

    @Option(names = "--not-valid", description = "List entries that are not valid and not empty: swap, migration, PROT_NONE.")
    private boolean notValid;

    @Option(
            names = "--extract",
            paramLabel = "FILE",
            description = "Write the tables, and nothing else of the memory, to an ELF core that can be walked as well.")
    private Optional<Path> extract = Optional.empty();

    @Option(names = "--summary", description = "Only the sums at the end.")
    private boolean summary;

    @Parameters(paramLabel = "DUMP", description = "The image.")
    private Path dump = Path.of("");

    @Override
    public Integer call() throws IOException {
        MemoryImage image = options.open(dump);
        ConfiguredArchitecture configured = options.architecture(image);
        Optional<Long> root = options.root(configured);
        Optional<Long> kernelRoot = options.kernelRoot(configured);
        if (root.isEmpty() && kernelRoot.isEmpty()) {
            throw DumpOptions.noRoot();
        }
        TableExtract tables = new TableExtract(image, configured.architecture().elfMachine());
        boolean sound = true;
        if (root.isPresent()) {
            sound &= list(image, configured, root.get(), false, tables);
        }
        if (kernelRoot.isPresent()) {
            sound &= list(image, configured, kernelRoot.get(), true, tables);
        }
        if (extract.isPresent()) {
            try {
                tables.write(extract.get());
            } catch (DumpException e) {
                throw CommandException.badInput(e);
            }
        }
        return sound ? ExitCode.DONE : ExitCode.FAILED;
    }

    private boolean list(MemoryImage image, ConfiguredArchitecture configured, long root, boolean kernelRoot, TableExtract tables) {
        Listing listing = new Listing(configured, tables);
        TableScan scan = new TableScan(
                image, configured.architecture(), configured.layout(), configured.format(), kernelRoot, exact, listing);
        if (!scan.scan(root)) {
            throw CommandException.badInput(image.file() + ": the root table at " + WalkCommand.hex(root) + " is not in the image, which holds "
                    + image.ranges() + "; is --root, or --base of a raw image, right?");
        }
        listing.sums(scan);
        return listing.faults == 0;
    }

    /** Bytes in the largest unit that divides them. */
    static String size(long bytes) {
        int unit = Math.min(4, Long.numberOfTrailingZeros(bytes) / 10);
        return (bytes >> 10 * unit) + "BKMGT".substring(unit, unit + 1);
    }

    /** Prints what a scan finds. */
    private final class Listing implements TableScan.Visitor {

        private final PageTableLayout layout;
        private final EntryFormat format;
        private final TableExtract tables;
        private final PrintWriter out = spec.commandLine().getOut();
        private final long[] leaves;
        private long bytes;
        private long runs;
        private long again;
        private int faults;

        Listing(ConfiguredArchitecture configured, TableExtract tables) {
            this.layout = configured.layout();
            this.format = configured.format();
            this.tables = tables;
            this.leaves = new long[layout.levels() + 1];
        }

        private void line(String format, Object... values) {
            if (!summary) {
                out.printf(format + "%n", values);
            }
        }

        @Override
        public void table(long address, long length, int level) {
            if (extract.isPresent()) {
                tables.add(address, length);
            }
        }

        @Override
        public void mapped(TableScan.Run run) {
            leaves[run.level] += run.leaves;
            bytes += run.bytes;
            runs++;
            line("%016x-%016x  0x%x  %s x %d  %s  A %d  D %d  %s", run.va, run.va + run.bytes - 1, run.physical, size(layout.size(run.level)),
                    run.leaves, Access.text(run.access), run.young, run.dirty, format.describe(run.entry, run.level));
        }

        @Override
        public void notValid(long va, int level, long entry) {
            if (notValid) {
                line("%016x  not valid, level %d  %016x  %s", va, level, entry, format.describe(entry, level));
            }
        }

        @Override
        public void malformed(long va, int level, long entry, long reserved) {
            faults++;
            line("%016x  malformed, level %d  %016x  bits 0x%x must be 0", va, level, entry, reserved);
        }

        @Override
        public void notHeld(long va, int level, long entry, long table) {
            faults++;
            line("%016x  missing, level %d  %016x  the table at 0x%x is not in the image", va, level, entry, table);
        }

        @Override
        public void again(long va, int level, long table, long firstVa) {
            again++;
            line("%016x  the table at 0x%x again, level %d, as at %016x", va, table, level, firstVa);
        }

        @Override
        public void loop(long va, int level, long table, int ancestorLevel) {
            again++;
            line("%016x  a loop: the table at 0x%x as level %d contains itself, it is on the way here as level %d", va, table, level, ancestorLevel);
        }

        void sums(TableScan scan) {
            StringBuilder text = new StringBuilder();
            for (int level = 1; level <= layout.levels(); level++) {
                if (leaves[level] > 0) {
                    text.append(text.length() == 0 ? "" : ", ").append(leaves[level]).append(" of ").append(size(layout.size(level)));
                }
            }
            long all = 0;
            long invalid = 0;
            for (int level = 1; level <= layout.levels(); level++) {
                all += scan.tables(level);
                invalid += scan.notValid(level);
            }
            out.println(runs + " runs of leaves (" + (text.length() == 0 ? "none" : text) + "), " + (bytes >> 10) + " kB mapped by " + all
                    + " tables; " + invalid + " entries not valid" + (again > 0 ? ", " + again + " tables met again" : "")
                    + (faults > 0 ? ", " + faults + " broken or missing" : ""));
        }
    }
}
