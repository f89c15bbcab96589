package org.mmkit.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.mmkit.api.arch.Access;
import org.mmkit.api.arch.EntryField;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.core.ConfiguredArchitecture;
import org.mmkit.core.dump.MemoryImage;
import org.mmkit.core.dump.TableWalk;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mm walk}: translates addresses by the page tables in an image of a machine's memory. */
@Command(
        name = "walk",
        headerHeading = "Example: mm walk --root 0x1fe2e000 guest.elf 0x7ffff7a00000 0xffff888000100000%n%n",
        header = "Translate addresses by the page tables in a memory image.",
        description = {
            "%nReads the tables of a real machine from an ELF core of its memory (QEMU: dump-guest-memory) or from raw memory (QEMU:"
                    + " pmemsave, with --arch and --base), shows every entry on the way of each address, and explains each of its bits.",
            "Exit status 1 says that an address is not mapped."
        })
final class WalkCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private DumpOptions options;

    @Option(names = "--brief", description = "One line an address: the address, and the physical one with what may be done, or -.")
    private boolean brief;

    @Option(names = "--from", paramLabel = "FILE", description = "Read the addresses from a file, one a line.")
    private Optional<Path> from = Optional.empty();

    @Parameters(index = "0", paramLabel = "DUMP", description = "The image.")
    private Path dump = Path.of("");

    @Parameters(index = "1..*", paramLabel = "VA", description = "Addresses.")
    private List<String> addresses = List.of();

    @Override
    public Integer call() throws IOException {
        MemoryImage image = options.open(dump);
        ConfiguredArchitecture configured = options.architecture(image);
        Optional<Long> root = options.root(configured);
        Optional<Long> kernelRoot = options.kernelRoot(configured);
        if (root.isEmpty() && kernelRoot.isEmpty()) {
            throw DumpOptions.noRoot();
        }
        TableWalk lower = walk(image, configured, root.or(() -> kernelRoot).orElseThrow());
        TableWalk upper = walk(image, configured, kernelRoot.or(() -> root).orElseThrow());
        PrintWriter out = spec.commandLine().getOut();
        int mapped = 0;
        List<Long> wanted = wanted();
        for (long va : wanted) {
            TableWalk walk = va < 0 ? upper : lower;
            TableWalk.Outcome outcome = walk.walk(va);
            mapped += outcome == TableWalk.Outcome.MAPPED ? 1 : 0;
            if (brief) {
                out.print(hex(va) + " " + (outcome == TableWalk.Outcome.MAPPED ? hex(walk.physical()) + " " + Access.text(walk.access()) : "-") + "\n");
            } else {
                explain(va, walk, outcome, image, out);
            }
        }
        out.flush();
        return mapped == wanted.size() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static TableWalk walk(MemoryImage image, ConfiguredArchitecture configured, long root) {
        PageTableLayout layout = configured.layout();
        if (!image.holds(root)) {
            throw CommandException.badInput(image.file() + ": the root table at " + hex(root) + " is not in the image, which holds "
                    + image.ranges() + "; is --root, or --base of a raw image, right?");
        }
        return new TableWalk(image, configured.architecture(), layout, configured.format(), root);
    }

    private List<Long> wanted() {
        List<Long> wanted = new ArrayList<>();
        for (String text : addresses) {
            wanted.add(DumpOptions.address("address", text));
        }
        if (from.isPresent()) {
            int number = 0;
            for (String line : lines(from.get())) {
                number++;
                if (!line.isBlank()) {
                    wanted.add(DumpOptions.address(from.get() + ":" + number + ":", line.strip().split("\\s+", 2)[0]));
                }
            }
        }
        if (wanted.isEmpty()) {
            throw CommandException.badInput("which address? Name some behind the image, or a file of them with --from");
        }
        return wanted;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw CommandException.unreadable(file, e);
        }
    }

    private static void explain(long va, TableWalk walk, TableWalk.Outcome outcome, MemoryImage image, PrintWriter out) {
        PageTableLayout layout = walk.layout();
        out.println(hex(va));
        for (int level = layout.levels(); level >= walk.lastLevel(); level--) {
            long entry = walk.entry(level);
            out.printf("  level %d  %s[%d]  %016x  %s%n", level, hex(walk.place(level) - 8L * layout.index(va, level)),
                    layout.index(va, level), entry, walk.format().describe(entry, level));
            for (EntryField field : walk.format().explain(entry, level)) {
                String bits = field.high() == field.low() ? "" + field.low() : field.high() + ":" + field.low();
                out.printf("      %-6s %-20s %-12s %s%n", bits, field.name(), hex(field.value()), field.meaning());
            }
        }
        out.println("  " + result(walk, outcome, image));
    }

    /** What a TLB may keep as one translation, where that is more than the page. */
    private static String run(TableWalk walk, int level) {
        long pages = walk.layout().contiguousEntries(level);
        return walk.format().isContiguous(walk.entry(level), level)
                ? ", one of a run of " + pages + " (" + TablesCommand.size(walk.layout().size(level) * pages) + ")" : "";
    }

    private static String result(TableWalk walk, TableWalk.Outcome outcome, MemoryImage image) {
        int level = walk.lastLevel();
        return switch (outcome) {
            case MAPPED -> "-> " + hex(walk.physical()) + "  " + TablesCommand.size(walk.layout().size(level)) + " page"
                    + run(walk, level) + ", " + Access.text(walk.access());
            case NOT_VALID -> "not mapped: the entry of level " + level + " is not valid";
            case MALFORMED -> "not mapped: bits " + hex(walk.format().reservedBits(walk.entry(level), level)) + " of the entry of level "
                    + level + " must be 0; is this the architecture, and its number of levels, of the image?";
            case NOT_CANONICAL -> "not mapped: tables of " + walk.layout().levels() + " levels translate " + walk.layout().vaBits()
                    + " bits, and the bits above are not as the hardware wants them";
            case NOT_HELD -> "unknown: the table entry at " + hex(walk.place(Math.min(level, walk.layout().levels() + 1) - 1))
                    + " is not in the image, which holds " + image.ranges();
        };
    }

    static String hex(long number) {
        return "0x" + Long.toHexString(number);
    }
}
