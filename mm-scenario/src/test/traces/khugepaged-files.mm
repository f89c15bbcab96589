# events: huge_memory
# Passes of khugepaged over shared memory with each of its limits exceeded.
swapon(64M)
echo 100 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 64 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap
echo always > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo never > /sys/kernel/mm/transparent_hugepage/shmem_enabled
f = memfd_create("thing", 0)
ftruncate(f, 32M)
a = mmap(0x100000000000, 32M, PROT_READ|PROT_WRITE, MAP_SHARED, f, 0)
store(a, 2M)
store(a+2M, 1M)
store(a+4M, 4K)
store(a+6M, 2M)
madvise(a+6M, 128K, MADV_PAGEOUT)
store(a+8M, 2M)
pin(p, a+8M+16K, 4K)
store(a+14M, 2M)
madvise(a+14M, 512K, MADV_PAGEOUT)
echo advise > /sys/kernel/mm/transparent_hugepage/shmem_enabled
madvise(a, 32M, MADV_HUGEPAGE)
madvise(a, 32M, MADV_HUGEPAGE)
khugepaged(1)
store(a, 4K)
khugepaged(1)
