package org.mmkit.core.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mmkit.api.feature.AnonFolioPolicy;
import org.mmkit.api.feature.Feature;
import org.mmkit.api.feature.FeatureContext;
import org.mmkit.api.feature.HugeFaultHandler;
import org.mmkit.api.feature.HugeLeafOperations;
import org.mmkit.api.feature.LargeFolioOperations;
import org.mmkit.api.feature.MadviseHandler;
import org.mmkit.api.feature.PrctlHandler;
import org.mmkit.api.feature.SpaceListener;
import org.mmkit.api.feature.Shrinker;
import org.mmkit.api.feature.UnmappedAreaPolicy;
import org.mmkit.api.file.PseudoFile;
import org.mmkit.api.time.KernelThread;
import org.mmkit.core.BootException;
import org.mmkit.core.process.Process;
import org.mmkit.core.toy.ToyMachines;

/** A feature as the engine sees it, and the engine as a feature sees it. */
class FeatureRegistrationTest {

    private static Feature feature(String id, String symbol, Consumer<FeatureContext> init) {
        Feature feature = mock(Feature.class);
        when(feature.id()).thenReturn(id);
        when(feature.configSymbol()).thenReturn(symbol);
        doAnswer(call -> {
            init.accept(call.getArgument(0));
            return null;
        }).when(feature).init(any());
        return feature;
    }

    static Stream<Arguments> placesThatExistOnce() {
        PseudoFile file = mock(PseudoFile.class);
        KernelThread thread = mock(KernelThread.class);
        when(thread.name()).thenReturn("kthread");
        Shrinker shrinker = mock(Shrinker.class);
        when(shrinker.name()).thenReturn("cache");
        return Stream.of(
                place("anonymous folio sizes", c -> c.anonFolioPolicy(mock(AnonFolioPolicy.class))),
                place("level 2", c -> c.hugeLeaves(2, mock(HugeFaultHandler.class), mock(HugeLeafOperations.class))),
                place("large folios", c -> c.largeFolios(mock(LargeFolioOperations.class))),
                place("advice 14", c -> c.madvise(14, mock(MadviseHandler.class))),
                place("option 41", c -> c.prctl(41, mock(PrctlHandler.class))),
                place("aligned addresses", c -> c.unmappedArea(mock(UnmappedAreaPolicy.class))),
                place("kthread", c -> c.kernelThread(thread)),
                place("shrinker cache", c -> c.shrinker(shrinker)),
                place("/sys/kernel/mm/x", c -> c.pseudoFile("/sys/kernel/mm/x", file)),
                place("AnonHugePages", c -> c.meminfo("AnonHugePages", () -> 0)),
                place("THPeligible", c -> c.smaps("THPeligible", "", vma -> 1)),
                place("HugetlbPages", c -> c.status("HugetlbPages", "kB", space -> 0)));
    }

    private static Arguments place(String name, Consumer<FeatureContext> registration) {
        return Arguments.of(name, registration);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("placesThatExistOnce")
    void a_place_taken_twice_is_an_error_that_names_both_features(String name, Consumer<FeatureContext> registration) {
        assertThatThrownBy(() -> ToyMachines.boot("", feature("one", "SWAP", registration), feature("two", "TMPFS", registration)))
                .isInstanceOf(BootException.class)
                .hasMessageContaining("one")
                .hasMessageContaining("two")
                .hasMessageContaining(name);
    }

    @Test
    void a_feature_whose_symbol_is_n_is_never_asked_for_anything() {
        Feature off = feature("off", "NUMA", context -> { });

        ToyMachines.boot("", off);

        verify(off, never()).init(any());
    }

    @Test
    void a_feature_that_fails_to_start_is_named() {
        Feature broken = feature("broken", "SWAP", context -> {
            throw new ArithmeticException("of its own");
        });

        assertThatThrownBy(() -> ToyMachines.boot("", broken))
                .isInstanceOf(BootException.class)
                .hasMessageContaining("broken")
                .hasMessageContaining("of its own");
    }

    @Test
    void handlers_are_asked_where_they_registered() throws Exception {
        MadviseHandler collapse = mock(MadviseHandler.class);
        when(collapse.advise(any(), anyLong(), anyLong())).thenReturn(0L);
        PrctlHandler prctl = mock(PrctlHandler.class);
        when(prctl.call(any(), anyLong(), anyLong(), anyLong(), anyLong())).thenReturn(3L);
        SpaceListener listener = mock(SpaceListener.class);
        AnonFolioPolicy policy = mock(AnonFolioPolicy.class);
        when(policy.faultOrders(any(), anyLong())).thenReturn(0);
        when(policy.reservedFrame(any(), anyLong())).thenReturn(-1L);
        Bootstrap machine = ToyMachines.boot("", feature("all", "SWAP", context -> {
            context.madvise(25, collapse);
            context.prctl(42, prctl);
            context.spaceListener(listener);
            context.anonFolioPolicy(policy);
        }));

        Process process = machine.processes.create();
        long a = process.mmap(0, 1 << 20, 3, 0x22, null, 0);
        process.store(a, 1);
        Process child = process.fork();
        assertThat(process.madvise(a, 8192, 25)).isZero();
        assertThat(process.prctl(42, 1, 2, 3, 4)).isEqualTo(3);
        assertThat(process.prctl(43, 0, 0, 0, 0)).isEqualTo(-22);
        child.exit();

        verify(collapse).advise(process.space(), a, a + 8192);
        verify(prctl).call(process.space(), 1, 2, 3, 4);
        verify(listener).forked(eq(process.space()), any());
        verify(listener, times(1)).exiting(any());
        verify(policy).faultOrders(any(), eq(a));
        verify(policy, never()).gfp(any());
    }

    @Test
    void boot_parameters_reach_the_feature_that_asks() {
        StringBuilder seen = new StringBuilder();
        Bootstrap machine = ToyMachines.boot("transparent_hugepage=always thp_anon=16K:always foo=1",
                feature("thp", "SWAP", context -> seen.append(context.bootParameters("transparent_hugepage"))
                        .append(context.bootParameters("thp_anon")).append(context.bootParameters("absent"))));

        assertThat(seen).hasToString("[always][16K:always][]");
        assertThat(machine.parameters.unknown()).containsExactly("foo=1");
    }

    @Test
    void lines_of_features_stand_where_the_kernel_prints_them() {
        Bootstrap machine = ToyMachines.boot("", feature("thp", "SWAP", context -> {
            context.meminfo("AnonHugePages", () -> 2048);
            context.meminfoCount("HugePages_Total", () -> 4);
            context.meminfo("Own", () -> 1);
            context.smaps("ProtectionKey", "", vma -> 0);
            context.smaps("THPeligible", "", vma -> 1);
            context.status("HugetlbPages", "kB", space -> 2048);
            context.status("THP_enabled", "", space -> 1);
            context.counters().register("thp_fault_alloc");
        }));

        assertThat(machine.pseudoFiles.read("/proc/meminfo").lines().toList()).containsSubsequence(
                "AnonHugePages:      2048 kB", "HugePages_Total:       4", "Own:                   1 kB");
        assertThat(machine.pseudoFiles.read("/proc/vmstat")).contains("\nthp_fault_alloc 0\n");
    }
}
