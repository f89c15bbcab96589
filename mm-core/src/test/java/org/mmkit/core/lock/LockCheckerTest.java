package org.mmkit.core.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.lock.LockClass;
import org.mmkit.api.lock.RwSemaphore;
import org.mmkit.api.lock.SpinLock;

class LockCheckerTest {

    private final LockChecker checker = new LockChecker();
    private final SmpLocks locks = new SmpLocks(checker);
    private final SpinLock pte = locks.spinLock(LockClass.PTE);
    private final SpinLock zone = locks.spinLock(LockClass.ZONE);
    private final RwSemaphore mmap = locks.rwSemaphore(LockClass.MMAP);

    private void inOrder() {
        mmap.readLock();
        pte.lock();
        zone.lock();
        zone.unlock();
        pte.unlock();
        mmap.readUnlock();
    }

    @Test
    void T20_locks_in_their_order_are_no_violation() {
        inOrder();
        inOrder();

        assertThatCode(checker::verify).doesNotThrowAnyException();
    }

    @Test
    void T20_two_locks_taken_both_ways_round_are_reported_with_both_places_though_nobody_waited() {
        inOrder();
        zone.lock();
        pte.lock();
        pte.unlock();
        zone.unlock();

        assertThatThrownBy(checker::verify)
                .isInstanceOf(InvariantViolation.class)
                .hasMessageContaining("ZONE and PTE are taken both ways round")
                .hasMessageContaining("LockCheckerTest.inOrder")
                .hasMessageContaining("though_nobody_waited");
    }

    @Test
    void T20_a_lock_taken_under_one_that_comes_after_it_is_reported() {
        zone.lock();
        mmap.readLock();
        mmap.readUnlock();
        zone.unlock();

        assertThatThrownBy(checker::verify).hasMessageContaining("MMAP was taken under ZONE");
    }

    @Test
    void T20_two_locks_of_one_class_at_a_time_are_reported() {
        pte.lock();
        SpinLock other = locks.spinLock(LockClass.PTE);
        other.lock();
        other.unlock();
        pte.unlock();

        assertThatThrownBy(checker::verify).hasMessageContaining("PTE was taken while another one of the class was held");
    }

    @Test
    void T20_it_tells_at_any_time_what_each_thread_has_and_where_it_is() {
        assertThat(checker.held()).isEmpty();
        mmap.readLock();
        pte.lock();

        assertThat(checker.held())
                .contains(Thread.currentThread().getName() + " has or wants MMAP PTE")
                .contains("T20_it_tells_at_any_time_what_each_thread_has_and_where_it_is");

        pte.unlock();
        mmap.readUnlock();
        assertThat(checker.held()).isEmpty();
    }

    @Test
    void a_try_for_a_lock_makes_no_order() {
        inOrder();
        zone.lock();
        if (pte.tryLock()) {
            pte.unlock();
        }
        zone.unlock();

        assertThatCode(checker::verify).doesNotThrowAnyException();
    }

    @Test
    void T20_a_wait_that_does_not_end_is_reported_with_who_holds_what_and_where() throws InterruptedException {
        CountDownLatch taken = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Thread holder = new Thread(() -> {
            zone.lock();
            taken.countDown();
            await(done);
            zone.unlock();
        }, "holder");
        holder.start();
        taken.await();
        while (holder.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }

        assertThatThrownBy(() -> Backoff.pause(30_000, checker, LockClass.ZONE))
                .isInstanceOf(InvariantViolation.class)
                .hasMessageContaining("waits for a lock of class ZONE in vain")
                .hasMessageContaining("holder has or wants ZONE")
                .hasMessageContaining("LockCheckerTest.await");
        assertThatThrownBy(checker::verify).hasMessageContaining("deadlock");
        done.countDown();
        holder.join();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
