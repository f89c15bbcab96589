package org.mmkit.sample.tour;

import com.google.auto.service.AutoService;
import java.util.ArrayDeque;
import java.util.Deque;
import org.mmkit.api.policy.PagePolicy;
import org.mmkit.api.policy.PagePolicyProvider;
import org.mmkit.api.policy.PolicyHost;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.Vma;
import org.mmkit.api.time.KernelThread;

/** Huge pages are earned: by filling a block to its last page, and then by going on behind a full one. */
@AutoService(PagePolicyProvider.class)
public final class Earned implements PagePolicyProvider {

    /** For ServiceLoader. */
    public Earned() {}

    @Override
    public String id() {
        return "earned";
    }

    @Override
    public String description() {
        return "huge behind a full block, and a block that is full";
    }

    @Override
    public PagePolicy create(PolicyHost host) {
        return new Policy(host);
    }

    private static final class Policy implements PagePolicy, KernelThread {

        private record Block(AddressSpace space, long start) {}

        private final PolicyHost host;
        private final Deque<Block> full = new ArrayDeque<>();

        Policy(PolicyHost host) {
            this.host = host;
            host.context().kernelThread(this);
        }

        private boolean isFull(Vma vma, long block) {
            return block >= vma.start() && host.mappedPages(vma, block) == 1 << host.order();
        }

        @Override
        public int mapOrders(Vma vma, long va, int allowed) {
            return isFull(vma, (va & -host.size()) - host.size()) ? allowed : 0;
        }

        @Override
        public boolean watchesFaults() {
            return true;
        }

        @Override
        public void mapped(Vma vma, long va, long pfn) {
            if (isFull(vma, va & -host.size())) {
                full.add(new Block(vma.space(), va & -host.size()));
                host.context().wake(this, host.context().clock().now()); // it copies: not on the fault path
            }
        }

        @Override
        public String name() {
            return "kearned";
        }

        @Override
        public long run(long now) {
            for (Block block = full.poll(); block != null; block = full.poll()) {
                Vma vma = block.space().isDead() ? null : block.space().find(block.start());
                if (vma != null) {
                    host.promote(vma, block.start());
                }
            }
            return NEVER;
        }
    }
}
