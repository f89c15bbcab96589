package org.mmkit.hugetlb.cgroup;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.cgroup.Cgroup;
import org.mmkit.api.cgroup.CgroupController;
import org.mmkit.api.cgroup.Cgroups;
import org.mmkit.api.file.PseudoFile;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.memory.PhysicalMemory;
import org.mmkit.hugetlb.fs.SizeNumber;
import org.mmkit.hugetlb.pool.HugePagePool;

/**
 * The cgroup controller of huge pages (Linux: mm/hugetlb_cgroup.c, files of cgroup v2): what a group has in use, and what it was promised.
 * Both are charged to the group and all above it; a charge beyond a limit is refused. Not thread-safe.
 *
 * <p>Counts are in huge pages of the pool.
 */
public final class HugetlbController implements CgroupController {

    /** No limit. */
    private static final long MAX = Long.MAX_VALUE;

    private final Cgroups groups;
    private final List<HugePagePool> pools;
    private final int pageShift;
    private final PhysicalMemory memory;
    private final Map<Cgroup, Account> accounts = new IdentityHashMap<>();
    /** What was charged for a page in use, by its head; none for pages of the root. */
    private final Map<Long, PageCharge> pages = new HashMap<>();

    /** A counter with a limit. */
    private static final class Counter {
        long usage;
        long max = MAX;
    }

    private record PageCharge(Account account, boolean reservation) {}

    /** The counters of one group: of pages in use and of promises, by pool. */
    public static final class Account {

        private final Cgroup group;
        private final Counter[] used;
        private final Counter[] promised;
        private final long[] events;
        private final long[] localEvents;
        /** Who has taken over, once the group is gone. */
        private @Nullable Account heir;

        Account(Cgroup group, int pools) {
            this.group = group;
            used = counters(pools);
            promised = counters(pools);
            events = new long[pools];
            localEvents = new long[pools];
        }

        private static Counter[] counters(int pools) {
            Counter[] counters = new Counter[pools];
            for (int i = 0; i < counters.length; i++) {
                counters[i] = new Counter();
            }
            return counters;
        }
    }

    /** The controller of {@code pools}, switched on nowhere yet. */
    public HugetlbController(Cgroups groups, List<HugePagePool> pools, PhysicalMemory memory, int pageShift) {
        this.memory = memory;
        this.groups = groups;
        this.pools = pools;
        this.pageShift = pageShift;
        groups.register(this);
    }

    @Override
    public String name() {
        return "hugetlb";
    }

    /** Who pays for {@code space}; null for the root, which nothing limits or counts. */
    public @Nullable Account payer(AddressSpace space) {
        return accounts.get(groups.chargedTo(space, this));
    }

    /**
     * Charges promises of {@code n} pages to {@code payer}.
     *
     * @return whether no limit stood against it
     */
    public boolean chargePromises(@Nullable Account payer, HugePagePool pool, long n) {
        return payer == null || n == 0 || charge(payer, pools.indexOf(pool), n, true);
    }

    /** Takes promises of {@code n} pages back. */
    public void unchargePromises(@Nullable Account payer, HugePagePool pool, long n) {
        if (payer != null) {
            add(payer, pools.indexOf(pool), -n, true);
        }
    }

    /**
     * Charges a page in use.
     *
     * @param unpromised whether it is no promised one, so that it counts as promised while it is in use
     * @return whether no limit stood against it
     */
    public boolean chargePage(@Nullable Account payer, HugePagePool pool, boolean unpromised) {
        int i = pools.indexOf(pool);
        if (payer == null) {
            return true;
        }
        if (unpromised && !charge(payer, i, 1, true)) {
            return false;
        }
        if (charge(payer, i, 1, false)) {
            return true;
        }
        if (unpromised) {
            add(payer, i, -1, true);
        }
        return false;
    }

    /** The page that {@link #chargePage} was for is {@code head}. */
    public void commitPage(@Nullable Account payer, long head, boolean unpromised) {
        if (payer != null) {
            pages.put(head, new PageCharge(payer, unpromised));
        }
    }

    /** There was no page after {@link #chargePage}. */
    public void cancelPage(@Nullable Account payer, HugePagePool pool, boolean unpromised) {
        if (payer != null) {
            uncharge(payer, pools.indexOf(pool), unpromised);
        }
    }

    /** The page {@code head} is free. */
    public void freed(HugePagePool pool, long head) {
        PageCharge charge = pages.remove(head);
        if (charge != null) {
            uncharge(charge.account, pools.indexOf(pool), charge.reservation);
        }
    }

    /** What was charged for the page {@code from} is charged for {@code to} (Linux: hugetlb_cgroup_migrate). */
    public void moved(long from, long to) {
        PageCharge charge = pages.remove(from);
        if (charge != null) {
            pages.put(to, charge);
        }
    }

