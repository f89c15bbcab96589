package org.mmkit.core.reclaim;

/** Who ends a process when nothing can be reclaimed any more (Linux: out_of_memory). */
public interface OomKiller {

    /**
     * Chooses a process and kills it.
     *
     * @return whether the allocation should be tried again; false when the process that allocates is the one that has to go, or there is
     *     none to be killed
     */
    boolean kill(int order, int gfp);
}
