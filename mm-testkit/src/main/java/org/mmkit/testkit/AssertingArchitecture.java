package org.mmkit.testkit;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.MmuGeometry;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.PhysicalMap;
import org.mmkit.api.arch.VirtualLayout;
import org.mmkit.api.config.Configuration;

/**
 * An architecture that answers as another does and checks how it is asked: levels and frame numbers that exist, leaves where the layout
 * allows them, the frame of a leaf asked of leaves only; and that the same question gets the same answer. A breach is an
 * {@link AssertionError} that names the method. It is slow. Safe for any thread.
 */
public final class AssertingArchitecture implements Architecture {

    private static final Set<String> OF_LEAVES = Set.of("pfn", "childLeaf", "advance", "isContiguous", "makeContiguous");

    private final Architecture real;

    /** As {@code real}, under its names. */
    public AssertingArchitecture(Architecture real) {
        this.real = real;
    }

    @Override
    public String id() {
        return "asserting-" + real.id();
    }

    @Override
    public String configSymbol() {
        return real.configSymbol();
    }

    @Override
    public String name() {
        return real.name();
    }

    @Override
    public PageTableLayout layout(Configuration configuration) {
        return real.layout(configuration);
    }

    @Override
    public EntryFormat entryFormat(Configuration configuration) {
        EntryFormat format = real.entryFormat(configuration);
        PageTableLayout layout = real.layout(configuration);
        return (EntryFormat) Proxy.newProxyInstance(EntryFormat.class.getClassLoader(), new Class<?>[] {EntryFormat.class},
                (proxy, method, arguments) -> ask(format, layout, method, arguments));
    }

    private static Object ask(EntryFormat format, PageTableLayout layout, Method method, Object @Nullable [] arguments) throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return method.invoke(format, arguments);
        }
        Parameter[] parameters = method.getParameters();
        for (int i = 0; arguments != null && i < arguments.length; i++) {
            check(layout, method, parameters[i].getName(), arguments[i]);
        }
        if (OF_LEAVES.contains(method.getName()) && arguments != null) {
            require(!format.isNone((long) arguments[0]) && format.isLeaf((long) arguments[0], (int) arguments[1]), method, "an entry that is no leaf: " + hex(arguments[0]));
        }
        if (method.getName().equals("leaf") && arguments != null) {
            int level = (int) arguments[1];
            require(layout.mayBeLeaf(level), method, "level " + level + ", which has no leaves");
            require(((long) arguments[0] & (1L << layout.order(level)) - 1) == 0, method, "frame " + hex(arguments[0])
                    + ", which is not aligned for level " + level);
        }
        try {
            Object answer = method.invoke(format, arguments);
            require(answer.equals(method.invoke(format, arguments)), method, "the same twice, and the answers differ");
            return answer;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static void check(PageTableLayout layout, Method method, String name, Object value) {
        if (name.equals("level")) {
            int level = (int) value;
            require(level >= 1 && level <= layout.levels(), method, "level " + level + " of " + layout.levels());
        } else if (name.equals("pfn")) {
            long pfn = (long) value;
            require(pfn >= 0 && pfn >>> layout.paBits() - layout.pageShift() == 0, method, "frame " + hex(value) + ", beyond "
                    + layout.paBits() + " bits of address");
        }
    }

    private static void require(boolean holds, Method method, String what) {
        if (!holds) {
            throw new AssertionError("EntryFormat." + method.getName() + " was asked about " + what);
        }
    }

    private static String hex(Object word) {
        return "0x" + Long.toHexString((long) word);
    }

    @Override
    public VirtualLayout virtualLayout(Configuration configuration) {
        return real.virtualLayout(configuration);
    }

    @Override
    public PhysicalMap physicalMap(long bytes) {
        return real.physicalMap(bytes);
    }

    @Override
    public MmuGeometry mmu() {
        return real.mmu();
    }

    @Override
    public boolean foldsRuns(Configuration configuration) {
        return real.foldsRuns(configuration);
    }

    @Override
    public int sectionOrder(Configuration configuration) {
        return real.sectionOrder(configuration);
    }

    @Override
    public int maxOrder(Configuration configuration) {
        return real.maxOrder(configuration);
    }

    @Override
    public long rootAddress(Configuration configuration, long register) {
        return real.rootAddress(configuration, register);
    }

    @Override
    public boolean isCanonical(PageTableLayout layout, long va) {
        return real.isCanonical(layout, va);
    }

    @Override
    public long canonical(PageTableLayout layout, long va, boolean kernelRoot) {
        return real.canonical(layout, va, kernelRoot);
    }
}
