# events: huge_memory
# Passes of khugepaged over anonymous memory with each of its limits exceeded, while a child shares it and after.
swapon(64M)
a = mmap(0x100000000000, 24M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)
echo 100 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 64 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap
echo 10 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
madvise(a, 24M, MADV_NOHUGEPAGE)
store(a, 2M)
store(a+2M, 1M)
load(a+3M, 64K)
store(a+4M, 2M)
madvise(a+4M, 256K, MADV_PAGEOUT)
store(a+6M, 2M)
pin(p, a+6M+16K, 4K)
store(a+8M, 4K)
load(a+10M,2M)
store(a+14M, 2M)
madvise(a+14M, 512K, MADV_PAGEOUT)
store(a+16M, 2M)
munmap(a+18M, 2M)
store(a+20M, 2M)
madvise(a, 24M, MADV_HUGEPAGE)
child {
madvise(a+16M, 16K, MADV_DONTNEED)
parent {
khugepaged(1)
}
}
khugepaged(1)
