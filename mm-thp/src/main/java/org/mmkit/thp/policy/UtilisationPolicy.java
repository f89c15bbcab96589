package org.mmkit.thp.policy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.mmkit.api.policy.PagePolicy;
import org.mmkit.api.policy.PolicyHost;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.Vma;
import org.mmkit.api.time.KernelThread;

/**
 * Utilisation-based promotion in the manner of Y. Kwon, H. Yu, S. Peter, C. Rossbach and E. Witchel, "Coordinated and efficient
 * huge page management with Ingens" (OSDI 2016): a fault maps a base page only, and a thread promotes a block once the share of its
 * pages that are mapped reaches a threshold, 90 % as in the paper, or what the boot parameter {@code ingens_threshold=} says. The
 * paper's laxer threshold for unfragmented memory, its access tracking and its shares between processes are not here.
 */
final class UtilisationPolicy implements PagePolicy, KernelThread {

    private static final int USUAL_PERCENT = 90;
    /** From the request to the first promotion: waking a thread up. The paper promotes "in the background" and gives no figure. */
    private static final long WAKE_NANOSECONDS = 150_000;
    private static final int REMEMBERED = 1 << 12;

    private record Request(AddressSpace space, long block) {}

    private final PolicyHost host;
    private final long size;
    private final int threshold;
    private final Deque<Request> requests = new ArrayDeque<>();
    /** Blocks by hash of space and address, and faults that each needs at least until it can have reached the threshold. */
    private final long[] blocks = new long[REMEMBERED];
    private final int[] lacking = new int[REMEMBERED];

    UtilisationPolicy(PolicyHost host) {
        this.host = host;
        this.size = host.size();
        this.threshold = ((1 << host.order()) * percent(host.context().bootParameters("ingens_threshold")) + 99) / 100;
        host.context().kernelThread(this);
    }

    private static int percent(List<String> values) {
        int percent = USUAL_PERCENT;
        for (String value : values) {
            if (!value.matches("[0-9]{1,3}") || Integer.parseInt(value) < 1 || Integer.parseInt(value) > 100) {
                throw new IllegalArgumentException("ingens_threshold=" + value + ": a share in percent, 1 to 100, is wanted");
            }
            percent = Integer.parseInt(value);
        }
        return percent;
    }

    @Override
    public int mapOrders(Vma vma, long va, int allowed) {
        return 0;
    }

    @Override
    public boolean watchesFaults() {
        return true;
    }

    @Override
    public void mapped(Vma vma, long va, long pfn) {
        long block = va & -size | vma.space().id();
        int at = (int) (block * 0x9e3779b97f4a7c15L >>> 64 - Integer.numberOfTrailingZeros(REMEMBERED));
        if (blocks[at] == block && --lacking[at] > 0) {
            return;
        }
        int missing = threshold - host.mappedPages(vma, va);
        blocks[at] = block;
        lacking[at] = Math.max(1, missing);
        if (missing <= 0) {
            requests.add(new Request(vma.space(), va & -size));
            host.context().wake(this, host.context().clock().now() + WAKE_NANOSECONDS);
        }
    }

    @Override
    public String name() {
        return "kpromoted";
    }

    @Override
    public long run(long now) {
        Request request = requests.poll();
        while (request != null) {
            Vma vma = request.space().isDead() ? null : request.space().find(request.block());
            if (vma != null) {
                host.promote(vma, request.block());
            }
            request = requests.poll();
        }
        return NEVER;
    }
}
