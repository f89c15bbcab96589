package org.mmkit.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.mmkit.replay.compare.PolicyReplay;
import org.mmkit.replay.model.Policy;
import org.mmkit.replay.model.PolicyResult;
import org.mmkit.replay.reader.Recording;
import org.mmkit.replay.reader.RecordingReader;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Replay of a decoded recording on one thread; the figure is {@code events}, in events a second, the boot of the machine left out. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
public class ReplayBenchmark {

    /** A recording of {@code examples/recordings}. */
    @Param({"gcc-parser", "redis-snapshot", "xz-compress"})
    public String recording = "";

    /** As {@code mm replay --thp} names it. */
    @Param({"never", "always", "mthp64"})
    public String policy = "";

    private Recording decoded;
    private PolicyReplay next;

    /** Counts events rather than replays. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Count {
        /** Events replayed. */
        public long events;
    }

    private static Path folder() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(at.resolve("examples/recordings"))) {
            at = Objects.requireNonNull(at.getParent(), "not in a checkout");
        }
        return at.resolve("examples/recordings");
    }

    /** Decodes once. */
    @Setup(Level.Trial)
    public void decode() throws Exception {
        decoded = new RecordingReader().read(folder().resolve(recording + ".perf.txt.gz"));
    }

    /** Boots a machine for the next replay. */
    @Setup(Level.Invocation)
    public void boot() {
        next = PolicyReplay.prepare(decoded, Policy.named(policy));
    }

    /** All events of one recording. */
    @Benchmark
    public PolicyResult replay(Count count) {
        count.events += decoded.events().size();
        return next.run();
    }
}
