package org.mmkit.core.pseudofs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mmkit.api.Errno;
import org.mmkit.core.PathException;

class PseudoFileSystemTest {

    private final PseudoFileSystem files = new PseudoFileSystem();
    private final AtomicLong cluster = new AtomicLong(3);

    @BeforeEach
    void add() {
        files.add("/proc/vmstat", new TextFile(() -> "nr_free_pages 1\n"));
        files.add("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", new TextFile(() -> "2097152\n"));
        files.add("/proc/sys/vm/page-cluster", new IntegerSysctl(cluster::get, cluster::set, 0, 31, true));
        files.add("/proc/sys/vm/drop_caches", new IntegerSysctl(() -> 0, value -> {}, 1, 4, false));
    }

    @Test
    void files_are_read_and_directories_listed() {
        assertThat(files.read("/proc/vmstat")).isEqualTo("nr_free_pages 1\n");
        assertThat(files.list("/")).containsExactly("proc", "sys");
        assertThat(files.list("/proc")).containsExactly("sys", "vmstat");
        assertThat(files.list("/sys/kernel/mm")).containsExactly("transparent_hugepage");
    }

    @ParameterizedTest
    @CsvSource({"/proc/nothing, 2", "/proc/sys/vm, 21", "/proc/sys/vm/drop_caches, 13"})
    void reading_fails_as_Linux_fails(String path, int errno) {
        assertThatThrownBy(() -> files.read(path))
                .isInstanceOfSatisfying(PathException.class, e -> assertThat(e.errno()).isEqualTo(errno));
    }

    @ParameterizedTest
    @CsvSource({
        "/proc/nothing, 2", "/proc/sys, 21", "/proc/vmstat, 5", "/sys/kernel/mm/transparent_hugepage/hpage_pmd_size, 13"
    })
    void writing_fails_as_Linux_fails(String path, int errno) {
        assertThat(files.write(path, "1\n")).isEqualTo(-errno);
    }

    /** Each row was tried on Linux 6.18. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"'0x10\n'|16", "'010\n'|8", "'5 7\n'|5", "' 6 \n'|6", "'5\n\n'|5", "'12'|12", "''|3"})
    void a_sysctl_takes_numbers_as_the_kernel_does(String text, long expected) {
        assertThat(files.write("/proc/sys/vm/page-cluster", text)).isEqualTo(text.length());
        assertThat(files.read("/proc/sys/vm/page-cluster")).isEqualTo(expected + "\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"'\n'", "' '", "'+5\n'", "'5x\n'", "'-1\n'", "'32\n'", "'#5\n'", "'always\n'"})
    void a_sysctl_refuses_what_the_kernel_refuses(String text) {
        assertThat(files.write("/proc/sys/vm/page-cluster", text)).isEqualTo(-Errno.EINVAL);
        assertThat(cluster).hasValue(3);
    }

    @Test
    void a_path_is_taken_once() {
        assertThatThrownBy(() -> files.add("/proc/vmstat", new TextFile(() -> "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/proc/vmstat");
    }
}
