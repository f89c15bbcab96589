package org.mmkit.cli;

import java.util.ArrayList;
import java.util.List;
import org.mmkit.replay.reader.RecordingReader;
import picocli.CommandLine.Option;

/** Where hugetlbfs was mounted when a recording was made, which perf does not tell. */
final class HugetlbfsOption {

    private static final String USUAL_SIZE = "2M";

    @Option(names = "--hugetlbfs", split = ",", paramLabel = "FOLDER[=SIZE]",
            description = "Files below FOLDER have HugeTLB pages of SIZE (2M). Recordings of `mm record` say so themselves;"
                    + " /dev/hugepages and its like are known.")
    private List<String> folders = new ArrayList<>();

    /** Tells {@code reader}. */
    void applyTo(RecordingReader reader) {
        for (String folder : folders) {
            int sign = folder.lastIndexOf('=');
            String path = sign < 0 ? folder : folder.substring(0, sign);
            if (!path.startsWith("/")) {
                throw CommandException.badInput("--hugetlbfs " + folder + ": a folder begins with /, as in /dev/hugepages=2M");
            }
            reader.hugetlbfs(path, Sizes.parse(sign < 0 ? USUAL_SIZE : folder.substring(sign + 1)));
        }
    }
}
