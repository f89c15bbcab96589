package org.mmkit.testkit;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.CALLS_REAL_METHODS;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mmkit.api.memory.FrameAllocator;

/** A contract is worth what it notices: backends and allocators with a single mistake each fail it. */
class ContractMistakesTest {

    // Mocks that call the real methods: a subclass with these tests in it would be run as a test itself.

    private static ArchitectureContract withEntries(ToyFormat format) {
        ArchitectureContract contract = mock(ArchitectureContract.class, CALLS_REAL_METHODS);
        doReturn(new ToyArchitecture(format)).when(contract).architecture();
        for (ArchitectureBehavior behavior : ArchitectureBehavior.values()) {
            doReturn(new ToyArchitectureTest().has(behavior)).when(contract).has(behavior);
        }
        return contract;
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of("an empty swap entry is none", new ToyFormat() {
                    @Override
                    public long swap(int type, long offset, boolean exclusive) {
                        return super.swap(type, offset, exclusive) & ~SWAP;
                    }
                }),
                Arguments.of("a change of permissions cleans the page", new ToyFormat() {
                    @Override
                    public long withProtection(long entry, int level, int protection) {
                        return makeClean(super.withProtection(entry, level, protection));
                    }
                }),
                Arguments.of("write protection loses the dirty bit", new ToyFormat() {
                    @Override
                    public long writeProtect(long entry) {
                        return super.writeProtect(entry) & ~DIRTY;
                    }
                }),
                Arguments.of("a table looks like a leaf", new ToyFormat() {
                    @Override
                    public long table(long pfn, int level) {
                        return super.table(pfn, level) | LEAF;
                    }
                }),
                Arguments.of("children of a huge leaf all map its first page", new ToyFormat() {
                    @Override
                    public long childLeaf(long huge, int level, int n) {
                        return huge;
                    }
                }),
                Arguments.of("migration forgets that the page was young", new ToyFormat() {
                    @Override
                    public long migration(long pfn, boolean writable, boolean exclusive, boolean dirty, boolean young) {
                        return super.migration(pfn, writable, exclusive, dirty, false);
                    }
                }),
                Arguments.of("high frame numbers are cut off", new ToyFormat() {
                    @Override
                    public long pfn(long entry, int level) {
                        return super.pfn(entry, level) & 0xFFFF_FFFL;
                    }
                }),
                Arguments.of("it does not refuse what it has not", new ToyFormat() {
                    @Override
                    public long marker(int kind) {
                        return kind;
                    }
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void A02_the_contract_notices_a_single_mistake(String mistake, ToyFormat format) throws Exception {
        Set<String> failed = failures(ArchitectureContract.class, withEntries(format));

        assertFalse(failed.isEmpty(), mistake);
    }

    /** The tests of {@code contract} that fail on {@code instance}. */
    private static Set<String> failures(Class<?> contract, Object instance) throws IllegalAccessException {
        Set<String> failed = new TreeSet<>();
        for (Method method : contract.getDeclaredMethods()) {
            if (method.isAnnotationPresent(Test.class)) {
                try {
                    method.invoke(instance);
                } catch (InvocationTargetException e) {
                    failed.add(method.getName());
                }
            }
        }
        return failed;
    }

    /** The contract of an allocator with one mistake, made of the real one. */
    private static FrameAllocatorContract flawed(String flaw) {
        FrameAllocatorContract contract = mock(FrameAllocatorContract.class, CALLS_REAL_METHODS);
        doAnswer(call -> flawed(flaw, new BuddyAllocatorContractTest().allocator(call.getArgument(0))))
                .when(contract)
                .allocator(anyLong());
        return contract;
    }

    private static FrameAllocator flawed(String flaw, FrameAllocator sound) {
        return new FrameAllocator() {
            private long last = NONE;

            @Override
            public long allocate(int order, int gfp) {
                if (flaw.equals("hands out twice") && order == 0 && last != NONE) {
                    return last;
                }
                last = sound.allocate(order, gfp);
                return flaw.equals("unaligned") && order == 1 && last != NONE ? last + 1 : last;
            }

            @Override
            public void free(long pfn, int order) {
                sound.free(flaw.equals("unaligned") && order == 1 ? pfn - 1 : pfn, order);
            }

            @Override
            public long allocateContiguous(long pages, int gfp) {
                return sound.allocateContiguous(pages, gfp);
            }

            @Override
            public void freeContiguous(long pfn, long pages) {
                sound.freeContiguous(pfn, pages);
            }

            @Override
            public long freePages() {
                return flaw.equals("miscounts") ? sound.freePages() + 1 : sound.freePages();
            }

            @Override
            public long freeBlocks(int order) {
                return sound.freeBlocks(order);
            }

            @Override
            public long managedPages() {
                return sound.managedPages();
            }
        };
    }

    @Test
    void the_allocator_contract_notices_a_single_mistake() throws Exception {
        for (String flaw : List.of("hands out twice", "unaligned", "miscounts")) {
            assertFalse(failures(FrameAllocatorContract.class, flawed(flaw)).isEmpty(), flaw);
        }
        assertTrue(failures(FrameAllocatorContract.class, flawed("")).isEmpty());
    }
}
