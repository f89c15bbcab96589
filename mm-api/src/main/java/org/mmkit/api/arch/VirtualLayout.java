package org.mmkit.api.arch;

/**
 * Where an architecture puts things in the virtual address space (x86: Documentation/arch/x86/x86_64/mm.rst).
 *
 * @param userStart lowest user address that may be mapped by default (mmap_min_addr)
 * @param userEnd first address that user space may not map (TASK_SIZE)
 * @param mmapBase top of the area from which addresses are given downwards, randomisation off
 * @param stackTop first address above a fresh stack
 * @param directMapBase where all physical memory is mapped for the kernel
 * @param vmemmapBase where the array of struct page is mapped
 */
public record VirtualLayout(
        long userStart, long userEnd, long mmapBase, long stackTop, long directMapBase, long vmemmapBase) {}
