package org.mmkit.hugetlb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.file.FileFlags;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;
import org.mmkit.core.vfs.FileTable;

/**
 * Random operations of several processes on pools of two sizes, with all invariants checked after each: the counters of a pool against the
 * region maps of files and areas, free pages against their frames and descriptors, page tables against map counts. At the end everybody leaves, and
 * nothing may be missing. A failure names its seed and its last operations.
 */
class PoolOperationsTest {

    private static final long MIB = 1 << 20;
    private static final String[] SIZES = {"2048kB", "1048576kB"};
    private static final int OPERATIONS = 60;
    private static final int LAST_SHOWN = 12;
    private static final String GROUP = "/sys/fs/cgroup/g/";

    static LongStream few() {
        return LongStream.rangeClosed(1, 3);
    }

    @ParameterizedTest
    @MethodSource("few")
    void H07_random_operations_keep_pools_and_promises_in_step(long seed) {
        new Run(seed, "6.18").go();
    }

    @ParameterizedTest
    @MethodSource("few")
    void H07_random_operations_keep_pools_and_promises_in_step_on_5_14(long seed) {
        new Run(seed, "5.14").go();
    }

    @Test
    @Tag("heavy")
    void H07_many_random_operations_keep_pools_and_promises_in_step() {
        for (long seed = 100; seed < 140; seed++) {
            new Run(seed, seed % 3 == 0 ? "5.14" : "6.18").go();
        }
    }

    /** One process with its files and what it has mapped. */
    private static final class Actor {
        final Process process;
        final FileTable files;
        final List<long[]> areas = new ArrayList<>();

        Actor(Process process, FileTable files) {
            this.process = process;
            this.files = files;
        }
    }

    private static final class Run {

        private final long seed;
        private final SplittableRandom random;
        private final Machine machine;
        private final List<Actor> actors = new ArrayList<>();
        private final List<Integer> descriptors = new ArrayList<>();
        private final List<String> done = new ArrayList<>();
        private final boolean lendsMinimum;

        Run(long seed, String kernel) {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            this.lendsMinimum = kernel.equals("6.18");
            machine = Machine.builder().arch("x86_64").kernel(kernel).memory(5L << 29).contents(false)
                    .set("MEMORY_HOTPLUG", "y").set("MEMORY_HOTREMOVE", "y")
                    .cmdline("hugepagesz=1G hugepages=1 hugepagesz=2M hugepages=" + random.nextInt(4, 24)
                            + (random.nextBoolean() ? " hugetlb_free_vmemmap=on" : ""))
                    .build();
            machine.write("/sys/fs/cgroup/cgroup.subtree_control", "+hugetlb");
            assertThat(machine.mkdir("/sys/fs/cgroup/g")).isZero();
            // an older kernel counts a failed call against the minimum wrongly, so there it has none that a call could fail at
            machine.vfs().mount("hugetlbfs", lendsMinimum ? "size=16M,min_size=4M" : "size=16M", "/mnt/small", false);
            machine.vfs().mount("hugetlbfs", "pagesize=1G", "/mnt/large", false);
            Process first = machine.newProcess();
            actors.add(new Actor(first, new FileTable(machine.vfs(), first)));
        }

        void go() {
            try {
                for (int i = 0; i < OPERATIONS; i++) {
                    step();
                    machine.verify();
                }
                leave();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage() + "\nafter "
                        + String.join("\n      ", done.subList(Math.max(0, done.size() - LAST_SHOWN), done.size())), e);
            }
        }

        private void note(String what) {
            done.add(what);
        }

        private Actor someone() {
            return actors.get(random.nextInt(actors.size()));
        }

        /** Mostly the small size. */
        private boolean large() {
            return random.nextInt(5) == 0;
        }

        private static long bytes(boolean large) {
            return large ? 1L << 30 : 2 * MIB;
        }

        private void step() {
            Actor actor = someone();
            switch (random.nextInt(18)) {
                case 0, 1 -> map(actor);
                case 2, 3, 4, 5 -> touch(actor);
                case 6 -> unmap(actor);
                case 7 -> fork(actor);
                case 8 -> exit(actor);
                case 9 -> open(actor);
                case 10 -> mapFile(actor);
                case 11 -> allocate(actor);
                case 12 -> truncate(actor);
                case 13 -> advise(actor);
                case 14 -> move(actor);
                case 15 -> resize();
                case 16 -> group(actor);
                default -> switches();
            }
        }

