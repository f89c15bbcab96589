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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mmkit.api.arch.Access;
import org.mmkit.api.arch.EntryField;
import org.mmkit.api.arch.EntryMasks;
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
                Arguments.of("clean is dirty", new ToyFormat() {
                    @Override
                    public long makeClean(long entry) {
                        return entry;
                    }
                }),
                Arguments.of("old pages lose their dirty bit", new ToyFormat() {
                    @Override
                    public long makeOld(long entry) {
                        return super.makeOld(entry) & ~DIRTY;
                    }
                }),
                Arguments.of("children of a huge leaf are clean", new ToyFormat() {
                    @Override
                    public long childLeaf(long huge, int level, int n) {
                        return makeClean(super.childLeaf(huge, level, n));
                    }
                }),
                Arguments.of("an entry moves on by bytes", new ToyFormat() {
                    @Override
                    public long advance(long entry, int level, long n) {
                        return entry + n;
                    }
                }),
                Arguments.of("a swap entry forgets that it was exclusive", new ToyFormat() {
                    @Override
                    public long swap(int type, long offset, boolean exclusive) {
                        return super.swap(type, offset, false);
                    }
                }),
                Arguments.of("the device of a swap entry is cut off", new ToyFormat() {
                    @Override
                    public int swapType(long entry) {
                        return super.swapType(entry) & 3;
                    }
                }),
                Arguments.of("a migration entry is taken for a swap entry", new ToyFormat() {
                    @Override
                    public boolean isSwap(long entry) {
                        return super.isSwap(entry) || isMigration(entry);
                    }
                }),
                Arguments.of("an empty entry is present", new ToyFormat() {
                    @Override
                    public boolean isPresent(long entry) {
                        return super.isPresent(entry) || entry == 0;
                    }
                }),
                Arguments.of("a bit is explained twice", new ToyFormat() {
                    @Override
                    public List<EntryField> explain(long entry, int level) {
                        List<EntryField> twice = new ArrayList<>(super.explain(entry, level));
                        twice.addAll(super.explain(entry, level));
                        return twice;
                    }
                }),
                Arguments.of("the hardware refuses the model's own entries", new ToyFormat() {
                    @Override
                    public long reservedBits(long entry, int level) {
                        return entry & ACCESSED;
                    }
                }),
                Arguments.of("a write is let through to a page that may only be read", new ToyFormat() {
                    @Override
                    public int access(long entry, int level) {
                        return super.access(entry, level) | Access.USER_WRITE;
                    }
                }),
                Arguments.of("the accessed bit may not change in one step", new ToyFormat() {
                    @Override
                    public boolean mayFollow(long before, long after, int level) {
                        return before == after || before == 0 || after == 0;
                    }
                }),
                Arguments.of("its masks look for the dirty bit at the accessed one", new ToyFormat() {
                    @Override
                    public Optional<EntryMasks> masks() {
                        return Optional.of(new EntryMasks.Builder().valid(PRESENT).present(PRESENT).leafWith(LEAF).user(PRESENT)
                                .writable(WRITABLE).accessed(ACCESSED).dirty(ACCESSED).frame(~0xFFFL).build());
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
            public int maxOrder() {
                return sound.maxOrder() + (flaw.equals("promises a larger block") ? 1 : flaw.equals("is modest") ? -1 : 0);
            }

            @Override
            public long allocate(int order, int gfp) {
                if (flaw.equals("has no largest block") && order == sound.maxOrder()
                        || flaw.equals("gives up early") && sound.freePages() < sound.managedPages() / 2) {
                    return NONE;
                }
                if (flaw.equals("hands out twice") && order == 0 && last != NONE) {
                    return last;
                }
                if (flaw.equals("rolls dice") && System.nanoTime() % 7 == 0) {
                    sound.allocate(0, gfp);
                }
                last = sound.allocate(order, gfp);
                return flaw.equals("unaligned") && order == 1 && last != NONE ? last + 1 : last;
            }

            @Override
            public void free(long pfn, int order) {
                if (flaw.equals("keeps what comes back") || flaw.equals("takes no parts") && order == 0) {
                    return;
                }
                sound.free(flaw.equals("unaligned") && order == 1 ? pfn - 1 : pfn, order);
            }

            @Override
            public long allocateContiguous(long pages, int gfp) {
                return flaw.equals("has no runs") ? NONE : sound.allocateContiguous(pages, gfp);
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
        for (String flaw : List.of("hands out twice", "unaligned", "miscounts", "promises a larger block", "is modest", "has no largest block",
                "gives up early", "keeps what comes back", "takes no parts", "has no runs", "rolls dice")) {
            assertFalse(failures(FrameAllocatorContract.class, flawed(flaw)).isEmpty(), flaw);
        }
        assertTrue(failures(FrameAllocatorContract.class, flawed("")).isEmpty());
    }
}
