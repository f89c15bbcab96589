package org.mmkit.core.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.mmkit.api.lock.LockClass;
import org.mmkit.api.lock.RwSemaphore;

class RwSemaphoreTest {

    private final RwSemaphore lock = new SmpLocks(null).rwSemaphore(LockClass.MMAP);
    private final List<String> order = Collections.synchronizedList(new ArrayList<>());

    private void read() {
        lock.readLock();
        order.add("reader");
        lock.readUnlock();
    }

    private void write() {
        lock.writeLock();
        order.add("writer");
        lock.writeUnlock();
    }

    private static Thread asleep(Runnable work) throws InterruptedException {
        Thread thread = new Thread(work);
        thread.start();
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.sleep(1); // leaves the processor to the thread
        }
        return thread;
    }

    @RepeatedTest(20)
    void T20_a_reader_that_sleeps_goes_before_the_next_writer() throws InterruptedException {
        lock.writeLock();
        Thread reader = asleep(this::read);
        Thread writer = asleep(this::write);
        lock.writeUnlock();
        reader.join();
        writer.join();

        assertThat(order).containsExactly("reader", "writer");
    }
}