        private void map(Actor actor) {
            boolean large = large();
            long length = random.nextInt(1, large ? 3 : 6) * bytes(large);
            int flags = MapFlags.MAP_ANONYMOUS | MapFlags.MAP_HUGETLB | (large ? 30 : 21) << MapFlags.MAP_HUGE_SHIFT
                    | (random.nextBoolean() ? MapFlags.MAP_PRIVATE : MapFlags.MAP_SHARED)
                    | (random.nextInt(4) == 0 ? MapFlags.MAP_NORESERVE : 0) | (random.nextInt(6) == 0 ? MapFlags.MAP_POPULATE : 0);
            enter(actor, "mmap " + length / MIB + "M flags 0x" + Integer.toHexString(flags), actor.process.mmap(0, length, 3, flags), length, large);
        }

        private void enter(Actor actor, String what, long at, long length, boolean large) {
            note(what + " = " + (at < 0 ? Errno.name((int) -at) : Long.toHexString(at)));
            if (at > 0) {
                actor.areas.add(new long[] {at, length, bytes(large)});
            } else {
                assertThat(-at).isIn((long) Errno.ENOMEM, (long) Errno.EINVAL, (long) Errno.EBADF);
            }
        }

        private void touch(Actor actor) {
            if (actor.areas.isEmpty()) {
                return;
            }
            long[] area = actor.areas.get(random.nextInt(actor.areas.size()));
            long at = area[0] + random.nextLong(area[1] / 4096) * 4096;
            int result = random.nextInt(3) == 0 ? Math.min(0, actor.process.load(at)) : actor.process.store(at, 1);
            note("touch " + Long.toHexString(at) + " = " + result);
            assertThat(result).isIn(0, -Process.SIGBUS);
        }

        private void unmap(Actor actor) {
            if (actor.areas.isEmpty()) {
                return;
            }
            long[] area = actor.areas.remove(random.nextInt(actor.areas.size()));
            long pages = area[1] / area[2];
            long from = random.nextLong(pages);
            long n = random.nextLong(pages - from) + 1;
            note("munmap " + Long.toHexString(area[0]) + " pages " + from + "+" + n);
            assertThat(actor.process.munmap(area[0] + from * area[2], n * area[2])).isZero();
            if (from > 0) {
                actor.areas.add(new long[] {area[0], from * area[2], area[2]});
            }
            if (from + n < pages) {
                actor.areas.add(new long[] {area[0] + (from + n) * area[2], (pages - from - n) * area[2], area[2]});
            }
        }

        private void fork(Actor actor) {
            if (actors.size() > 4) {
                return;
            }
            note("fork");
            try {
                Process child = actor.process.fork();
                Actor copy = new Actor(child, actor.files.fork(child));
                actor.areas.forEach(area -> copy.areas.add(area.clone()));
                actors.add(copy);
            } catch (ErrnoException e) {
                assertThat(e.errno()).isEqualTo(Errno.ENOMEM);
            }
        }

        private void exit(Actor actor) {
            if (actors.size() > 1) {
                note("exit");
                actors.remove(actor);
                actor.files.closeAll();
                actor.process.exit();
            }
        }

        private void open(Actor actor) {
            boolean large = large();
            int fd = switch (random.nextInt(3)) {
                case 0 -> actor.files.memfdCreate("x", FileFlags.MFD_HUGETLB | (large ? 30 : 21) << FileFlags.HUGE_SHIFT);
                case 1 -> actor.files.open("/mnt/" + (large ? "large" : "small") + "/" + random.nextInt(3), FileFlags.O_CREAT | FileFlags.O_RDWR);
                default -> descriptors.isEmpty() ? -1 : -actor.files.close(descriptors.get(random.nextInt(descriptors.size()))) - 1;
            };
            note("open or close = " + fd);
            if (fd >= 0 && !descriptors.contains(fd)) {
                descriptors.add(fd);
            }
        }

        /** A descriptor that {@code actor} has, or -1. */
        private int descriptor(Actor actor) {
            List<Integer> open = descriptors.stream().filter(fd -> actor.files.get(fd) != null).toList();
            return open.isEmpty() ? -1 : open.get(random.nextInt(open.size()));
        }

        private static long pageOf(Actor actor, int fd) {
            return actor.files.get(fd).inode().blockSize();
        }

        private void mapFile(Actor actor) {
            int fd = descriptor(actor);
            if (fd >= 0) {
                long page = pageOf(actor, fd);
                long length = random.nextInt(1, 4) * page;
                int flags = random.nextBoolean() ? MapFlags.MAP_SHARED : MapFlags.MAP_PRIVATE;
                long offset = random.nextInt(3) * page;
                enter(actor, "mmap of " + fd + " pages " + offset / page + "+" + length / page + " flags " + flags,
                        actor.process.mmap(0, length, 3, flags, actor.files.get(fd), offset), length, page > 2 * MIB);
            }
        }

