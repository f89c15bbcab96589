package org.mmkit.hugetlb.sysfs;

import java.util.function.LongSupplier;
import org.mmkit.api.Errno;
import org.mmkit.api.feature.FeatureContext;
import org.mmkit.api.file.PseudoFile;
import org.mmkit.api.file.WriteOnlyFile;
import org.mmkit.api.memory.MemoryPolicy;
import org.mmkit.api.memory.Nodes;
import org.mmkit.hugetlb.HugePages;
import org.mmkit.hugetlb.fs.SizeNumber;
import org.mmkit.hugetlb.pool.HugePagePool;
import org.mmkit.hugetlb.vmemmap.VmemmapOptimizer;

/** /sys/kernel/mm/hugepages and /proc/sys/vm/nr_hugepages and its kin, with the values that they refuse. */
public final class PoolFiles {


    private final HugePages machine;
    /** Whether files by node exist (NUMA). */
    private final boolean nodes;
    private final FeatureContext context;

    /** The files of the pools of {@code machine}. */
    public PoolFiles(HugePages machine) {
        this.machine = machine;
        this.context = machine.context();
        this.nodes = context.configuration().isEnabled("NUMA");
    }

    /** Registers all of them. */
    public void register() {
        for (HugePagePool pool : machine.pools()) {
            register(pool);
        }
        HugePagePool standard = machine.standard();
        CountFile.Setter resize = resizing(standard);
        sysctl("nr_hugepages", standard::asked, resize);
        if (nodes) {
            sysctl("nr_hugepages_mempolicy", standard::asked, byPolicy(standard));
        }
        sysctl("nr_overcommit_hugepages", standard::overcommit, count -> overcommit(standard, count));
        context.pseudoFile("/proc/sys/vm/hugetlb_shm_group", new ShmGroupFile(machine));
    }

    private static CountFile.Setter resizing(HugePagePool pool) {
        return count -> pool.resize(limited(count), Nodes.ALL);
    }

    private static long limited(long count) {
        return count < 0 ? Long.MAX_VALUE : count;
    }

    /** Changes a pool on the nodes that the policy of the writer names (Linux: init_nodemask_of_mempolicy). */
    private CountFile.Setter byPolicy(HugePagePool pool) {
        return count -> {
            MemoryPolicy policy = context.memory().taskPolicy();
            long named = policy.mode() == MemoryPolicy.Mode.LOCAL ? 1L << context.memory().nodes().current() : policy.nodes();
            return pool.resize(limited(count), named == 0 ? Nodes.ALL : named);
        };
    }

    private static int overcommit(HugePagePool pool, long count) {
        if (pool.isGigantic()) {
            return -Errno.EINVAL;
        }
        pool.setOvercommit(count);
        return 0;
    }

    private void register(HugePagePool pool) {
        String name = "hugepages-" + (pool.pageSize() >> 10) + "kB/";
        String directory = "/sys/kernel/mm/hugepages/" + name;
        context.pseudoFile(directory + "nr_hugepages", CountFile.ofSysfs(pool::total, resizing(pool)));
        context.pseudoFile(directory + "nr_overcommit_hugepages", CountFile.ofSysfs(pool::overcommit, count -> overcommit(pool, count)));
        readOnly(directory + "free_hugepages", pool::free);
        readOnly(directory + "resv_hugepages", pool::reserved);
        readOnly(directory + "surplus_hugepages", pool::surplus);
        if (nodes) {
            context.pseudoFile(directory + "nr_hugepages_mempolicy", CountFile.ofSysfs(pool::total, byPolicy(pool)));
            for (int node = 0; node < context.memory().nodes().count(); node++) {
                registerNode(pool, node, directory(node) + name);
            }
        }
        int smaller = machine.pools().indexOf(pool) - 1;
        if (smaller >= 0) {
            HugePagePool[] target = {machine.pools().get(smaller)};
            demotion(directory, pool, target, Nodes.ALL);
            for (int node = 0; nodes && node < context.memory().nodes().count(); node++) {
                demotion(directory(node) + name, pool, target, 1L << node);
            }
        }
    }

    private static String directory(int node) {
        return "/sys/devices/system/node/node" + node + "/hugepages/";
    }

    private void registerNode(HugePagePool pool, int node, String directory) {
        context.pseudoFile(directory + "nr_hugepages",
                CountFile.ofSysfs(() -> pool.total(node), count -> pool.resizeNode(node, limited(count))));
        readOnly(directory + "free_hugepages", () -> pool.free(node));
        readOnly(directory + "surplus_hugepages", () -> pool.surplus(node));
    }

    private void readOnly(String path, LongSupplier value) {
        context.pseudoFile(path, () -> Long.toUnsignedString(value.getAsLong()) + "\n");
    }

    /** The files of demotion of pages of the nodes {@code allowed}, to the pool in {@code target}, which can be changed. */
    private void demotion(String directory, HugePagePool pool, HugePagePool[] target, long allowed) {
        WriteOnlyFile demote = text -> CountFile.set(text, count -> pool.demote(limited(count), target[0], allowed));
        context.pseudoFile(directory + "demote", demote);
        context.pseudoFile(directory + "demote_size", new PseudoFile() {
            @Override
            public String read() {
                return (target[0].pageSize() >> 10) + "kB\n";
            }

            @Override
            public boolean isWritable() {
                return true;
            }

            @Override
            public int write(String text) {
                long bytes = SizeNumber.parse(text.trim());
                return machine.ofSize(bytes).filter(smaller -> smaller.order() < pool.order() && smaller.pageSize() >= machine.pmdSize()).map(smaller -> {
                    target[0] = smaller;
                    return 0;
                }).orElse(-Errno.EINVAL);
            }
        });
    }

    private void sysctl(String name, LongSupplier value, CountFile.Setter setter) {
        context.pseudoFile("/proc/sys/vm/" + name, CountFile.ofSysctl(value, setter));
    }

    /** Registers {@code /proc/sys/vm/hugetlb_optimize_vmemmap}. */
    public void registerOptimizer(VmemmapOptimizer vmemmap) {
        context.pseudoFile("/proc/sys/vm/hugetlb_optimize_vmemmap", new PseudoFile() {
            @Override
            public String read() {
                return (vmemmap.isEnabled() ? 1 : 0) + "\n";
            }

            @Override
            public boolean isWritable() {
                return true;
            }

            @Override
            public int write(String text) {
                String number = text.trim();
                if (!number.matches("-?[0-9]{1,18}")) {
                    return -Errno.EINVAL;
                }
                vmemmap.setEnabled(Long.parseLong(number) != 0);
                return 0;
            }
        });
    }
}
