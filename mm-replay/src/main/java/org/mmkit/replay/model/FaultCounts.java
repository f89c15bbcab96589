package org.mmkit.replay.model;

/**
 * Page faults of all processes of a recording.
 *
 * @param user taken in user mode
 * @param kernel taken in the kernel on a user address
 * @param anonymous that gave new anonymous memory: single pages, larger folios and zero pages
 * @param zeroPage of these, reads answered with the zero page
 * @param file that mapped page-cache pages
 * @param copyOnWrite that copied a page: after fork, of a private file, or of the zero page
 * @param reuse that only made a page writable again
 * @param raced counted because another thread's fault on the same memory was not finished yet
 * @param unanswered that no mapping answered: the program got a signal
 */
public record FaultCounts(
        long user, long kernel, long anonymous, long zeroPage, long file, long copyOnWrite, long reuse, long raced, long unanswered) {

    /** All faults. */
    public long total() {
        return user + kernel;
    }
}
