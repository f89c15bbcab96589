package org.mmkit.thp;

/** The files of {@code hugepages-<size>kB/stats} (include/linux/huge_mm.h, enum mthp_stat_item). */
public enum SizeStat {
    ANON_FAULT_ALLOC(Kind.ANON),
    ANON_FAULT_FALLBACK(Kind.ANON),
    ANON_FAULT_FALLBACK_CHARGE(Kind.ANON),
    ZSWPOUT(Kind.ANY),
    SWPIN(Kind.ANY),
    SWPIN_FALLBACK(Kind.ANY),
    SWPIN_FALLBACK_CHARGE(Kind.ANY),
    SWPOUT(Kind.ANY),
    SWPOUT_FALLBACK(Kind.ANY),
    SHMEM_ALLOC(Kind.FILE),
    SHMEM_FALLBACK(Kind.FILE),
    SHMEM_FALLBACK_CHARGE(Kind.FILE),
    SPLIT(Kind.ANY),
    SPLIT_FAILED(Kind.ANY),
    SPLIT_DEFERRED(Kind.ANON),
    NR_ANON(Kind.ANON),
    NR_ANON_PARTIALLY_MAPPED(Kind.ANON);

    private final Kind kind;

    SizeStat(Kind kind) {
        this.kind = kind;
    }

    /** Whether a size that only files can have shows it too. */
    public boolean isForFiles() {
        return kind != Kind.ANON;
    }

    private enum Kind {
        ANON,
        FILE,
        ANY
    }
}
