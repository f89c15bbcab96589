package org.mmkit.scenario.syntax;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** The names of the kernel's headers that a scenario may use, with their values on x86-64. */
public final class Constants {

    /** PR_SET_THP_DISABLE (include/uapi/linux/prctl.h). */
    public static final int PR_SET_THP_DISABLE = 41;
    /** PR_GET_THP_DISABLE. */
    public static final int PR_GET_THP_DISABLE = 42;

    private static final Map<String, Long> VALUES;

    static {
        // Name and value, in the order of the headers: mman, memfd, shm, fcntl, falloc, prctl.
        String table = """
                PROT_NONE 0 PROT_READ 1 PROT_WRITE 2 PROT_EXEC 4
                MAP_SHARED 1 MAP_PRIVATE 2 MAP_SHARED_VALIDATE 3 MAP_FIXED 0x10 MAP_ANONYMOUS 0x20
                MAP_GROWSDOWN 0x100 MAP_LOCKED 0x2000 MAP_NORESERVE 0x4000 MAP_POPULATE 0x8000 MAP_NONBLOCK 0x10000
                MAP_STACK 0x20000 MAP_HUGETLB 0x40000 MAP_FIXED_NOREPLACE 0x100000
                MAP_HUGE_64KB 0x40000000 MAP_HUGE_2MB 0x54000000 MAP_HUGE_1GB 0x78000000
                MADV_NORMAL 0 MADV_RANDOM 1 MADV_SEQUENTIAL 2 MADV_WILLNEED 3 MADV_DONTNEED 4 MADV_FREE 8
                MADV_REMOVE 9 MADV_DONTFORK 10 MADV_DOFORK 11 MADV_MERGEABLE 12 MADV_UNMERGEABLE 13
                MADV_HUGEPAGE 14 MADV_NOHUGEPAGE 15 MADV_DONTDUMP 16 MADV_DODUMP 17 MADV_WIPEONFORK 18
                MADV_KEEPONFORK 19 MADV_COLD 20 MADV_PAGEOUT 21 MADV_POPULATE_READ 22 MADV_POPULATE_WRITE 23
                MADV_DONTNEED_LOCKED 24 MADV_COLLAPSE 25 MADV_SOFT_OFFLINE 101 MADV_GUARD_INSTALL 102 MADV_GUARD_REMOVE 103
                MREMAP_MAYMOVE 1 MREMAP_FIXED 2 MREMAP_DONTUNMAP 4
                MS_ASYNC 1 MS_INVALIDATE 2 MS_SYNC 4
                MCL_CURRENT 1 MCL_FUTURE 2 MCL_ONFAULT 4 MLOCK_ONFAULT 1
                MFD_CLOEXEC 1 MFD_ALLOW_SEALING 2 MFD_HUGETLB 4 MFD_NOEXEC_SEAL 8
                MFD_HUGE_2MB 0x54000000 MFD_HUGE_1GB 0x78000000
                MFD_EXEC 0x10 F_ADD_SEALS 1033 F_GET_SEALS 1034 F_SEAL_SEAL 1 F_SEAL_SHRINK 2 F_SEAL_GROW 4 F_SEAL_WRITE 8
                F_SEAL_FUTURE_WRITE 0x10 F_SEAL_EXEC 0x20
                SHM_HUGETLB 0x800 SHM_NORESERVE 0x1000 SHM_HUGE_2MB 0x54000000 SHM_HUGE_1GB 0x78000000
                SHM_RDONLY 0x1000 SHM_REMAP 0x4000 SHM_LOCK 11 SHM_UNLOCK 12
                SHM_RND 0x2000 SHM_EXEC 0x8000
                IPC_PRIVATE 0 IPC_RMID 0 IPC_SET 1 IPC_STAT 2 IPC_CREAT 0x200 IPC_EXCL 0x400
                O_RDONLY 0 O_WRONLY 1 O_RDWR 2 O_CREAT 0x40 O_EXCL 0x80 O_TRUNC 0x200
                FALLOC_FL_KEEP_SIZE 1 FALLOC_FL_PUNCH_HOLE 2 FALLOC_FL_COLLAPSE_RANGE 8 FALLOC_FL_ZERO_RANGE 0x10
                PR_SET_THP_DISABLE 41 PR_GET_THP_DISABLE 42 PR_THP_DISABLE_EXCEPT_ADVISED 2
                MPOL_DEFAULT 0 MPOL_PREFERRED 1 MPOL_BIND 2 MPOL_INTERLEAVE 3 MPOL_LOCAL 4 MPOL_PREFERRED_MANY 5
                MPOL_MF_STRICT 1 MPOL_MF_MOVE 2 MPOL_MF_MOVE_ALL 4
                NULL 0
                """;
        Map<String, Long> values = new HashMap<>();
        String[] words = table.trim().split("\\s+");
        for (int i = 0; i < words.length; i += 2) {
            values.put(words[i], Long.decode(words[i + 1]));
        }
        VALUES = Collections.unmodifiableMap(values);
    }

    private Constants() {}

    /** All of them. */
    public static Map<String, Long> values() {
        return VALUES;
    }
}