    private void uncharge(Account payer, int pool, boolean reservation) {
        add(payer, pool, -1, false);
        if (reservation) {
            add(payer, pool, -1, true);
        }
    }

    private boolean charge(Account payer, int pool, long n, boolean promise) {
        for (Account a = payer; a != null; a = above(a)) {
            Counter counter = counter(a, pool, promise);
            if (counter.usage + n > counter.max) {
                payer.localEvents[pool]++;
                for (Account told = payer; told != null; told = above(told)) {
                    told.events[pool]++;
                }
                return false;
            }
        }
        add(payer, pool, n, promise);
        return true;
    }

    private void add(Account payer, int pool, long n, boolean promise) {
        Account living = payer;
        while (living.heir != null) {
            living = living.heir;
        }
        for (Account a = living; a != null; a = above(a)) {
            counter(a, pool, promise).usage += n;
        }
    }

    private static Counter counter(Account account, int pool, boolean promise) {
        return promise ? account.promised[pool] : account.used[pool];
    }

    private @Nullable Account above(Account account) {
        return accounts.get(groups.above(account.group, this));
    }

    // ---- files ------------------------------------------------------------------------------------------------

    @Override
    public Map<String, PseudoFile> files(Cgroup group) {
        Account account = new Account(group, pools.size());
        accounts.put(group, account);
        Map<String, PseudoFile> files = new LinkedHashMap<>();
        for (int i = 0; i < pools.size(); i++) {
            int pool = i;
            String prefix = "hugetlb." + name(pools.get(i)) + ".";
            files.put(prefix + "current", () -> bytes(pool, account.used[pool].usage) + "\n");
            files.put(prefix + "events", () -> "max " + account.events[pool] + "\n");
            files.put(prefix + "events.local", () -> "max " + account.localEvents[pool] + "\n");
            files.put(prefix + "max", limit(pool, account.used[pool]));
            files.put(prefix + "numa_stat", () -> {
                long bytes = bytes(pool, account.used[pool].usage);
                return "total=" + bytes + byNode(account, pools.get(pool), bytes) + "\n";
            });
            files.put(prefix + "rsvd.current", () -> bytes(pool, account.promised[pool].usage) + "\n");
            files.put(prefix + "rsvd.max", limit(pool, account.promised[pool]));
        }
        return files;
    }

    /** The bytes of {@code pool} that the group and those below it use, node by node. */
    private String byNode(Account account, HugePagePool pool, long bytes) {
        if (memory.nodes().count() == 1) {
            return " N0=" + bytes;
        }
        long[] used = new long[memory.nodes().count()];
        pages.forEach((head, charge) -> {
            for (Account a = charge.account; a != null; a = above(a)) {
                used[memory.nodes().of(head)] += a == account && memory.frames().order(head) == pool.order() ? pool.pageSize() : 0;
            }
        });
        StringBuilder text = new StringBuilder();
        for (int node = 0; node < used.length; node++) {
            text.append(" N").append(node).append('=').append(used[node]);
        }
        return text.toString();
    }

    private static String name(HugePagePool pool) {
        long bytes = pool.pageSize();
        return bytes >= 1L << 30 ? (bytes >> 30) + "GB" : bytes >= 1L << 20 ? (bytes >> 20) + "MB" : (bytes >> 10) + "KB";
    }

    private long bytes(int pool, long pages) {
        return pages << pools.get(pool).pageShift();
    }

    private PseudoFile limit(int pool, Counter counter) {
        return new PseudoFile() {
            @Override
            public String read() {
                return (counter.max == MAX ? "max" : Long.toString(bytes(pool, counter.max))) + "\n";
            }

            @Override
            public boolean isWritable() {
                return true;
            }

            @Override
            public int write(String text) {
                String word = text.strip();
                long max = MAX;
                if (!word.equals("max")) {
                    if (!word.matches("(0[xX][0-9a-fA-F]{1,15}|[0-9]{1,18})[kKmMgGtTpPeE]?")) {
                        return -Errno.EINVAL;
                    }
                    // whole base pages, then whole huge pages
                    max = SizeNumber.parse(word) >>> pageShift >>> pools.get(pool).order();
                }
                if (counter.usage > max) {
                    return -Errno.EBUSY;
                }
                counter.max = max;
                return 0;
            }
        };
    }

    @Override
    public void removed(Cgroup group, Cgroup heir) {
        Account gone = accounts.remove(group);
        if (gone == null) {
            return;
        }
        Account next = accounts.get(heir);
        // the charges are in the counters of all groups above already
        gone.heir = next == null ? new Account(heir, pools.size()) : next;
        if (next == null) {
            pages.values().removeIf(charge -> charge.account == gone);
        }
    }
}