        private void allocate(Actor actor) {
            int fd = descriptor(actor);
            if (fd >= 0) {
                long page = pageOf(actor, fd);
                int punch = random.nextBoolean() ? FileFlags.FALLOC_FL_PUNCH_HOLE | FileFlags.FALLOC_FL_KEEP_SIZE : 0;
                int result = actor.files.fallocate(fd, punch, random.nextInt(3) * page, random.nextInt(1, 3) * page);
                note("fallocate of " + fd + " mode " + punch + " = " + result);
                assertThat(-result).isIn(0, Errno.ENOSPC);
            }
        }

        private void truncate(Actor actor) {
            int fd = descriptor(actor);
            if (fd >= 0) {
                note("ftruncate of " + fd);
                assertThat(actor.files.ftruncate(fd, random.nextInt(4) * pageOf(actor, fd))).isZero();
            }
        }

        private void advise(Actor actor) {
            if (actor.areas.isEmpty()) {
                return;
            }
            long[] area = actor.areas.get(random.nextInt(actor.areas.size()));
            long page = random.nextLong(area[1] / area[2]);
            int advice = random.nextInt(3) == 0 ? Advice.MADV_REMOVE : Advice.MADV_DONTNEED;
            long result = actor.process.madvise(area[0] + page * area[2], area[2], advice);
            note("madvise " + advice + " of page " + page + " at " + Long.toHexString(area[0]) + " = " + result);
            assertThat(-result).isIn(0L, (long) Errno.EACCES, (long) Errno.EINVAL);
        }

        private void move(Actor actor) {
            if (actor.areas.isEmpty()) {
                return;
            }
            long[] area = actor.areas.get(random.nextInt(actor.areas.size()));
            long to = actor.process.mmap(0, area[1] + area[2], 0, MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS);
            long target = to + area[2] - 1 & -area[2];
            long result = actor.process.mremap(area[0], area[1], area[1], MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED, target);
            note("mremap of " + Long.toHexString(area[0]) + " = " + result);
            if (result > 0) {
                area[0] = result;
            }
        }

        private void resize() {
            String size = SIZES[large() ? 1 : 0];
            String file = random.nextInt(3) == 0 ? "nr_overcommit_hugepages" : random.nextInt(6) == 0 ? "demote" : "nr_hugepages";
            int count = size.equals(SIZES[1]) ? random.nextInt(3) : random.nextInt(24);
            if (file.equals("demote") && size.equals(SIZES[0])) {
                return;
            }
            long result = machine.write("/sys/kernel/mm/hugepages/hugepages-" + size + "/" + file, count + "\n");
            note(size + " " + file + " " + count + " = " + result);
        }

        private void group(Actor actor) {
            if (random.nextBoolean()) {
                note("into or out of the group");
                machine.write(random.nextBoolean() ? GROUP + "cgroup.procs" : "/sys/fs/cgroup/cgroup.procs", actor.process.pid() + "\n");
                return;
            }
            String limit = random.nextInt(3) == 0 ? "max" : Long.toString(random.nextInt(12) * 2 * MIB);
            String file = random.nextBoolean() ? "hugetlb.2MB.max" : "hugetlb.2MB.rsvd.max";
            note(file + " " + limit + " = " + machine.write(GROUP + file, limit + "\n"));
        }

        private void switches() {
            String value = random.nextBoolean() ? "1" : "0";
            note("hugetlb_optimize_vmemmap " + value + " = " + machine.write("/proc/sys/vm/hugetlb_optimize_vmemmap", value + "\n"));
        }

        /** Everybody goes: no page is in use, nothing is charged, and the pools shrink to nothing unless mremap lost promises. */
        private void leave() {
            for (Actor actor : actors) {
                actor.files.closeAll();
                actor.process.exit();
            }
            machine.verify();
            for (String mount : List.of("/mnt/small", "/mnt/large")) {
                assertThat(machine.vfs().umount(mount)).isZero();
            }
            machine.verify();
            for (String size : SIZES) {
                String pool = "/sys/kernel/mm/hugepages/hugepages-" + size + "/";
                assertThat(machine.read(pool + "free_hugepages")).as("free pages of " + size).isEqualTo(machine.read(pool + "nr_hugepages"));
            }
            for (String file : List.of("current", "rsvd.current")) {
                assertThat(machine.read(GROUP + "hugetlb.2MB." + file)).isEqualTo("0\n");
                assertThat(machine.read(GROUP + "hugetlb.1GB." + file)).isEqualTo("0\n");
            }
            assertThat(machine.rmdir("/sys/fs/cgroup/g")).isZero();
        }
    }
}
